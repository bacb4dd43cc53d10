"""An `okienko run` of its own for a test: real processes, real signals, a folder that is thrown away."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from okienko.site.postgres import EmbeddedPostgres
from okienko.site.privileges import becoming

SOON = 40.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], Any], *, seconds: float = SOON) -> Any:
    limit = time.monotonic() + seconds
    while True:
        try:
            if found := what():
                return found
        except (OSError, http.client.HTTPException, psycopg.Error):
            pass
        if time.monotonic() > limit:
            raise AssertionError(f"not within {seconds:.0f} s")
        time.sleep(0.05)


def environment(data: Path, **more: str) -> dict[str, str]:
    """What the tests set for themselves is not for the office under test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OKIENKO_", "CI"))}
    return kept | {"OKIENKO_DATA": str(data), "PYTHONWARNINGS": "default"} | more


def okienko(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "okienko.site.command", *arguments],
        env=environment(data, **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except FileNotFoundError:
        return ""


class Office:
    def __init__(self, data: Path, *, uid: int | None = None, **more: str) -> None:
        self.data = data
        self.port = free_port()
        self.output = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "okienko.site.command", "run"],
            env=environment(data, OKIENKO_PORT=str(self.port), **more),
            preexec_fn=becoming(uid) if uid is not None else None,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )

    def said(self) -> str:
        self.output.seek(0)
        return self.output.read()

    def wait_until_greeting(self) -> float:
        """Seconds from the command to the greeting."""

        def greeted() -> bool:
            assert self.process.poll() is None, self.said()
            return "Okienko runs at" in self.said()

        wait_for(greeted, seconds=120)
        return time.monotonic() - self.started

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def is_ready(self) -> bool:
        return self.get("/health/ready")[0] == 200

    def database(self) -> psycopg.Connection[Any]:
        return psycopg.connect(EmbeddedPostgres(self.data).url(), autocommit=True)

    def pid_of(self, name: str) -> int:
        def find() -> int:
            if name == "database":
                return EmbeddedPostgres(self.data).pid() or 0
            found = [pid for pid in self.family() if f"okienko.site.command {name}" in command_of(pid)]
            return found[0] if found else 0

        return int(wait_for(find))

    def family(self) -> list[int]:
        """All processes under the supervisor, its children first."""
        found, level = [], children_of(self.process.pid)
        while level:
            found += level
            level = [grandchild for pid in level for grandchild in children_of(pid)]
        return found

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def end(self) -> None:
        """However the test went: nothing stays behind."""
        for request in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(request)
                try:
                    self.process.wait(30)
                except subprocess.TimeoutExpired:
                    continue
        self.output.close()
