"""Hours of an office: intervals of a day, the days of a week, the exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from .wrong import WrongQuestion

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 3600

Interval = tuple[int, int]
"""Seconds of the wall clock since midnight: from (included), to (not included)."""

Hours = tuple[Interval, ...]
"""Intervals of one day, in order, none overlapping; empty when the office is closed."""

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _seconds(text: Any, where: str, *, is_end: bool) -> int:
    if is_end and text == "24:00":
        return MIDNIGHT
    match = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise WrongQuestion("clock", "a time must be written as HH:MM, from 00:00 to 24:00", where=where)
    return int(match[1]) * 3600 + int(match[2]) * 60


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def parse_hours(value: Any, where: str) -> Hours:
    """`[["08:00", "12:00"], ["12:30", "16:00"]]` as intervals in order."""
    if not isinstance(value, list | tuple):
        raise WrongQuestion("hours", "must be a list of [from, to]", where=where)
    intervals: list[Interval] = []
    for number, pair in enumerate(value):
        place = f"{where}[{number}]"
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise WrongQuestion("interval", "must be a pair [from, to]", where=place)
        opens = _seconds(pair[0], place, is_end=False)
        closes = _seconds(pair[1], place, is_end=True)
        if closes <= opens:
            raise WrongQuestion("reversed", "must end later than it begins", where=place)
        intervals.append((opens, closes))
    intervals.sort()
    for earlier, later in pairwise(intervals):
        if later[0] < earlier[1]:
            raise WrongQuestion("overlap", "intervals of one day must not overlap", where=where)
    return tuple(intervals)


def hours_as_json(hours: Hours) -> list[list[str]]:
    return [[clock(opens), clock(closes)] for opens, closes in hours]


def parse_date(text: Any, where: str) -> date:
    if isinstance(text, str) and _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise WrongQuestion("date", "a date must be written as YYYY-MM-DD and exist", where=where)


@dataclass(frozen=True, slots=True)
class Week:
    """Hours of each weekday, Monday first."""

    days: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]

    @classmethod
    def parse(cls, value: Any, where: str = "week") -> Week:
        if not isinstance(value, Mapping):
            raise WrongQuestion("week", "must be an object with days mon to sun", where=where)
        unknown = next((key for key in value if key not in WEEKDAYS), None)
        if unknown is not None:
            raise WrongQuestion(
                "weekday", f"no such day: {str(unknown)[:20]!r}; days are mon to sun", where=where
            )
        mon, tue, wed, thu, fri, sat, sun = (
            parse_hours(value.get(name, ()), f"{where}.{name}") for name in WEEKDAYS
        )
        return cls((mon, tue, wed, thu, fri, sat, sun))

    def as_json(self) -> dict[str, list[list[str]]]:
        return {name: hours_as_json(hours) for name, hours in zip(WEEKDAYS, self.days, strict=True) if hours}

    @property
    def is_empty(self) -> bool:
        return not any(self.days)


Exceptions = tuple[tuple[date, Hours], ...]
"""Dates with hours of their own, in order."""


def parse_exceptions(value: Any, where: str = "exceptions") -> Exceptions:
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise WrongQuestion("exceptions", "must be an object of dates", where=where)
    return as_exceptions(
        (parse_date(key, where), parse_hours(hours, f"{where}.{str(key)[:10]}"))
        for key, hours in value.items()
    )


def as_exceptions(pairs: Iterable[tuple[date, Hours]]) -> Exceptions:
    return tuple(sorted(pairs))
