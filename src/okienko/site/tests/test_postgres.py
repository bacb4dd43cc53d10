from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from okienko.site.postgres import SOCKET_NAME, SOCKET_PATH_LIMIT, EmbeddedPostgres, PostgresError
from okienko.site.tests.office import alive, environment, wait_for

pytestmark = [pytest.mark.req("CORE-61")]
slow = [pytest.mark.processes, pytest.mark.xdist_group("processes")]


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="okienko-pg-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(data: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(data, durable=False)
    yield server
    server.stop()


def ask(address: str, statement: str) -> object:
    with psycopg.connect(address, autocommit=True) as asked:
        cursor = asked.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


@pytest.mark.django_db
def test_letters_are_compared_as_people_expect() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT upper('zażółć'), 'GĘŚLĄ' ILIKE 'gęślą'")
        assert cursor.fetchone() == ("ZAŻÓŁĆ", True)


class TestServer:
    pytestmark = slow

    def test_the_application_is_no_superuser_and_no_port_is_open(self, server: EmbeddedPostgres) -> None:
        address = server.start(with_parent=True)
        assert ask(address, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert ask(address, "SHOW listen_addresses") == ""
        assert server.home.stat().st_mode & 0o777 == 0o700

    def test_writes_are_durable_unless_told_otherwise(self, data: Path) -> None:
        server = EmbeddedPostgres(data)
        try:
            address = server.start(with_parent=True)
            assert ask(address, "SHOW fsync") == "on"
            assert ask(address, "SHOW synchronous_commit") == "on"
            assert ask(address, "SHOW max_connections") == "100"
        finally:
            server.stop()

    def test_folders_above_keep_their_modes(self, data: Path) -> None:
        closed = data / "closed"
        closed.mkdir(mode=0o700)
        before = closed.stat()
        server = EmbeddedPostgres(closed / "data", durable=False)
        try:
            ask(server.start(with_parent=True), "SELECT 1")
        finally:
            server.stop()
        after = closed.stat()
        assert (after.st_mode, after.st_uid) == (before.st_mode, before.st_uid)

    def test_a_path_too_long_for_a_socket(self, data: Path) -> None:
        deep = data.joinpath(*["long" * 10] * 4)
        server = EmbeddedPostgres(deep, durable=False)
        assert len(os.fsencode(server.home / SOCKET_NAME)) > SOCKET_PATH_LIMIT
        try:
            address = server.start(with_parent=True)
            assert ask(address, "SELECT 1") == 1
            folder = server._socket_folder()
            assert folder.stat().st_mode & 0o777 == 0o700
            # Another command with another idea of the temp folder still finds it.
            assert EmbeddedPostgres(deep).running()
        finally:
            server.stop()
        shutil.rmtree(folder)

    def test_the_last_to_leave_stops_it(self, data: Path) -> None:
        one, two = EmbeddedPostgres(data, durable=False), EmbeddedPostgres(data, durable=False)
        address = one.start()
        assert two.start() == address
        one.stop()
        assert ask(address, "SELECT 1") == 1
        two.stop()
        assert not two.running()

    def test_many_commands_at_once_start_one_server(self, data: Path) -> None:
        script = (
            "import sys, pathlib, psycopg\n"
            "from okienko.site.postgres import EmbeddedPostgres\n"
            "server = EmbeddedPostgres(pathlib.Path(sys.argv[1]), durable=False)\n"
            "with psycopg.connect(server.start()) as c: print(c.execute('SELECT 1').fetchone()[0])\n"
            "server.stop()\n"
        )
        command = [sys.executable, "-c", script, str(data)]
        started = [
            subprocess.Popen(  # noqa: S603
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(data)
            )
            for _ in range(5)
        ]
        results = [process.communicate(timeout=60) for process in started]
        assert [out for out, _ in results] == ["1\n"] * 5, results
        assert not EmbeddedPostgres(data).running()

    def test_after_a_kill_nothing_acknowledged_is_missing(self, server: EmbeddedPostgres) -> None:
        address = server.start(with_parent=True)
        ask(address, "CREATE TABLE kept (n int)")
        for number in range(3):
            ask(address, "INSERT INTO kept SELECT count(*) FROM kept")
            server_pid = server.pid()
            assert server_pid is not None
            os.kill(server_pid, signal.SIGKILL)
            address = server.start(with_parent=True)
            assert ask(address, "SELECT count(*) FROM kept") == number + 1

    def test_a_pid_file_that_names_a_stranger(self, server: EmbeddedPostgres) -> None:
        server.start()
        pid_file = server.cluster / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        server.stop()
        owner = server.cluster.stat()
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        assert not server.running()
        assert server.pid() is None
        assert ask(server.start(with_parent=True), "SELECT 1") == 1

    def test_a_lock_of_the_socket_that_names_a_stranger(self, server: EmbeddedPostgres) -> None:
        server.start(with_parent=True)
        lock = server.cluster.parent / ".s.PGSQL.5432.lock"
        lines = lock.read_text().splitlines()
        server_pid = server.pid()
        assert server_pid is not None
        os.kill(server_pid, signal.SIGKILL)
        wait_for(lambda: server.pid() is None)
        owner = lock.stat()
        lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        os.chown(lock, owner.st_uid, owner.st_gid)
        assert ask(server.start(with_parent=True), "SELECT 1") == 1

    def test_a_crash_while_the_cluster_is_being_made(self, data: Path) -> None:
        script = (
            "import sys, pathlib\n"
            "from okienko.site.postgres import EmbeddedPostgres\n"
            "EmbeddedPostgres(pathlib.Path(sys.argv[1])).start()\n"
        )
        maker = subprocess.Popen([sys.executable, "-c", script, str(data)], env=environment(data))  # noqa: S603
        home = data / "pg"
        wait_for(lambda: any(path.name == "PG_VERSION" for path in home.glob("new-*/PG_VERSION")))
        maker.kill()
        maker.wait()
        assert not (home / "18").exists()
        server = EmbeddedPostgres(data, durable=False)
        try:
            assert ask(server.start(with_parent=True), "SELECT 1") == 1
        finally:
            server.stop()

    def test_it_ends_with_a_parent_that_is_killed(self, data: Path) -> None:
        script = (
            "import sys, pathlib, time\n"
            "from okienko.site.postgres import EmbeddedPostgres\n"
            "server = EmbeddedPostgres(pathlib.Path(sys.argv[1]), durable=False)\n"
            "server.start(with_parent=True)\n"
            "print(server.pid(), flush=True)\n"
            "time.sleep(600)\n"
        )
        command = [sys.executable, "-c", script, str(data)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(data)) as parent:  # noqa: S603
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            assert alive(pid)
            parent.kill()
        wait_for(lambda: not alive(pid))

    def test_a_folder_of_another_user_is_named(self, data: Path) -> None:
        home = data / "pg"
        home.symlink_to(data)
        with pytest.raises(PostgresError, match="another user"):
            EmbeddedPostgres(data).start()


def test_a_stopped_server_is_not_running(data: Path) -> None:
    began = time.monotonic()
    server = EmbeddedPostgres(data)
    assert not server.running()
    assert server.pid() is None
    server.stop()
    assert time.monotonic() - began < 1
