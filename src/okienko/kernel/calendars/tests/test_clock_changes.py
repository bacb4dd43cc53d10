from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from okienko.kernel.calendars import rules
from okienko.kernel.calendars.rules import CountsFrom, Kind, Rule
from okienko.kernel.calendars.tests.offices import (
    CITY,
    HELPDESK,
    MOMENTS,
    PLAIN,
    ROUND_THE_CLOCK,
    RULES,
    SUPPORT,
    WEEKS,
    WHOLE_MINUTES,
    ZONES,
    calendar,
    due,
    moment,
)
from okienko.kernel.calendars.tests.oracle import Office

# --- Days on which the clock is changed ---------------------------------------------------------------------


@pytest.mark.req("CORE-10")
@pytest.mark.parametrize(
    ("on", "hours", "worked"),
    [
        ("2026-03-29", ["00:00", "24:00"], 23 * 60),
        ("2026-10-25", ["00:00", "24:00"], 25 * 60),
        ("2026-03-29", ["02:00", "03:00"], 0),
        ("2026-03-29", ["02:30", "03:30"], 30),
        ("2026-10-25", ["02:00", "03:00"], 120),
        ("2026-10-25", ["02:15", "02:45"], 60),
        ("2026-10-25", ["01:00", "02:00"], 60),
    ],
)
def test_hours_follow_the_clock_on_the_wall(on: str, hours: list[str], worked: int) -> None:
    week = {"sun": [hours]}
    start = moment(f"{on}T00:00+01:00") - timedelta(hours=3)
    end = start + timedelta(hours=30)
    assert calendar(week).elapsed(start, end) == timedelta(minutes=worked)
    assert Office("Europe/Warsaw", week).minutes(start, end) == worked


@pytest.mark.req("CORE-12")
def test_an_office_open_only_in_the_skipped_hour_closes_when_the_clock_is_changed() -> None:
    assert (
        due("2026-03-28T12:00+01:00", {"working_days": 1}, {"sun": [["02:00", "03:00"]]})
        == "2026-03-29T01:00:00Z"
    )


@pytest.mark.req("CORE-13")
def test_midnight_that_does_not_exist() -> None:
    beirut = {"zone": "Asia/Beirut", "statutory": None}
    assert due("2026-03-26T12:00+02:00", {"calendar_days": 2}, **beirut) == "2026-03-30T21:00:00Z"
    assert (
        due("2025-03-28T12:00+02:00", {"working_days": 1}, ROUND_THE_CLOCK, **beirut)
        == "2025-03-29T22:00:00Z"
    )


@pytest.mark.req("CORE-13")
@settings(max_examples=150, deadline=None)
@given(ZONES, WEEKS, WHOLE_MINUTES, st.integers(1, 900))
def test_minutes_agree_with_a_look_at_every_minute(
    zone: str, week: dict[str, Any], start: datetime, minutes: int
) -> None:
    found = rules.due(calendar(week, zone=zone), Rule(Kind.WORKING_MINUTES, minutes), start)
    assert found == Office(zone, week).after(start, minutes)


@pytest.mark.req("CORE-12")
@settings(max_examples=300, deadline=None)
@given(st.sampled_from([PLAIN, CITY, HELPDESK, SUPPORT]), WHOLE_MINUTES, st.integers(1, 60))
def test_days_agree_with_a_walk_through_the_dates(week: dict[str, Any], start: datetime, days: int) -> None:
    found = rules.due(calendar(week), Rule(Kind.WORKING_DAYS, days), start)
    assert found == Office("Europe/Warsaw", week).nth_day_after(start, days)


@pytest.mark.req("CORE-12")
@settings(max_examples=100, deadline=None)
@given(ZONES, WEEKS, WHOLE_MINUTES, st.integers(1, 60))
def test_the_fast_way_agrees_with_the_whole_one(
    zone: str, week: dict[str, Any], start: datetime, days: int
) -> None:
    office, rule = calendar(week, zone=zone), Rule(Kind.WORKING_DAYS, days)
    whole = rules.solve(office, rule, start).due
    assert whole is not None
    assert office.tables, "only a calendar that has been asked before answers the fast way"
    assert rules.due(office, rule, start) == rules.to_datetime(whole)


@pytest.mark.req("CORE-12", "CORE-13")
@settings(max_examples=300, deadline=None)
@given(
    WEEKS,
    RULES,
    # By the third rule who comes before opening counts from the day after, and who comes at opening from that day.
    st.sampled_from([CountsFrom.AS_IT_CAME, CountsFrom.LATE_IS_NEXT_DAY]),
    MOMENTS,
    st.timedeltas(timedelta(0), timedelta(days=9)),
)
def test_who_comes_later_is_never_due_earlier(
    week: dict[str, Any], rule: Rule, counts_from: CountsFrom, start: datetime, later: timedelta
) -> None:
    # Who came on a day off counts from an opening, who comes before an opening from when they came: where time is
    # counted by the clock, or none at all, only the first of the two waits for the opening.
    assume(counts_from is CountsFrom.AS_IT_CAME or (rule.amount > 0 and rule.kind is not Kind.HOURS))
    office = calendar(week)
    assert rules.due(office, rule, start, counts_from) <= rules.due(office, rule, start + later, counts_from)


@pytest.mark.req("CORE-13")
@settings(max_examples=300, deadline=None)
@given(ZONES, WEEKS, MOMENTS, st.integers(0, 50_000))
def test_time_elapsed_until_the_deadline_is_what_the_rule_says(
    zone: str, week: dict[str, Any], start: datetime, minutes: int
) -> None:
    office = calendar(week, zone=zone)
    end = rules.due(office, Rule(Kind.WORKING_MINUTES, minutes), start)
    assert office.elapsed(start, end) == timedelta(minutes=minutes)
    if minutes:
        assert office.elapsed(start, end - timedelta(microseconds=1)) < timedelta(minutes=minutes)
