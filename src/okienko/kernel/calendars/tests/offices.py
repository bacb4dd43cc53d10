"""Offices of the sources and of nowhere, and strategies for moments, rules and stops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from okienko.kernel.calendars import rules
from okienko.kernel.calendars.rules import Calendar, CountsFrom, Kind, Rule, Week

PLAIN: dict[str, Any] = {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
CITY: dict[str, Any] = {**PLAIN, "tue": [["08:00", "17:00"]]}
HELPDESK: dict[str, Any] = {day: [["07:30", "16:00"]] for day in PLAIN}
SUPPORT: dict[str, Any] = {day: [["08:00", "15:30"]] for day in PLAIN}
BREAKS: dict[str, Any] = {
    "mon": [["08:00", "11:00"], ["11:30", "16:00"]],
    "wed": [["00:00", "02:30"], ["13:00", "24:00"]],
    "sat": [["22:15", "24:00"]],
    "sun": [["00:00", "02:30"], ["02:45", "07:00"]],
}
ROUND_THE_CLOCK: dict[str, Any] = {day: [["00:00", "24:00"]] for day in rules.WEEKDAYS}


def calendar(
    week: dict[str, Any] = PLAIN,
    *,
    zone: str = "Europe/Warsaw",
    statutory: str | None = "PL",
    exceptions: Any = None,
) -> Calendar:
    return Calendar(zone, Week.parse(week), statutory, rules.parse_exceptions(exceptions))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def due(
    event: str,
    rule: dict[str, Any],
    week: dict[str, Any] = PLAIN,
    counts_from: CountsFrom = CountsFrom.AS_IT_CAME,
    stops: list[tuple[str, str | None]] | None = None,
    **other: Any,
) -> str | None:
    pairs = [(moment(begins), moment(ends) if ends else None) for begins, ends in stops or ()]
    found = rules.solve(calendar(week, **other), Rule.parse(rule), moment(event), counts_from, pairs)
    return None if found.due is None else rules.to_datetime(found.due).isoformat().replace("+00:00", "Z")


ZONES = st.sampled_from(
    ["Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]
)
WEEKS = st.sampled_from([PLAIN, CITY, HELPDESK, SUPPORT, BREAKS, ROUND_THE_CLOCK])
MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2100, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
# Around the days on which clocks are changed, where mistakes live.
CHANGES = st.builds(
    lambda year, spring, minutes: (
        datetime(year, 3 if spring else 10, 24, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.integers(1996, 2099),
    st.booleans(),
    st.integers(0, 9 * 24 * 60),
)
WHOLE_MINUTES = st.one_of(MOMENTS.map(lambda at: at.replace(second=0, microsecond=0)), CHANGES)

RULES = st.one_of(
    st.builds(Rule, st.just(Kind.WORKING_DAYS), st.integers(1, 80)),
    st.builds(Rule, st.sampled_from([Kind.WORKING_HOURS, Kind.HOURS]), st.integers(0, 200)),
    st.builds(Rule, st.just(Kind.WORKING_MINUTES), st.integers(0, 20_000)),
    st.builds(Rule, st.just(Kind.CALENDAR_DAYS), st.integers(0, 90)),
)

STOPS = st.lists(
    st.tuples(st.integers(-3000, 30_000), st.integers(0, 4000)),
    max_size=5,
)


def around(start: datetime, stops: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
    return [
        (start + timedelta(minutes=begins), start + timedelta(minutes=begins + length))
        for begins, length in stops
    ]
