from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.models import Entry
from okienko.kernel.history.queries import entries_of, verify
from okienko.kernel.history.statements import insert, insert_once, rows_of
from okienko.kernel.history.transactions import atomic
from okienko.kernel.history.writing import begin_chain, together
from okienko.kernel.units.actions import add_unit
from okienko.kernel.units.models import Unit

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BY = Actor.system("test")

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(db) -> Unit:
    return add_unit(by=BY, at=AT, symbol="UM", name="Urząd Miasta Przykładów")


@atomic
def tell(unit: Unit, *kinds: str) -> None:
    with together():
        for kind in kinds:
            record(unit, kind, by=BY, at=AT, after={"said": kind})


@pytest.mark.req("CORE-22")
def test_what_is_recorded_together_chains_as_if_each_were_written_by_itself(unit, django_assert_num_queries):
    with django_assert_num_queries(
        5
    ):  # a savepoint, the lock, the last entry, all of the new ones, its release
        tell(unit, "x.one", "x.two", "x.three")
    record(unit, "x.four", by=BY, at=AT)
    assert [(entry.number, entry.kind) for entry in entries_of(unit)][1:] == [
        (2, "x.one"), (3, "x.two"), (4, "x.three"), (5, "x.four"),
    ]  # fmt: skip
    assert not list(verify())


@pytest.mark.req("CORE-22")
def test_two_pieces_of_work_in_one_are_one(unit):
    @atomic
    def both() -> None:
        with together():
            tell(unit, "x.inner")
            assert not entries_of(unit).filter(kind="x.inner").exists()
        assert entries_of(unit).filter(kind="x.inner").exists()

    both()
    assert not list(verify())


@pytest.mark.req("CORE-22")
def test_what_failed_leaves_nothing_to_be_written_later(unit):
    @atomic
    def fail() -> None:
        with together():
            record(unit, "x.lost", by=BY, at=AT)
            raise ValueError("lost")

    with pytest.raises(ValueError, match="lost"):
        fail()
    tell(unit, "x.kept")
    assert [entry.kind for entry in entries_of(unit)][1:] == ["x.kept"]


def test_a_chain_that_had_begun_already_cannot_begin_again(unit):
    @atomic
    def begin_again() -> None:
        begin_chain(unit)
        record(unit, "x.first", by=BY, at=AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        begin_again()
    assert Entry.objects.filter(subject_id=unit.pk).count() == 1


def test_rows_are_written_and_read_as_the_orm_does(unit):
    below = [
        Unit(parent=unit, symbol=symbol, name=symbol, sort_key=symbol, path=f"{unit.path}{symbol}/")
        for symbol in ("A", "B")
    ]
    insert(*below)
    assert [Unit.objects.get(pk=one.pk).symbol for one in below] == ["A", "B"]
    assert rows_of(Unit, "parent_id = %s ORDER BY symbol", [unit.pk]) == below
    assert rows_of(Entry, "subject_id = %s", [unit.pk])[0].after == entries_of(unit)[0].after
    again = Unit(parent=unit, symbol="A", name="A", sort_key="A", path=below[0].path)
    assert not insert_once(again)
    assert again.pk is None


def test_a_statement_is_read_and_planned_once_for_a_connection(unit):
    for _ in range(3):
        rows_of(Unit, "symbol = %s AND 'once' = 'once'", ["UM"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%''once''%%'")
        assert cursor.fetchone() == (1,)


def test_the_log_of_statements_has_them(unit):
    with CaptureQueriesContext(connection) as asked:
        for _ in range(2):
            rows_of(Unit, "symbol = %s", ["UM"])
    assert ["units_unit" in query["sql"] for query in asked.captured_queries] == [True, True]
