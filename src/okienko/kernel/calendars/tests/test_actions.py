from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from okienko.base import events
from okienko.base.decisions import Refused, Stale
from okienko.kernel.calendars import actions, queries, rules
from okienko.kernel.calendars.events import DeadlinesMoved
from okienko.kernel.calendars.factories import CITY, make_calendar
from okienko.kernel.calendars.models import Calendar, Clock
from okienko.kernel.calendars.queries import OwnDay
from okienko.kernel.calendars.rules import CountsFrom, Kind, Rule
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of, verify
from okienko.kernel.units.actions import add_unit
from okienko.kernel.units.models import Unit

pytestmark = pytest.mark.django_db

BY = Actor.system("tests")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)  # Monday, 9:00 in Warsaw
TWO_DAYS = Rule(Kind.WORKING_DAYS, 2, "KPA art. 35")
CLOSED_WEDNESDAY = {date(2026, 11, 18): OwnDay((), "no electricity")}


@pytest.fixture
def office() -> Calendar:
    return make_calendar(by=BY, at=AT)


@pytest.fixture
def subject() -> Unit:
    return add_unit(by=BY, at=AT, symbol="SO", name="Wydział Spraw Obywatelskich")


def start(subject: Unit, office: Calendar, **changed: Any) -> Clock:
    given: dict[str, Any] = {"by": BY, "at": AT, "calendar": office, "rule": TWO_DAYS, **changed}
    return actions.start_clock(subject, given.pop("code", "answer"), **given)


@pytest.mark.req("CORE-12")
def test_a_clock_knows_when_it_is_due_and_leaves_history(office: Calendar, subject: Unit) -> None:
    clock = start(subject, office)
    assert clock.due_at == datetime(2026, 11, 18, 15, tzinfo=UTC)
    entry = entries_of(subject).last()
    assert entry is not None
    assert (entry.kind, entry.after) == (
        "deadline.started",
        {"deadline": "answer", "due": "2026-11-18T15:00:00Z"},
    )


@pytest.mark.req("CORE-60")
def test_what_happened_earlier_counts_from_then(office: Calendar, subject: Unit) -> None:
    clock = start(subject, office, started_at=AT - timedelta(days=3))
    assert clock.due_at == datetime(2026, 11, 17, 15, tzinfo=UTC)
    entry = entries_of(subject).last()
    assert entry is not None
    assert (entry.at, entry.happened_at) == (AT, AT - timedelta(days=3))


@pytest.mark.req("CORE-14")
def test_stopping_and_going_on(office: Calendar, subject: Unit) -> None:
    clock = start(subject, office)
    clock = actions.stop_clock(clock, by=BY, at=AT + timedelta(hours=1))
    assert (clock.state, clock.due_at) == (Clock.State.STOPPED, None)
    with pytest.raises(Refused):
        actions.stop_clock(clock, by=BY, at=AT + timedelta(hours=2))
    clock = actions.resume_clock(clock, by=BY, at=AT + timedelta(hours=3))
    assert (clock.state, clock.due_at) == (Clock.State.RUNNING, datetime(2026, 11, 19, 9, tzinfo=UTC))
    with pytest.raises(Refused):
        actions.resume_clock(clock, by=BY, at=AT + timedelta(hours=4))
    with pytest.raises(Refused) as refused:
        actions.stop_clock(clock, by=BY, at=AT + timedelta(hours=5), happened_at=AT + timedelta(hours=2))
    assert refused.value.code == "stop-overlaps"


@pytest.mark.req("CORE-14")
def test_what_is_late_stays_late_when_it_is_stopped(office: Calendar, subject: Unit) -> None:
    clock = start(subject, office)
    late = AT + timedelta(days=5)
    clock = actions.stop_clock(clock, by=BY, at=late)
    assert clock.due_at == datetime(2026, 11, 18, 15, tzinfo=UTC)
    assert clock.is_late(late)


@pytest.mark.req("CORE-12")
def test_met_in_time_met_late_cancelled(office: Calendar, subject: Unit) -> None:
    in_time = actions.meet_clock(start(subject, office), by=BY, at=datetime(2026, 11, 18, 15, tzinfo=UTC))
    late = actions.meet_clock(start(subject, office), by=BY, at=datetime(2026, 11, 18, 15, 0, 1, tzinfo=UTC))
    cancelled = actions.cancel_clock(start(subject, office), by=BY, at=AT + timedelta(days=9))
    assert [clock.is_late(AT) for clock in (in_time, late, cancelled)] == [False, True, False]
    with pytest.raises(Refused):
        actions.meet_clock(cancelled, by=BY, at=AT + timedelta(days=9))
    with pytest.raises(Refused):
        actions.meet_clock(start(subject, office), by=BY, at=AT - timedelta(days=1))


def test_one_open_clock_for_one_purpose(office: Calendar, subject: Unit) -> None:
    first = start(subject, office)
    with pytest.raises(Refused):
        start(subject, office)
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_a_deadline_that_never_comes_is_refused_in_words(subject: Unit) -> None:
    never = make_calendar(by=BY, at=AT, code="never", week={})
    with pytest.raises(Refused) as refused:
        start(subject, never)
    assert refused.value.code == "never_works"


@pytest.mark.req("CORE-15", "CORE-16")
def test_a_change_moves_what_runs_and_says_so_in_its_history(
    office: Calendar, subject: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[DeadlinesMoved] = []
    monkeypatch.setitem(events._handlers, DeadlinesMoved, [told.append])
    running = start(subject, office)
    stopped = actions.stop_clock(start(subject, office, code="repair"), by=BY, at=AT + timedelta(hours=1))
    ended = actions.meet_clock(start(subject, office, code="receipt"), by=BY, at=AT + timedelta(hours=1))
    preview = queries.what_would_move(
        office, queries.Hours("Europe/Warsaw", rules.Week.parse(office.week), True, CLOSED_WEDNESDAY)
    )
    moves = actions.change_calendar(
        office, by=BY, at=AT, version=1, running="recompute", own_days=CLOSED_WEDNESDAY, note="awaria"
    )
    assert moves == preview.moves
    assert [(move.clock_id, move.after) for move in moves] == [
        (running.pk, datetime(2026, 11, 19, 15, tzinfo=UTC))
    ]
    assert told[-1].moves == tuple(moves)
    for clock in (running, stopped, ended):
        clock.refresh_from_db()
    assert running.due_at == datetime(2026, 11, 19, 15, tzinfo=UTC)
    assert [clock.calendar_version for clock in (running, stopped, ended)] == [2, 2, 1]
    entry = entries_of(subject).last()
    assert entry is not None
    assert (entry.kind, entry.note) == ("deadline.moved", "awaria")
    assert entry.before == {"due": "2026-11-18T15:00:00Z"}
    assert entry.after == {
        "deadline": "answer",
        "due": "2026-11-19T15:00:00Z",
        "calendar": "office",
        "calendar_version": 2,
    }
    assert not list(verify(subject))
    explanation, notes = queries.explain(running)
    assert explanation.due == running.due_at
    assert notes == {date(2026, 11, 18): "no electricity"}
    # The stopped clock goes on by the new hours: Wednesday, which is closed, does not count.
    stopped = actions.resume_clock(stopped, by=BY, at=AT + timedelta(hours=3))
    assert stopped.due_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.req("CORE-16")
def test_what_is_kept_goes_on_by_the_hours_it_started_with(office: Calendar, subject: Unit) -> None:
    clock = start(subject, office)
    assert (
        actions.change_calendar(office, by=BY, at=AT, version=1, running="keep", own_days=CLOSED_WEDNESDAY)
        == []
    )
    clock = actions.stop_clock(clock, by=BY, at=AT + timedelta(hours=1))
    clock = actions.resume_clock(clock, by=BY, at=AT + timedelta(hours=1, minutes=30))
    assert clock.due_at == datetime(2026, 11, 19, 7, 30, tzinfo=UTC)
    explanation, notes = queries.explain(clock)
    assert (explanation.due, notes) == (clock.due_at, {})
    office.refresh_from_db()
    assert start(subject, office, code="other").due_at == datetime(2026, 11, 19, 15, tzinfo=UTC)


@pytest.mark.req("CORE-16", "CORE-14")
def test_a_new_rule_moves_what_runs_and_keeps_its_stops(office: Calendar, subject: Unit) -> None:
    clock = actions.stop_clock(start(subject, office), by=BY, at=AT + timedelta(hours=1))
    clock = actions.resume_clock(clock, by=BY, at=AT + timedelta(hours=3))
    moves = actions.change_rule(
        "units.unit",
        "answer",
        by=BY,
        at=AT,
        rule=Rule(Kind.WORKING_HOURS, 4),
        counts_from=CountsFrom.AS_IT_CAME,
    )
    clock.refresh_from_db()
    assert [move.after for move in moves] == [clock.due_at] == [datetime(2026, 11, 16, 14, tzinfo=UTC)]
    assert clock.rule == {"working_hours": 4}
    entry = entries_of(subject).last()
    assert entry is not None
    assert entry.after is not None
    assert entry.after["rule"] == {"working_hours": 4}


@pytest.mark.req("CORE-16")
def test_hours_by_which_nothing_would_ever_be_due_change_nothing(office: Calendar, subject: Unit) -> None:
    start(subject, office)
    with pytest.raises(Refused, match="1 bieżący termin"):
        actions.change_calendar(office, by=BY, at=AT, version=1, running="recompute", week={})
    office.refresh_from_db()
    assert office.version == 1


@pytest.mark.req("CORE-25")
def test_the_second_of_two_changes_is_told(office: Calendar) -> None:
    actions.change_calendar(office, by=BY, at=AT, version=1, running="keep", week=CITY)
    with pytest.raises(Stale):
        actions.change_calendar(office, by=BY, at=AT, version=1, running="keep", week={})
    office.refresh_from_db()
    assert office.week == CITY


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"week": {"mon": [["16:00", "08:00"]]}}, "week"),
        ({"timezone": "Mars/Base"}, "timezone"),
    ],
)
def test_wrong_hours_are_refused(office: Calendar, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.change_calendar(office, by=BY, at=AT, version=1, running="keep", **changed)
    assert refused.value.field == field
