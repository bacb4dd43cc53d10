from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from django.db import OperationalError, connection
from psycopg.errors import QueryCanceled

from okienko.site import prepare

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stranger() -> Iterator[psycopg.Connection]:
    """A program of its own that reads the same database."""
    settings = connection.get_connection_params()
    known = {
        key: settings[key] for key in ("dbname", "user", "password", "host", "port") if settings.get(key)
    }
    with psycopg.connect(**known) as other:
        yield other


@pytest.fixture
def change() -> Iterator[str]:
    yield "ALTER TABLE units_unit ADD COLUMN tried integer"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE units_unit DROP COLUMN IF EXISTS tried")


def migrate(change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.req("CORE-62")
def test_reads_go_on_while_a_migration_waits_for_a_long_one(
    change: str, stranger: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "GIVE_WAY_MS", 100)
    monkeypatch.setattr(prepare, "PAUSE_SECONDS", 0.1)
    stranger.execute("SELECT count(*) FROM units_unit").fetchone()  # and its transaction stays open
    waits: list[float] = []

    def read() -> None:
        """The pages of those who come meanwhile; then, also when they get no answer, the long reading ends."""
        try:
            with psycopg.connect(stranger.info.dsn, autocommit=True) as pages, suppress(QueryCanceled):
                pages.execute("SET statement_timeout = '2s'")
                for _ in range(20):
                    begun = time.monotonic()
                    pages.execute("SELECT count(*) FROM units_unit").fetchone()
                    waits.append(time.monotonic() - begun)
                    time.sleep(0.05)
        finally:
            stranger.rollback()

    readers = threading.Thread(target=read)
    readers.start()
    prepare._without_stopping_reads(lambda: migrate(change))
    readers.join()
    assert len(waits) == 20
    with connection.cursor() as cursor:
        cursor.execute("SELECT tried FROM units_unit")
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.mark.req("CORE-62")
def test_a_reading_without_end_is_told(
    change: str, stranger: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("GIVE_WAY_MS", 20), ("PAUSE_SECONDS", 0.01), ("TRIES", 3)):
        monkeypatch.setattr(prepare, name, value)
    stranger.execute("SELECT count(*) FROM units_unit").fetchone()
    tries: list[str] = []

    def attempt() -> None:
        tries.append(change)
        migrate(change)

    with pytest.raises(OperationalError, match="lock timeout"):
        prepare._without_stopping_reads(attempt)
    assert len(tries) == 3


@pytest.mark.req("CORE-61")
def test_machines_that_start_together_take_turns(
    stranger: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is at it already, on another machine, is waited for."""
    stranger.execute("SELECT pg_advisory_lock(%s)", [prepare.MIGRATION_LOCK])
    entered = threading.Event()

    def look() -> bool:
        entered.set()
        return False

    def start() -> None:
        prepare.apply_migrations()
        connection.close()

    monkeypatch.setattr(prepare, "waiting_migrations", look)
    other = threading.Thread(target=start)
    other.start()
    assert not entered.wait(0.5)
    stranger.execute("SELECT pg_advisory_unlock(%s)", [prepare.MIGRATION_LOCK])
    assert entered.wait(10)
    other.join()
