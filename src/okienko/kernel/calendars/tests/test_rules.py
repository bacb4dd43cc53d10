from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from okienko.kernel.calendars import rules
from okienko.kernel.calendars.rules import CountsFrom, Status, WrongQuestion
from okienko.kernel.calendars.tests.offices import (
    BREAKS,
    CITY,
    HELPDESK,
    PLAIN,
    SUPPORT,
    calendar,
    due,
    moment,
)
from okienko.kernel.calendars.tests.oracle import STATUTE

# --- Days off by statute ------------------------------------------------------------------------------------


@pytest.mark.req("CORE-10")
@pytest.mark.parametrize("year", range(1990, 2101))
def test_statutory_days_of_every_year_agree_with_an_independent_list(year: int) -> None:
    assert set(rules.days_off("PL", year)) == {on for on in STATUTE if on.year == year}


@pytest.mark.req("CORE-10")
@pytest.mark.parametrize(
    ("day", "off"),
    [
        ("1990-05-03", True),  # restored by the Act of 6 April 1990, which also struck out 22 July
        ("1991-07-22", False),
        ("1990-08-15", True),
        ("1990-11-11", True),
        ("2010-01-06", False),
        ("2011-01-06", True),
        ("2018-11-12", True),
        ("2019-11-12", False),
        ("2024-12-24", False),
        ("2025-12-24", True),
        ("2024-05-19", True),  # Pentecost
        ("2024-05-20", False),
        ("2024-05-30", True),  # Corpus Christi
        ("2038-04-26", True),  # Easter Monday on its latest date
        ("2005-04-08", False),  # a day of mourning, on which offices worked
    ],
)
def test_the_statute_year_by_year(day: str, off: bool) -> None:
    on = date.fromisoformat(day)
    assert (on in rules.days_off("PL", on.year)) is off


@pytest.mark.req("CORE-10")
def test_two_days_off_never_fall_on_one_date() -> None:
    for year in range(rules.FIRST_YEAR, rules.LAST_YEAR + 1):
        dates = Counter(day.falls_on(year) for day in rules.POLAND if day.since <= year <= day.until)
        assert set(dates.values()) == {1}


@pytest.mark.req("CORE-10")
def test_exceptions_win_over_the_statute_and_the_week() -> None:
    office = calendar(
        exceptions={"2026-11-11": [["09:00", "12:00"]], "2026-11-12": [], "2026-11-14": [["08:00", "13:00"]]}
    )
    found = [office.day(date(2026, 11, number)) for number in range(10, 16)]
    assert [(day.status, len(day.hours)) for day in found] == [
        (Status.WORKING, 1),
        (Status.OTHER_HOURS, 1),
        (Status.CLOSED_BY_OFFICE, 0),
        (Status.WORKING, 1),
        (Status.OTHER_HOURS, 1),
        (Status.SUNDAY, 0),
    ]


@pytest.mark.req("CORE-10")
def test_working_time_is_counted_by_the_exceptions_too() -> None:
    office = calendar(
        exceptions={"2026-11-11": [["09:00", "12:00"]], "2026-11-12": [], "2026-11-14": [["08:00", "13:00"]]}
    )
    worked = [
        office.elapsed(moment(f"2026-11-{day}T00:00+01:00"), moment(f"2026-11-{day + 1}T00:00+01:00"))
        for day in range(10, 16)
    ]
    assert worked == [timedelta(hours=hours) for hours in (8, 3, 0, 8, 5, 0)]


@pytest.mark.req("CORE-10")
def test_each_weekday_has_hours_of_its_own_with_any_number_of_breaks() -> None:
    week = {
        "mon": [["07:00", "09:00"], ["09:15", "11:00"], ["11:30", "13:00"], ["13:05", "15:00"]],
        "wed": [["10:00", "18:00"]],
        "sat": [["09:00", "12:00"], ["08:00", "08:30"]],
    }
    office = calendar(week)
    worked = [
        office.elapsed(moment(f"2026-11-{day}T00:00+01:00"), moment(f"2026-11-{day + 1}T00:00+01:00"))
        for day in range(16, 23)
    ]
    assert worked == [timedelta(minutes=minutes) for minutes in (430, 0, 480, 0, 0, 210, 0)]
    assert [len(office.day(date(2026, 11, day)).hours) for day in (16, 18, 21)] == [4, 1, 2]


# --- The hours in the sources -------------------------------------------------------------------------------


@pytest.mark.req("CORE-11")
@pytest.mark.parametrize(
    ("week", "opens", "closes"),
    [
        (CITY, "8:00", ("16:00", "17:00", "16:00", "16:00", "16:00")),
        (HELPDESK, "7:30", ("16:00",) * 5),
        (SUPPORT, "8:00", ("15:30",) * 5),
        (PLAIN, "8:00", ("16:00",) * 5),
    ],
    ids=["a city", "a helpdesk", "a support contract", "a county office"],
)
def test_calendars_of_the_sources(week: dict[str, Any], opens: str, closes: tuple[str, ...]) -> None:
    """What comes as the office closes is due, in one working minute, as soon as it opens; in one day, as it closes."""
    office = calendar(week)
    monday = date(2026, 11, 16)
    for number, closing in enumerate(closes):
        day = monday + timedelta(days=number)
        (hours,) = office.day(day).hours
        assert [f"{at // 3600}:{at // 60 % 60:02}" for at in hours] == [opens, closing], day
        before = f"{day - timedelta(days=1)}T20:00+01:00"
        last = moment(f"{day}T{closing.zfill(5)}+01:00").isoformat().replace("+00:00", "Z")
        first = moment(f"{day}T{opens.zfill(5)}+01:00") + timedelta(minutes=1)
        assert due(before, {"working_days": 1}, week) == last
        assert due(before, {"working_minutes": 1}, week) == first.isoformat().replace("+00:00", "Z")
    assert not any(office.day(monday + timedelta(days=number)).works for number in (5, 6))


# --- The table of answers -----------------------------------------------------------------------------------


@pytest.mark.req("CORE-12", "CORE-13")
@pytest.mark.parametrize(
    ("event", "rule", "week", "counts_from", "answer"),
    [
        ("2026-03-27T15:00+01:00", {"working_hours": 2}, PLAIN, "as_it_came", "2026-03-30T07:00:00Z"),
        ("2026-12-23T15:00+01:00", {"working_hours": 2}, PLAIN, "as_it_came", "2026-12-28T08:00:00Z"),
        ("2024-12-23T15:00+01:00", {"working_hours": 2}, PLAIN, "as_it_came", "2024-12-24T08:00:00Z"),
        ("2026-04-02T10:00+02:00", {"working_days": 7}, PLAIN, "as_it_came", "2026-04-14T14:00:00Z"),
        ("2026-11-20T16:05+01:00", {"working_days": 2}, HELPDESK, "late_is_next_day", "2026-11-25T15:00:00Z"),
        (
            "2026-11-17T06:30+01:00",
            {"working_days": 3},
            SUPPORT,
            "outside_is_next_day",
            "2026-11-23T14:30:00Z",
        ),
        ("2026-11-21T12:00+01:00", {"working_days": 10}, CITY, "as_it_came", "2026-12-04T15:00:00Z"),
        ("2026-11-14T09:00+01:00", {"calendar_days": 7}, PLAIN, "as_it_came", "2026-11-23T23:00:00Z"),
    ],
)
def test_answers_as_laid_down(
    event: str, rule: dict[str, int], week: dict[str, Any], counts_from: str, answer: str
) -> None:
    assert due(event, rule, week, CountsFrom(counts_from)) == answer


# --- From when an event counts ------------------------------------------------------------------------------


@pytest.mark.req("DESK-05", "CORE-12")
@pytest.mark.parametrize(
    ("event", "answer"),
    [
        ("2026-11-19T16:00+01:00", "2026-11-23T15:00:00Z"),  # exactly at closing: still Thursday
        ("2026-11-19T16:00:01+01:00", "2026-11-24T15:00:00Z"),  # counts as asked on Friday
        ("2026-11-20T06:00+01:00", "2026-11-24T15:00:00Z"),  # before opening: that day
        ("2026-11-21T12:00+01:00", "2026-11-25T15:00:00Z"),  # Saturday: counts as asked on Monday
        ("2026-11-11T10:00+01:00", "2026-11-16T15:00:00Z"),  # Independence Day: as asked on Thursday
    ],
)
def test_question_that_came_late_counts_from_the_next_working_day(event: str, answer: str) -> None:
    assert due(event, {"working_days": 2}, HELPDESK, CountsFrom.LATE_IS_NEXT_DAY) == answer


@pytest.mark.req("SUPP-06", "CORE-12")
@pytest.mark.parametrize(
    ("event", "answer"),
    [
        ("2026-11-17T08:00+01:00", "2026-11-20T14:30:00Z"),  # exactly at opening: within
        ("2026-11-17T07:59+01:00", "2026-11-23T14:30:00Z"),  # before opening: as filed the day after
        ("2026-11-17T15:30+01:00", "2026-11-20T14:30:00Z"),  # exactly at closing: within
        ("2026-11-17T15:31+01:00", "2026-11-23T14:30:00Z"),
        ("2026-11-22T10:00+01:00", "2026-11-26T14:30:00Z"),  # Sunday: as filed on Monday
    ],
)
def test_ticket_filed_outside_hours_counts_from_the_next_working_day(event: str, answer: str) -> None:
    assert due(event, {"working_days": 3}, SUPPORT, CountsFrom.OUTSIDE_IS_NEXT_DAY) == answer


@pytest.mark.req("FAULT-31", "CORE-12")
@pytest.mark.parametrize(
    ("event", "answer"),
    [
        (
            "2026-11-20T23:59+01:00",
            "2026-12-04T15:00:00Z",
        ),  # Friday at night: Friday does not count, Monday is first
        ("2026-11-21T12:00+01:00", "2026-12-04T15:00:00Z"),  # Saturday: starts with Monday
        ("2026-11-22T12:00+01:00", "2026-12-04T15:00:00Z"),
        ("2026-11-23T00:00+01:00", "2026-12-07T15:00:00Z"),  # Monday itself does not count
        ("2026-11-24T12:00+01:00", "2026-12-08T16:00:00Z"),  # the tenth is a Tuesday, which closes at 17:00
    ],
)
def test_report_starts_with_the_next_working_day(event: str, answer: str) -> None:
    assert due(event, {"working_days": 10}, CITY) == answer


@pytest.mark.req("CORE-12")
def test_a_break_is_not_after_closing() -> None:
    for counts_from in CountsFrom:
        assert (
            due("2026-11-16T11:15+01:00", {"working_minutes": 30}, BREAKS, counts_from)
            == "2026-11-16T11:00:00Z"
        )


@pytest.mark.req("CORE-13")
def test_late_events_count_from_opening_for_every_kind() -> None:
    late, came = CountsFrom.LATE_IS_NEXT_DAY, "2026-11-20T18:00+01:00"
    assert due(came, {"working_hours": 1}, counts_from=late) == "2026-11-23T08:00:00Z"
    assert due(came, {"hours": 24}, counts_from=late) == "2026-11-24T07:00:00Z"
    assert due(came, {"calendar_days": 1}, counts_from=late) == "2026-11-24T23:00:00Z"
    assert (
        due("2026-10-30T18:00+01:00", {"nth_working_day_of_next_month": 1}, counts_from=late)
        == "2026-12-01T15:00:00Z"
    )


# --- Other kinds --------------------------------------------------------------------------------------------


@pytest.mark.req("CORE-13")
def test_working_time_that_ends_at_closing_ends_there() -> None:
    assert due("2026-11-20T14:00+01:00", {"working_hours": 2}) == "2026-11-20T15:00:00Z"
    assert due("2026-11-20T16:00+01:00", {"working_minutes": 1}) == "2026-11-23T07:01:00Z"


@pytest.mark.req("CORE-13")
def test_nothing_to_count_is_due_at_once() -> None:
    for kind in ("working_hours", "working_minutes", "hours"):
        assert due("2026-11-21T12:00:00.25+01:00", {kind: 0}) == "2026-11-21T11:00:00.250000Z"
    assert due("2026-11-20T12:00+01:00", {"calendar_days": 0}) == "2026-11-20T23:00:00Z"


@pytest.mark.req("CORE-13")
def test_calendar_days_heed_the_statute_and_not_the_office() -> None:
    worked = {"2026-11-14": [["08:00", "16:00"]], "2026-11-16": [], "2026-11-11": [["08:00", "12:00"]]}
    assert due("2026-11-07T09:00+01:00", {"calendar_days": 7}, exceptions=worked) == "2026-11-16T23:00:00Z"
    assert due("2026-11-10T09:00+01:00", {"calendar_days": 1}, exceptions=worked) == "2026-11-12T23:00:00Z"
    assert due("2026-11-10T09:00+01:00", {"calendar_days": 1}, statutory=None) == "2026-11-11T23:00:00Z"
    assert due("2026-11-14T09:00+01:00", {"calendar_days": 7}, {}) == "2026-11-23T23:00:00Z"


@pytest.mark.req("CORE-13")
def test_nth_working_day_of_next_month() -> None:
    assert due("2026-12-31T23:30+01:00", {"nth_working_day_of_next_month": 3}) == "2027-01-07T15:00:00Z"
    assert due("2026-10-05T12:00+02:00", {"nth_working_day_of_next_month": 20}) == "2026-11-30T15:00:00Z"
    with pytest.raises(WrongQuestion, match="2026-11 has only 20 working days"):
        due("2026-10-05T12:00+02:00", {"nth_working_day_of_next_month": 21})


@pytest.mark.req("CORE-13")
def test_until_the_end_of_the_next_working_day() -> None:
    assert due("2026-12-23T12:00+01:00", {"working_days": 1}) == "2026-12-28T15:00:00Z"
