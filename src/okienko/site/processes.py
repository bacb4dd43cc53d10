"""`okienko run`: one small process that starts the others, brings back what dies, and ends them all.

It imports no Django, so that its own memory stays out of the way. Every child leads a process group of its
own and is told by the kernel when this process is gone, so that nothing is left behind however it ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NoReturn

from okienko.site.postgres import EmbeddedPostgres, PostgresError
from okienko.site.prepared import recall
from okienko.site.privileges import die_with_parent
from okienko.site.serving import STOP_SECONDS, demand_free_port
from okienko.site.told import TellError, complain, tell

LOOK_SECONDS = 0.2
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 30.0  # who has lived so long starts again without a growing pause
ANSWER_SECONDS = 60.0


@dataclass
class Child:
    """One process that is to be alive, and how patient to be with it."""

    name: str
    arguments: Sequence[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    not_before: float = 0.0
    pause: float = FIRST_PAUSE

    def start(self) -> None:
        parent = os.getpid()

        def ready() -> None:
            die_with_parent(signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "okienko.site.command", *self.arguments],
            env=self.environment,
            preexec_fn=ready,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )
        self.started = time.monotonic()

    def look_after(self) -> None:
        moment = time.monotonic()
        if self.process is not None:
            ended = self.process.poll()
            if ended is None:
                return
            self.signal(signal.SIGKILL)  # what it may have left in its group
            steady = moment - self.started > STEADY_SECONDS
            self.pause = FIRST_PAUSE if steady else min(self.pause * 2, LONGEST_PAUSE)
            self.not_before = moment + self.pause
            self.process = None
            complain(f"{self.name} ended ({_how(ended)}); starting it again in {self.pause:.1f} s")
        if moment >= self.not_before:
            self.start()

    def signal(self, request: signal.Signals) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, request)
            except (ProcessLookupError, PermissionError):
                return


@dataclass
class Supervisor:
    data: Path
    host: str
    port: int
    environment: dict[str, str]
    children: list[Child] = field(default_factory=list)
    server: EmbeddedPostgres | None = None

    @classmethod
    def from_environment(cls, data: Path) -> Supervisor:
        try:
            port = int(os.environ.get("OKIENKO_PORT", "8000"))
        except ValueError as problem:
            raise TellError(
                f"OKIENKO_PORT must be a number, not {os.environ['OKIENKO_PORT']!r}."
            ) from problem
        host = os.environ.get("OKIENKO_HOST", "127.0.0.1")
        return cls(data, host, port, dict(os.environ))

    def run(self) -> int:
        began = time.monotonic()
        lock = self._only_one()
        try:
            for request in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(request, _stop)
            demand_free_port(self.host, self.port)
            if not self.environment.get("OKIENKO_DATABASE_URL"):
                self.server = EmbeddedPostgres(self.data)
                self.environment["OKIENKO_DATABASE_URL"] = self.server.start(with_parent=True)
            sign_ins = recall(self.data, self.environment["OKIENKO_DATABASE_URL"])
            if sign_ins is None:
                sign_ins = self._prepare()
            self._start_children()
            self._greet(sign_ins, time.monotonic() - began)
            while True:
                self._look_after()
                time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            complain("stopping")
            return 0
        finally:
            self._end()
            lock.close()

    def _only_one(self) -> IO[str]:
        self.data.mkdir(parents=True, exist_ok=True)
        try:
            lock = (self.data / "run.lock").open("a+")
        except PermissionError as problem:
            raise TellError(f"{self.data} may not be written by this user; set OKIENKO_DATA.") from problem
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            lock.seek(0)
            raise TellError(
                f"Okienko already runs on {self.data} (process {lock.read().strip()}). "
                "Stop it, or choose another folder by OKIENKO_DATA and another port by OKIENKO_PORT."
            ) from problem
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        return lock

    def _prepare(self) -> list[list[str]]:
        parent = os.getpid()

        def ready() -> None:
            die_with_parent(signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

        done = subprocess.run(
            [sys.executable, "-m", "okienko.site.prepare"],
            env=self.environment,
            preexec_fn=ready,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=False,
        )
        if done.returncode:
            raise TellError("The database could not be made ready; the reason is above.")
        sign_ins: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
        return sign_ins

    def _start_children(self) -> None:
        live_port = self.environment.get("OKIENKO_LIVE_PORT") or str(_free_port())
        # Behind a proxy the visitors' address of live updates is another one, and given.
        self.environment.setdefault("OKIENKO_LIVE_URL", self._address(live_port))
        self._start("web")
        # On a small machine those that start at once hold each other up; the first page has no use for the others.
        self._wait_for_answer()
        self._start("worker")
        self._start("live", "--port", live_port)

    def _start(self, name: str, *arguments: str) -> None:
        child = Child(name, [name, *arguments], self.environment)
        self.children.append(child)
        child.start()

    def _wait_for_answer(self) -> None:
        limit = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < limit:
            try:
                with urllib.request.urlopen(f"{self._address()}/health/live", timeout=5) as answer:  # noqa: S310
                    if answer.status == 200:
                        return
            except OSError:
                self._look_after()
                time.sleep(0.05)
        raise TellError(f"Pages do not answer on {self._address()} after {ANSWER_SECONDS:.0f} s.")

    def _address(self, port: int | str = "") -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{port or self.port}"

    def _greet(self, sign_ins: list[list[str]], seconds: float) -> None:
        lines = [f"Okienko runs at {self._address()}  (ready in {seconds:.1f} s, Ctrl-C stops it)"]
        if sign_ins:
            widths = [max(len(row[column]) for row in sign_ins) for column in (0, 1)]
            lines += ["", "Demonstration sign-ins:"]
            for role, email, password in sign_ins:
                lines.append(f"  {role:<{widths[0]}}  {email:<{widths[1]}}  {password}")
        tell("\n" + "\n".join(lines) + "\n")

    def _look_after(self) -> None:
        if self.server is not None and not self.server.running():
            complain("the database is gone; starting it again")
            try:
                self.server.start(with_parent=True)
            except PostgresError as problem:
                complain(str(problem))
        for child in self.children:
            child.look_after()

    def _end(self) -> None:
        """Pages first stop taking requests, jobs finish what they have in hand, then the database stops."""
        for request in (signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(request, self._kill_at_once)
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        limit = time.monotonic() + STOP_SECONDS + 2
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(0.0, limit - time.monotonic()))
                except subprocess.TimeoutExpired:
                    complain(f"{child.name} does not stop; killed")
                child.signal(signal.SIGKILL)
                child.process.wait()
        if self.server is not None:
            self.server.stop()

    def _kill_at_once(self, *_: object) -> None:
        for child in self.children:
            child.signal(signal.SIGKILL)


def _stop(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"code {code}"
