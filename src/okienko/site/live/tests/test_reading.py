from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.history.actions import Line, record_many
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Grant, Person
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots import taking
from okienko.kernel.slots.models import Claim
from okienko.kernel.units.actions import add_unit
from okienko.site.live import jobs, reading
from okienko.site.live.models import Change
from okienko.site.live.topics import Changed, allowed, to_tell

AT = datetime(2026, 11, 20, 7, tzinfo=UTC)
BY = Actor.system("test")
MONDAY = date(2026, 11, 23)
WEEK = {"mon": [["08:00", "16:00"]]}


def nine(minutes: int = 0) -> datetime:
    return datetime(2026, 11, 23, 9, minutes, tzinfo=ZoneInfo("Europe/Warsaw"))


@pytest.fixture
def counter(db):
    unit = add_unit(by=BY, at=AT, symbol="UM", name="Urząd")
    made = slots.add_resource(by=BY, at=AT, kind="counter", name="1", unit=unit)
    slots.set_hours(made, by=BY, at=AT, first=MONDAY, last=None, week=WEEK, step=30)
    return made


def hold(counter, start, key, at=AT):
    return taking.hold([counter.pk], start, minutes=30, key=key, at=at, until=at + timedelta(minutes=10))


@pytest.mark.req("CORE-66")
def test_holding_leaves_no_trace_but_is_seen_taken_back_and_run_out(counter):
    reader = reading.Reader()
    reader.read([counter.pk], AT)
    assert not reader.read([counter.pk], AT)
    taking_statements = CaptureQueriesContext(connection)
    with taking_statements:
        first = hold(counter, nine(), "a")
    assert len(taking_statements) <= 3
    assert reader.read([counter.pk], AT).resources == {counter.pk}
    assert not reader.read([counter.pk], AT)
    Claim.objects.filter(pk=first.claim_id).delete()
    assert reader.read([counter.pk], AT).resources == {counter.pk}
    hold(counter, nine(30), "b")
    assert reader.read([counter.pk], AT).resources == {counter.pk}
    assert not reader.read([counter.pk], AT + timedelta(minutes=9))
    assert reader.read([counter.pk], AT + timedelta(minutes=10)).resources == {counter.pk}
    assert not reader.read([counter.pk], AT + timedelta(minutes=11))


def test_a_hold_that_was_there_before_anyone_watched_is_followed_too(counter):
    hold(counter, nine(), "a")
    reader = reading.Reader()
    assert not reader.read([counter.pk], AT)
    assert reader.read([counter.pk], AT + timedelta(minutes=11)).resources == {counter.pk}


def test_what_is_kept_in_mind_does_not_grow(counter):
    reader = reading.Reader()
    at = AT
    for turn in range(40):
        held = hold(counter, nine(), f"k{turn}", at)
        reader.read([counter.pk], at)
        Claim.objects.filter(pk=held.claim_id).delete()
        at += timedelta(seconds=1)
        reader.read([counter.pk], at)
    assert len(reader.claims.told) < 12
    assert len(reader.claims.marks) < 16
    reader.read([], at)
    assert not reader.claims.holds


def test_one_look_is_at_most_three_statements(counter):
    reader = reading.Reader()
    reader.read([counter.pk], AT)
    slots.close(counter, nine(), nine(30), by=BY, at=AT, note="awaria")
    with CaptureQueriesContext(connection) as asked:
        assert reader.read([counter.pk], AT).resources == {counter.pk}
    assert len(asked) <= 3


def test_of_a_flood_one_row_tells(counter):
    reader = reading.Reader()
    reader.read([], AT)
    before, place = Change.objects.count(), reading.here()
    record_many([Line(("cases.case", pk), "x") for pk in range(1, 1500)], by=BY, at=AT)
    assert Change.objects.count() == before + 1
    assert reader.read([], AT) == Changed(many_cases=True)
    assert reading.since(place).many_cases
    record_many([Line(("cases.case", pk), "x") for pk in range(1, 500)], by=BY, at=AT)
    assert Change.objects.count() == before + 500
    assert not reader.read([], AT).many_cases


def test_of_a_flood_everyone_hears_who_may_watch_still(counter):
    operator = make_staff("operator@okienko.example", "operator", by=BY, at=AT)
    topics = allowed(operator, [f"list:{PROCEDURE.code}"])
    flood = Changed(many_cases=True)
    assert to_tell(operator, topics, flood) == [f"list:{PROCEDURE.code}"]
    assert to_tell(operator, topics, Changed(many_resources=True)) == []
    Grant.objects.filter(person=operator).update(valid_until=F("valid_from"))
    assert to_tell(Person.objects.get(pk=operator.pk), topics, flood) == []


@pytest.mark.django_db(transaction=True)
def test_a_change_that_ends_late_is_neither_missed_nor_told_twice():
    """Its id is smaller than that of one which was read before it ended."""
    changes = reading.Changes()
    changes.read()
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("INSERT INTO live_change (subject_type, subject_id) VALUES ('cases.case', 1)")
        Change.objects.create(subject_type="cases.case", subject_id=2)
        assert changes.read() == ({2}, set())
        assert changes.read() == (set(), set())
        other.commit()
        assert changes.read() == ({1}, set())
        assert changes.read() == (set(), set())
    finally:
        other.close()


def test_old_changes_are_forgotten(counter):
    Change.objects.update(at=datetime(2026, 1, 1, tzinfo=UTC))
    jobs.forget_changes(0)
    assert not Change.objects.exists()
    assert not reading.is_kept(1)
