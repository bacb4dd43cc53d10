"""Peers from the package index, each in an environment of its own, on the same PostgreSQL and the same WSGI server as we.

What runs inside of them is in bench/peer; it is called as a program and answers with a line of JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench.office import FOLDER
from bench.open311 import _wait_for

ROOT = Path(__file__).parent.parent
THREADS = 4  # of each process, as many as ours


@dataclass(frozen=True)
class Peer:
    name: str
    python: Path
    environment: dict[str, str]

    def ask(self, *arguments: object) -> Any:
        """What the peer's own program answers."""
        command = [str(self.python), "-m", f"bench.peer.{self.name}", *(str(one) for one in arguments)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout.splitlines()[-1])

    def run(self, *arguments: str) -> None:
        command = [str(self.python), "-m", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, check=True)

    @contextmanager
    def serving(self, application: str, port: int, **more: str) -> Iterator[int]:
        """As `okienko web` does: a process for each core, with the same number of threads."""
        command = [
            str(self.python), "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", str(os.cpu_count() or 1), "--blocking-threads", str(THREADS), "--http", "1",
            "--no-ws", "--log-level", "warning", application,
        ]  # fmt: skip
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment | more,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port)
            yield process.pid
        finally:
            process.terminate()
            process.wait(60)


def peer(name: str, settings: str, **more: str) -> Peer:
    """Installed and with a database of its own, beside ours in the same server."""
    database = f"peer_{name}"
    parts = conninfo_to_dict(os.environ["OKIENKO_DATABASE_URL"])
    with psycopg.connect(os.environ["OKIENKO_DATABASE_URL"], autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(f"CREATE DATABASE {database}")
    data = FOLDER / "peers" / f"{name}-data"
    data.mkdir(parents=True, exist_ok=True)
    kept = {one: value for one, value in os.environ.items() if not one.startswith(("OKIENKO", "DJANGO"))}
    environment = {
        **kept,
        "DJANGO_SETTINGS_MODULE": settings,
        "PEER_DATABASE": database,
        "PEER_USER": str(parts["user"]),
        "PEER_HOST": str(parts["host"]),
        "DATA_DIR": str(data),
        **more,
    }
    return Peer(name, _installed(name), environment)


def _installed(name: str) -> Path:
    """Installed anew whenever its lock is another."""
    lock, home = ROOT / "requirements" / f"peer-{name}.txt", FOLDER / "peers" / name
    python, stamp = home / "bin" / "python", home / ".lock"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(home, with_pip=False, clear=True)
        uv = Path(sys.executable).with_name("uv")
        environment = os.environ | {"VIRTUAL_ENV": str(home)}
        subprocess.run([uv, "pip", "sync", "--quiet", "--require-hashes", lock], env=environment, check=True)
        stamp.write_text(wanted)
    return python


def processor_seconds(*pids: int) -> float:
    """What these processes and those that they started have used of the processors, the database's included.

    Unlike seconds by the clock it hardly depends on what else the machine does.
    """
    with psycopg.connect(os.environ["OKIENKO_DATABASE_URL"], autocommit=True) as connection:
        family, used = [*pids, _parent(connection.info.backend_pid)], 0
        while family:
            pid = family.pop()
            with suppress(OSError):
                used += sum(int(one) for one in _stat(pid)[11:15])
                family += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return used / os.sysconf("SC_CLK_TCK")


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def result(
    name: str,
    value: float,
    unit: str = "",
    *,
    limit: float | None = None,
    peer_name: str = "",
    peer_value: float | None = None,
    ok: bool = True,
) -> dict[str, Any]:
    """Told at once to whoever waits: what compares with a peer takes minutes."""
    print(
        f"{name}: {value:.4g} {unit}" + (f" ({peer_name}: {peer_value:.4g})" if peer_value else ""),
        file=sys.stderr,
    )
    return {
        "name": name, "value": value, "unit": unit, "peer": peer_name, "peer_value": peer_value, "limit": limit, "ok": ok,
    }  # fmt: skip


def times(
    name: str, ours: float, theirs: float, wanted: float, peer_name: str, unit: str
) -> list[dict[str, Any]]:
    """A rate beside the peer's, and how many times the peer's it is, which is what is wanted."""
    ratio = ours / theirs
    return [
        result(name, ours, unit, peer_name=peer_name, peer_value=theirs),
        result(f"{name}, times {peer_name}", ratio, limit=wanted, ok=ratio >= wanted),
    ]


def load() -> dict[str, Any]:
    """What else the machine had to do: how many processes wanted a core in the last minute."""
    return result("load of the machine", os.getloadavg()[0], f"on {os.cpu_count()} cores")
