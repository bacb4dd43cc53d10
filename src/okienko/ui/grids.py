"""Calendars that are looked at: a month of days that may be free, a week of hours. Plain data for the templates."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    inside: bool = True
    free: int = 0
    url: str = ""
    today: bool = False
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks of seven days from Monday; `previous` and `next` are addresses, empty where there is nothing to see."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One time on offer; without `url` it is shown as taken."""

    time: Any
    url: str = ""
    note: Any = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class DayOfSlots:
    date: date
    slots: tuple[Slot, ...] = ()
    note: Any = ""


def month_of(
    year: int,
    month: int,
    free: Mapping[date, int],
    *,
    url: Callable[[date], str],
    today: date,
    selected: date | None = None,
    previous: str = "",
    next: str = "",  # noqa: A002  (as in the template)
) -> Month:
    weeks = tuple(
        tuple(
            Day(
                date=day,
                inside=day.month == month,
                free=free.get(day, 0),
                url=url(day) if day.month == month and free.get(day, 0) > 0 else "",
                today=day == today,
                selected=day == selected,
            )
            for day in week
        )
        for week in calendar.Calendar().monthdatescalendar(year, month)
    )
    return Month(date(year, month, 1), weeks, previous, next)


def week_of(first: date, slots: Mapping[date, Iterable[Slot]], *, days: int = 7) -> tuple[DayOfSlots, ...]:
    return tuple(
        DayOfSlots(day, tuple(slots.get(day, ()))) for day in (first + timedelta(n) for n in range(days))
    )
