from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okienko.kernel.calendars import rules
from okienko.kernel.calendars.rules import CountsFrom, Kind, Reason, Rule, WrongQuestion
from okienko.kernel.calendars.tests.offices import (
    MOMENTS,
    PLAIN,
    RULES,
    STOPS,
    WEEKS,
    around,
    calendar,
    due,
    moment,
)

# --- Explanations -------------------------------------------------------------------------------------------


@pytest.mark.req("CORE-15")
def test_every_day_says_whether_it_counted_and_why() -> None:
    office = calendar(exceptions={"2026-11-12": []})
    found = rules.explain(office, Rule(Kind.WORKING_DAYS, 2), moment("2026-11-10T10:00+01:00"))
    assert [(step.date.day, step.counted, step.reason, step.day_off) for step in found.steps] == [
        (10, False, Reason.EVENT_DAY, ""),
        (11, False, Reason.STATUTORY, "independence"),
        (12, False, Reason.CLOSED_BY_OFFICE, ""),
        (13, True, Reason.WORKING, ""),
        (14, False, Reason.SATURDAY, ""),
        (15, False, Reason.SUNDAY, ""),
        (16, True, Reason.WORKING, ""),
    ]


@pytest.mark.req("CORE-15")
@settings(max_examples=300, deadline=None)
@given(WEEKS, RULES, st.sampled_from(CountsFrom), MOMENTS, STOPS)
def test_explanations_agree_with_what_they_explain(
    week: dict[str, Any], rule: Rule, counts_from: CountsFrom, start: datetime, stops: list[tuple[int, int]]
) -> None:
    office, pairs = calendar(week), around(start, stops)
    outcome = rules.solve(office, rule, start, counts_from, pairs)
    found = rules.explain(office, rule, start, counts_from, pairs)
    assert found.due is not None
    assert rules.to_instant(found.due) == outcome.due
    dates = [step.date for step in found.steps]
    assert dates == [dates[0] + timedelta(days=number) for number in range(len(dates))]
    assert dates[0] == start.astimezone(office.zone).date()
    if found.moved_by == 0 and rule.kind in (Kind.WORKING_DAYS, Kind.CALENDAR_DAYS) and rule.amount:
        assert found.steps[-1].counted
        if not stops:
            assert sum(step.counted for step in found.steps) == rule.amount


@pytest.mark.req("CORE-14", "CORE-15")
@pytest.mark.parametrize(
    "rule",
    [
        {"working_days": 5},
        {"working_hours": 50},
        {"hours": 100},
        {"calendar_days": 9},
        {"nth_working_day_of_next_month": 2},
    ],
    ids=lambda rule: next(iter(rule)),
)
def test_a_clock_that_stands_is_told_up_to_its_stop(rule: dict[str, int]) -> None:
    """Monday to Wednesday, where it stopped: not to the Friday and beyond on which it would have been due."""
    stop = moment("2026-11-18T10:00+01:00")
    found = rules.explain(
        calendar(), Rule.parse(rule), moment("2026-11-16T09:00+01:00"), stops=[(stop, None)]
    )
    told = [step.date.day for step in found.steps]
    assert told == ([16] if "nth_working_day_of_next_month" in rule else [16, 17, 18])
    assert found.remaining


@pytest.mark.req("CORE-13")
def test_working_time_until_a_moment() -> None:
    office, start = calendar(), moment("2026-11-20T15:00+01:00")
    stop = (moment("2026-11-23T09:00+01:00"), moment("2026-11-23T10:00+01:00"))
    until = moment("2026-11-23T12:00+01:00")
    assert rules.explain_until(office, start, until).worked == 5 * 3600 * 1_000_000
    assert rules.explain_until(office, start, until, stops=[stop, stop]).worked == 4 * 3600 * 1_000_000
    assert rules.explain_until(office, start, until, stops=[(stop[0], None)]).worked == 2 * 3600 * 1_000_000
    assert rules.explain_until(office, until, start).worked == 0
    early = moment("2026-11-23T06:00+01:00")
    late, outside = CountsFrom.LATE_IS_NEXT_DAY, CountsFrom.OUTSIDE_IS_NEXT_DAY
    assert rules.explain_until(office, early, until, late).worked == 4 * 3600 * 1_000_000
    assert rules.explain_until(office, early, until, outside).worked == 0
    assert rules.explain_until(office, early, until, outside).counted_from == moment("2026-11-24T08:00+01:00")


# --- What cannot be answered --------------------------------------------------------------------------------


@pytest.mark.req("CORE-10")
@pytest.mark.parametrize(
    ("rule", "week", "exceptions", "code"),
    [
        ({"working_days": 1}, {}, None, "never_works"),
        ({"working_hours": 1}, {}, None, "never_works"),
        ({"working_days": 2}, {}, {"2027-01-04": [["08:00", "09:00"]]}, "never_works"),
        ({"working_days": 10**9}, PLAIN, None, "range"),
        ({"working_minutes": 10**300}, PLAIN, None, "range"),
        ({"hours": 10**300}, PLAIN, None, "range"),
        ({"calendar_days": 10**300}, PLAIN, None, "range"),
        ({"nth_working_day_of_next_month": 10**300}, PLAIN, None, "month_too_short"),
    ],
)
def test_a_deadline_that_never_comes_is_refused(
    rule: dict[str, int], week: dict[str, Any], exceptions: Any, code: str
) -> None:
    with pytest.raises(WrongQuestion) as refused:
        due("2026-11-20T12:00+01:00", rule, week, exceptions=exceptions)
    assert refused.value.code == code


@pytest.mark.req("CORE-10")
def test_an_office_that_works_one_day_in_its_life() -> None:
    assert due(
        "2026-11-20T12:00+01:00", {"working_days": 1}, {}, exceptions={"2031-03-04": [["08:00", "09:00"]]}
    ) == ("2031-03-04T08:00:00Z")


@pytest.mark.req("CORE-10")
@pytest.mark.parametrize(
    "event", ["0001-01-01T00:00Z", "1985-01-01T00:00Z", "2201-01-01T00:00Z", "9999-12-31T00:00Z"]
)
@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
@pytest.mark.parametrize("counts_from", list(CountsFrom))
def test_years_out_of_reach_are_refused(event: str, kind: str, counts_from: CountsFrom) -> None:
    with pytest.raises(WrongQuestion):
        due(event, {kind: 1}, counts_from=counts_from)
