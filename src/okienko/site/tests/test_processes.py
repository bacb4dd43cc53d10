from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from okienko.site.postgres import EmbeddedPostgres
from okienko.site.tests.office import Office, alive, command_of, environment, okienko, wait_for

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]

Open = Callable[..., Office]


@pytest.fixture
def data() -> Iterator[Path]:
    """Short, so that the socket fits, and reachable for every user."""
    folder = Path(tempfile.mkdtemp(prefix="okienko-run-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def open_office() -> Iterator[Open]:
    with ExitStack() as ending:

        def open_one(data: Path, **more: object) -> Office:
            office = Office(data, **more)  # type: ignore[arg-type]
            ending.callback(office.end)
            return office

        yield open_one


def acknowledge(office: Office, number: int) -> None:
    with office.database() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS acknowledged (number int PRIMARY KEY)")
        connection.execute("INSERT INTO acknowledged VALUES (%s)", [number])


def acknowledged(office: Office) -> list[int]:
    with office.database() as connection:
        return [row[0] for row in connection.execute("SELECT number FROM acknowledged ORDER BY 1")]


def assert_all_gone(pids: list[int]) -> None:
    wait_for(lambda: not any(alive(pid) for pid in pids))


@pytest.mark.req("CORE-61")
def test_first_start_second_start_and_a_clean_end(data: Path, open_office: Open) -> None:
    office = open_office(data)
    office.wait_until_greeting()
    wait_for(office.is_ready)
    acknowledge(office, 1)
    family = office.family()
    assert office.stop() == 0
    assert_all_gone(family)
    assert not (data / "pg" / "18" / "postmaster.pid").exists()

    again = open_office(data)
    # Five seconds are promised for a quiet machine; tests share theirs.
    assert again.wait_until_greeting() < 15
    wait_for(again.is_ready)
    assert acknowledged(again) == [1]


@pytest.mark.req("CORE-61")
def test_two_run_side_by_side(data: Path, open_office: Open) -> None:
    one, two = open_office(data / "one"), open_office(data / "two")
    for office in (one, two):
        office.wait_until_greeting()
    for office in (one, two):
        wait_for(office.is_ready)
    acknowledge(one, 1)
    acknowledge(two, 2)
    assert (acknowledged(one), acknowledged(two)) == ([1], [2])


@pytest.mark.req("CORE-61")
def test_a_second_one_on_the_same_data_says_so_and_leaves_the_first_alone(
    data: Path, open_office: Open
) -> None:
    office = open_office(data)
    office.wait_until_greeting()
    second = okienko(data, "run")
    assert second.returncode == 1
    assert f"already runs on {data} (process {office.process.pid})" in second.stderr
    assert "Traceback" not in second.stderr
    wait_for(office.is_ready)


@pytest.mark.req("CORE-61")
def test_whatever_is_killed_comes_back_and_nothing_acknowledged_is_lost(
    data: Path, open_office: Open
) -> None:
    office = open_office(data)
    office.wait_until_greeting()
    wait_for(office.is_ready)
    for number, name in enumerate(["web", "live", "worker", "database", "database", "web"]):
        acknowledge(office, number)
        before = office.pid_of(name)
        os.kill(before, signal.SIGKILL)
        wait_for(lambda before=before: not alive(before))
        after = wait_for(lambda name=name, before=before: (pid := office.pid_of(name)) != before and pid)
        assert after != before
        wait_for(office.is_ready)
        assert acknowledged(office) == list(range(number + 1))
    # A page process, not its master.
    page = next(
        pid for pid in office.family() if pid not in _children(office) and "command web" in command_of(pid)
    )
    os.kill(page, signal.SIGKILL)
    wait_for(lambda: not alive(page))
    wait_for(office.is_ready)


def _children(office: Office) -> list[int]:
    from okienko.site.tests.office import children_of

    return children_of(office.process.pid)


@pytest.mark.req("CORE-61")
def test_nothing_outlives_a_killed_supervisor_and_the_next_start_finds_all(
    data: Path, open_office: Open
) -> None:
    office = open_office(data)
    office.wait_until_greeting()
    wait_for(office.is_ready)
    acknowledge(office, 7)
    family = office.family()
    assert len(family) >= 6
    office.process.kill()
    office.process.wait()
    next_one = open_office(data)  # at once, while the others are still leaving
    next_one.wait_until_greeting()
    wait_for(next_one.is_ready)
    assert acknowledged(next_one) == [7]
    assert_all_gone(family)


@pytest.mark.req("CORE-61")
def test_an_ordinary_user_runs_it_too(data: Path, open_office: Open) -> None:
    if os.geteuid() != 0:
        uid = os.geteuid()
    else:
        uid = pwd.getpwnam("nobody").pw_uid
        os.chown(data, uid, uid)
    office = open_office(data, uid=uid if os.geteuid() == 0 else None, HOME=str(data))
    office.wait_until_greeting()
    wait_for(office.is_ready)
    assert (data / "pg" / "18").stat().st_uid == uid
    assert Path(f"/proc/{office.pid_of('database')}").stat().st_uid == uid
    assert office.stop() == 0


@pytest.mark.req("CORE-61")
def test_one_setting_points_it_at_another_postgresql(data: Path, open_office: Open) -> None:
    elsewhere = EmbeddedPostgres(data / "elsewhere", durable=False)
    address = elsewhere.start(with_parent=True)
    try:
        office = open_office(data / "here", OKIENKO_DATABASE_URL=address)
        office.wait_until_greeting()
        wait_for(office.is_ready)
        assert not (data / "here" / "pg").exists()
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT to_regclass('django_migrations')").fetchone() != (None,)
        assert office.stop() == 0
        assert elsewhere.running()
    finally:
        elsewhere.stop()


@pytest.mark.req("CORE-61")
def test_a_taken_port_is_named(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = okienko(data, "run", OKIENKO_PORT=str(port))
    assert told.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in told.stderr
    assert "OKIENKO_PORT" in told.stderr
    assert "Traceback" not in told.stderr
    assert not (data / "pg").exists()


@pytest.mark.req("CORE-61")
@pytest.mark.parametrize("port", ["eighty", "99999", "-1"])
def test_a_port_that_is_none_is_refused(data: Path, port: str) -> None:
    told = okienko(data, "run", OKIENKO_PORT=port)
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert port in told.stderr


@pytest.mark.req("CORE-63")
def test_health_turns_red_without_a_database_and_green_with_it(data: Path, open_office: Open) -> None:
    server = EmbeddedPostgres(data / "elsewhere", durable=False)
    address = server.start(with_parent=True)
    try:
        office = open_office(data / "here", OKIENKO_DATABASE_URL=address)
        office.wait_until_greeting()
        wait_for(office.is_ready)
        server.stop()
        status, body = office.get("/health/ready")
        assert status == 503
        assert '"database"' in body
        assert office.get("/health/live")[0] == 200
        status, body = office.get("/metrics")
        assert status == 200
        assert "okienko_database_up 0.0" in body
        server.start(with_parent=True)
        wait_for(office.is_ready)
        assert "okienko_database_up 1.0" in office.get("/metrics")[1]
    finally:
        server.stop()


@pytest.mark.req("CORE-66")
def test_production_with_unsafe_settings_does_not_start_and_names_each(data: Path) -> None:
    told = okienko(data, "run", OKIENKO_MODE="production", OKIENKO_DEBUG="1", OKIENKO_ALLOWED_HOSTS="*")
    assert told.returncode == 1
    for name in ("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "PUBLIC_ADDRESS", "SMTP_URL", "MAIL_FROM"):
        assert f"OKIENKO_{name}" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_environment_of_the_tests_does_not_leak(data: Path) -> None:
    assert "OKIENKO_DATABASE_URL" not in environment(data)
