"""Real races: several connections at once, as several processes have them. Nothing is given twice, nothing is lost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from okienko.base.decisions import Refused, Stale
from okienko.features.faults import actions as faults
from okienko.features.faults.models import Category
from okienko.kernel.calendars.factories import make_calendar
from okienko.kernel.cases.actions import take_step
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of, verify
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots import taking
from okienko.kernel.slots.models import Claim
from okienko.kernel.slots.queries import free_times
from okienko.kernel.units.actions import add_group, add_unit
from okienko.kernel.units.models import Group

AT = datetime(2026, 11, 20, 7, tzinfo=UTC)
BY = Actor.system("test")
MONDAY = date(2026, 11, 23)
MANY = 12


def at_once(work: Callable[[int], object]) -> list[object]:
    """Everybody begins at the same moment; a refusal is a result like any other."""
    ready = Barrier(MANY)

    def run(number: int) -> object:
        try:
            connection.ensure_connection()
            ready.wait()
            return work(number)
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(run, range(MANY)))


@pytest.fixture
def unit(transactional_db):
    return add_unit(by=BY, at=AT, symbol="SP", name="Starostwo Przykładowe")


@pytest.fixture
def counters(unit):
    found = []
    for number in range(2):
        counter = slots.add_resource(by=BY, at=AT, kind="counter", name=f"Okienko {number}", unit=unit)
        slots.set_hours(
            counter,
            by=BY,
            at=AT,
            first=date(2026, 1, 1),
            last=None,
            week={"mon": [["08:00", "10:00"]]},
            step=15,
            places=2,
        )
        found.append(counter.pk)
    return found


@pytest.mark.req("BOOK-12")
def test_no_time_is_given_twice_and_none_is_withheld(counters):
    """Two counters of two places and eight times: thirty-two visits fit, whoever is faster."""
    starts = [time.start for time in free_times(counters, MONDAY, MONDAY, minutes=15, not_before=AT, now=AT)]

    def visitor(number: int) -> int:
        got = 0
        for turn in range(len(starts) * 4):
            start = starts[(turn + number) % len(starts)]
            try:
                taking.hold(
                    counters,
                    start,
                    minutes=15,
                    key=f"{number}-{turn}",
                    at=AT,
                    until=AT + timedelta(minutes=5),
                )
                got += 1
            except Refused as refused:
                if refused.code != "somebody-was-faster":
                    raise
        return got

    assert sum(at_once(visitor)) == 32
    given = Counter((claim.cell, claim.during.lower) for claim in Claim.objects.all())
    assert len(given) == 32
    assert set(given.values()) == {1}


@pytest.mark.req("BOOK-11", "BOOK-12")
def test_an_expired_hold_goes_to_exactly_one_of_those_who_want_it(counters):
    start = free_times(counters[:1], MONDAY, MONDAY, minutes=15, not_before=AT, now=AT)[0].start
    for key in "ab":
        taking.hold(counters[:1], start, minutes=15, key=key, at=AT, until=AT + timedelta(minutes=1))
    later = AT + timedelta(minutes=2)

    def visitor(number: int) -> object:
        until = later + timedelta(minutes=5)
        return taking.hold(counters[:1], start, minutes=15, key=f"x{number}", at=later, until=until)

    results = at_once(visitor)
    assert sum(isinstance(result, taking.Held) for result in results) == 2
    assert set(Claim.objects.values_list("expires_at", flat=True)) == {later + timedelta(minutes=5)}


@pytest.mark.req("BOOK-17")
def test_a_hold_is_taken_once(counters):
    start = free_times(counters, MONDAY, MONDAY, minutes=15, not_before=AT, now=AT)[0].start
    taking.hold(counters, start, minutes=15, key="a", at=AT, until=AT + timedelta(minutes=5))
    results = at_once(lambda number: slots.take("a", by=BY, at=AT, subject_id=number, subject="x"))
    assert sum(isinstance(result, Claim) for result in results) == 1
    assert {result.code for result in results if isinstance(result, Refused)} == {"hold-over"}


@pytest.mark.req("CORE-22")
def test_the_chain_of_one_subject_has_no_gap_whoever_writes(unit):
    at_once(lambda number: record(unit, "x.noted", by=BY, at=AT, note=str(number)))
    assert [entry.number for entry in entries_of(unit)] == list(range(1, MANY + 2))
    assert list(verify(unit)) == []


@pytest.mark.req("CORE-25")
def test_of_many_who_take_a_step_at_once_one_does_and_the_rest_are_told(unit):
    make_calendar(by=BY, at=AT)
    kind = Group.Kind.COORDINATORS
    group = add_group(by=BY, at=AT, unit=unit, symbol="K", name="Koordynatorzy", kind=kind)
    category = Category.objects.create(code="x", shortcut="XX", name="Dziury", sort_key="x")
    case = faults.report_fault(
        by=BY, at=AT, channel="page", category=category, place="ul. Zmyślona", description="Dziura"
    )

    def clerk(number: int) -> object:
        return take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, version=case.version, group=group)

    results = at_once(clerk)
    told = [result for result in results if isinstance(result, Stale)]
    assert len(told) == MANY - 1
    assert all(refused.current.state == "coordinator" for refused in told)
    assert entries_of(case).filter(kind="zgloszenia.pass-to-coordinator").count() == 1
    assert list(verify(case)) == []


@pytest.mark.req("CORE-20")
def test_numbers_are_never_given_twice(unit):
    make_calendar(by=BY, at=AT)
    category = Category.objects.create(code="x", shortcut="XX", name="Dziury", sort_key="x")
    cases = at_once(
        lambda number: faults.report_fault(
            by=BY,
            at=AT,
            channel="page",
            category=category,
            place=f"ul. Zmyślona {number}",
            description="Dziura",
        )
    )
    assert len({case.number for case in cases}) == MANY
