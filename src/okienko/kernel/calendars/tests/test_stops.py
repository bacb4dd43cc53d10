from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from okienko.kernel.calendars import rules
from okienko.kernel.calendars.rules import Kind, Rule
from okienko.kernel.calendars.tests.offices import (
    MOMENTS,
    RULES,
    STOPS,
    WEEKS,
    WHOLE_MINUTES,
    around,
    calendar,
    due,
    moment,
)
from okienko.kernel.calendars.tests.oracle import Office

# --- Stopped clocks -----------------------------------------------------------------------------------------


@pytest.mark.req("CORE-14")
@pytest.mark.parametrize(
    ("rule", "stops", "answer"),
    [
        # Monday 16 November 2026, 9:00; two working days are Wednesday 16:00.
        ({"working_days": 2}, [("2026-11-16T10:00+01:00", "2026-11-16T12:00+01:00")], "2026-11-19T09:00:00Z"),
        ({"working_days": 2}, [("2026-11-17T00:00+01:00", "2026-11-18T00:00+01:00")], "2026-11-19T15:00:00Z"),
        ({"working_days": 2}, [("2026-11-18T15:00+01:00", "2026-11-18T20:00+01:00")], "2026-11-19T08:00:00Z"),
        ({"working_days": 2}, [("2026-11-18T16:00+01:00", None)], "2026-11-18T15:00:00Z"),
        ({"working_days": 2}, [("2026-11-10T10:00+01:00", "2026-11-16T09:00+01:00")], "2026-11-18T15:00:00Z"),
        ({"working_days": 2}, [("2026-11-16T16:00+01:00", "2026-11-17T08:00+01:00")], "2026-11-18T15:00:00Z"),
        (
            {"working_hours": 3},
            [("2026-11-16T11:00+01:00", "2026-11-16T12:00+01:00")] * 2,
            "2026-11-16T12:00:00Z",
        ),
        (
            {"working_hours": 3},
            [
                ("2026-11-16T11:00+01:00", "2026-11-16T12:00+01:00"),
                ("2026-11-16T11:30+01:00", "2026-11-16T12:30+01:00"),
            ],
            "2026-11-16T12:30:00Z",
        ),
        ({"hours": 30}, [("2026-11-16T20:00+01:00", "2026-11-16T22:00+01:00")], "2026-11-17T16:00:00Z"),
        (
            {"calendar_days": 2},
            [("2026-11-16T20:00+01:00", "2026-11-16T22:00+01:00")],
            "2026-11-18T23:00:00Z",
        ),
        (
            {"calendar_days": 2},
            [("2026-11-16T10:00+01:00", "2026-11-16T12:00+01:00")],
            "2026-11-19T09:00:00Z",
        ),
        ({"calendar_days": 2}, [("2026-11-18T17:00+01:00", None)], "2026-11-18T23:00:00Z"),
        ({"working_days": 2}, [("2026-11-18T15:59+01:00", None)], None),
        ({"working_days": 2}, [("9998-01-01T00:00+01:00", "9999-01-01T00:00+01:00")], "2026-11-18T15:00:00Z"),
    ],
)
def test_a_stopped_clock_goes_on_from_where_it_stood(
    rule: dict[str, int], stops: Any, answer: str | None
) -> None:
    assert due("2026-11-16T09:00+01:00", rule, stops=stops) == answer


@pytest.mark.req("CORE-14")
def test_a_clock_that_stands_says_what_is_left() -> None:
    stop = (moment("2026-11-16T10:00+01:00"), None)
    found = rules.solve(
        calendar(), Rule(Kind.WORKING_HOURS, 4), moment("2026-11-16T09:00+01:00"), stops=[stop]
    )
    assert (found.due, found.remaining, found.moved_by) == (None, 3 * 3600 * 1_000_000, None)


@pytest.mark.req("CORE-14")
@settings(max_examples=100, deadline=None)
@given(WEEKS, WHOLE_MINUTES, st.integers(1, 900), STOPS)
def test_stops_agree_with_a_look_at_every_minute(
    week: dict[str, Any], start: datetime, minutes: int, stops: list[tuple[int, int]]
) -> None:
    pairs = around(start, stops)
    found = rules.solve(calendar(week), Rule(Kind.WORKING_MINUTES, minutes), start, stops=pairs)
    assert found.due is not None
    assert rules.to_datetime(found.due) == Office("Europe/Warsaw", week).after(start, minutes, pairs)


@pytest.mark.req("CORE-14")
@settings(max_examples=300, deadline=None)
@given(WEEKS, RULES.filter(lambda rule: rule.kind is not Kind.HOURS), MOMENTS, STOPS)
def test_the_new_deadline_is_the_old_one_moved_by_the_working_time_in_the_stops(
    week: dict[str, Any], rule: Rule, start: datetime, stops: list[tuple[int, int]]
) -> None:
    office = calendar(week)
    found = rules.solve(office, rule, start, stops=around(start, stops))
    assert found.due is not None
    old, new = rules.to_datetime(found.due_without_stops), rules.to_datetime(found.due)
    stopped = timedelta(0)
    for begins, ends in rules.merged(around(start, stops)):
        assert ends is not None
        stopped += office.elapsed(max(rules.to_datetime(begins), start), min(rules.to_datetime(ends), new))
    assert office.elapsed(old, new) == stopped
    assert found.moved_by == (new - old) // timedelta(microseconds=1)


@pytest.mark.req("CORE-14")
@settings(max_examples=200, deadline=None)
@given(RULES.filter(lambda rule: rule.kind is not Kind.HOURS), MOMENTS, st.integers(0, 40))
def test_stops_outside_hours_add_nothing(rule: Rule, start: datetime, day: int) -> None:
    office = calendar()
    evening = datetime(start.year, start.month, start.day, 17, tzinfo=office.zone) + timedelta(days=day)
    stop = (evening, evening + timedelta(hours=14))
    found = rules.solve(office, rule, start, stops=[stop])
    assert found.due == found.due_without_stops
    assert found.moved_by == 0


@pytest.mark.req("CORE-16", "CORE-14")
@settings(max_examples=200, deadline=None)
@given(RULES, RULES, MOMENTS, STOPS)
def test_changing_the_rule_keeps_past_stops(
    first: Rule, second: Rule, start: datetime, stops: list[tuple[int, int]]
) -> None:
    assume(first.by_the_clock == second.by_the_clock)
    office, pairs = calendar(), around(start, stops)
    rules.solve(office, first, start, stops=pairs)
    found = rules.solve(office, second, start, stops=pairs)
    assert found == rules.solve(calendar(), second, start, stops=pairs)
    assert found.due is not None
    end = rules.to_datetime(found.due)
    assert found.due >= rules.to_instant(rules.due(office, second, start))
    if second.by_the_clock:
        stopped = sum(
            (
                max(timedelta(0), min(rules.to_datetime(b or 0), end) - max(rules.to_datetime(a), start))
                for a, b in rules.merged(pairs)
            ),
            timedelta(0),
        )
        assert end - start - stopped == timedelta(hours=second.amount)
