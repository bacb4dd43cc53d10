"""A calendar of an office: for every date whether and when it works, and how much time that makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from zoneinfo import ZoneInfo

from .span import Span
from .statutory import COUNTRIES, FIRST_YEAR, LAST_YEAR, DayOff, days_off
from .week import Exceptions, Hours, Week
from .wrong import WrongQuestion
from .zones import (
    DAY,
    EPOCH_ORDINAL,
    MICROSECONDS,
    Instant,
    first_reaching,
    segments,
    to_datetime,
    to_instant,
    zone_named,
)

SATURDAY = 5
SUNDAY = 6


_MARGIN = 2 * DAY * MICROSECONDS
EARLIEST = (date(FIRST_YEAR, 1, 1).toordinal() - EPOCH_ORDINAL - 1) * DAY * MICROSECONDS
LATEST = (date(LAST_YEAR, 12, 31).toordinal() - EPOCH_ORDINAL + 1) * DAY * MICROSECONDS


class Status(StrEnum):
    """Why a date is a working day or is not."""

    WORKING = "working"
    OTHER_HOURS = "other_hours"
    CLOSED_BY_OFFICE = "closed_by_office"
    STATUTORY = "statutory"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    CLOSED_WEEKDAY = "closed_weekday"


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    hours: Hours
    status: Status
    day_off: DayOff | None = None

    @property
    def works(self) -> bool:
        return bool(self.hours)


def too_far(where: str = "") -> WrongQuestion:
    return WrongQuestion(
        "range", f"only the years {FIRST_YEAR} to {LAST_YEAR} can be reckoned with", where=where
    )


@dataclass(frozen=True)
class Calendar:
    """Immutable, and equal to any other with the same hours; the tables behind it grow as they are asked."""

    timezone: str
    week: Week
    statutory: str | None = None
    exceptions: Exceptions = ()
    tables: list[Span] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        zone_named(self.timezone)
        if self.statutory is not None and self.statutory not in COUNTRIES:
            raise WrongQuestion("statutory", 'must be "PL" or null', where="statutory")

    @cached_property
    def zone(self) -> ZoneInfo:
        return zone_named(self.timezone)

    @cached_property
    def exceptional(self) -> Mapping[date, Hours]:
        return dict(self.exceptions)

    @cached_property
    def _exceptions_by_year(self) -> Mapping[int, Exceptions]:
        return {year: tuple(group) for year, group in groupby(self.exceptions, key=lambda pair: pair[0].year)}

    # What a date is

    def day(self, on: date) -> Day:
        """Whether, when and why the office works on a date: by exception, then by statute, then by week."""
        if on in self.exceptional:
            hours = self.exceptional[on]
            return Day(on, hours, Status.OTHER_HOURS if hours else Status.CLOSED_BY_OFFICE)
        day_off = self.statutory_day(on)
        if day_off is not None:
            return Day(on, (), Status.STATUTORY, day_off)
        weekday = on.weekday()
        hours = self.week.days[weekday]
        if hours:
            return Day(on, hours, Status.WORKING)
        closed = {SATURDAY: Status.SATURDAY, SUNDAY: Status.SUNDAY}
        return Day(on, (), closed.get(weekday, Status.CLOSED_WEEKDAY))

    def statutory_day(self, on: date) -> DayOff | None:
        return days_off(self.statutory, on.year).get(on) if self.statutory else None

    def local_date(self, instant: Instant) -> date:
        self.check(instant)
        return to_datetime(instant).astimezone(self.zone).date()

    def end_of(self, on: date) -> Instant:
        """Midnight at which the date ends, where it is the next date for the first time."""
        if not FIRST_YEAR <= on.year <= LAST_YEAR:
            raise too_far()
        parts = segments(self.timezone, on.year, on.year)
        return first_reaching((on.toordinal() + 1 - EPOCH_ORDINAL) * DAY, parts) * MICROSECONDS

    # Working time

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two moments; none when the end comes first."""
        return timedelta(microseconds=self.worked(to_instant(start), to_instant(end)))

    def worked(self, start: Instant, end: Instant) -> int:
        if end <= start:
            return 0
        span = self.span(start, end)
        return span.worked_until(end) - span.worked_until(start)

    def after(self, start: Instant, working_time: int) -> Instant:
        """The first instant by which so much working time has passed since the start."""
        if working_time == 0:
            return start
        span = self.span(start, start)
        while True:
            reached = span.reached_at(span.worked_until(start) + working_time)
            if reached is not None:
                return reached
            span = self.longer(span)

    # The tables

    def check(self, instant: Instant) -> None:
        if not EARLIEST <= instant < LATEST:
            raise too_far()

    def span(self, start: Instant, end: Instant) -> Span:
        """Tables that hold both instants, whatever the zone."""
        if self.tables:
            held = self.tables[0]
            if held.begins <= start and end < held.finishes:
                return held
        self.check(start)
        self.check(end)
        first = max(FIRST_YEAR, to_datetime(start - _MARGIN).year)
        last = min(LAST_YEAR, to_datetime(end + _MARGIN).year)
        if self.tables:
            held = self.tables[0]
            if held.first_year <= first and last <= held.last_year:
                return held
            first, last = min(first, held.first_year), max(last, held.last_year)
        return self._hold(first, last)

    def longer(self, span: Span) -> Span:
        """Tables that reach further into the future, or a clear word that there is nothing to reach."""
        if self.never_works_after(span.last_year):
            raise WrongQuestion("never_works", "the calendar has no working time left to count")
        if span.last_year >= LAST_YEAR:
            raise too_far()
        return self._hold(
            span.first_year, min(LAST_YEAR, span.last_year + (span.last_year - span.first_year) + 1)
        )

    def never_works_after(self, year: int) -> bool:
        return self.week.is_empty and not any(hours and on.year > year for on, hours in self.exceptions)

    def _hold(self, first: int, last: int) -> Span:
        span = Span(self.timezone, first, last, self._hours_of_year)
        # One assignment, so that a thread which reads meanwhile sees the old tables or the new ones, whole.
        self.tables[:] = [span]
        return span

    def _hours_of_year(self, year: int) -> list[Hours]:
        start = date(year, 1, 1)
        length = date(year, 12, 31).toordinal() - start.toordinal() + 1
        monday_first = self.week.days
        shift = start.weekday()
        hours = [monday_first[(shift + number) % 7] for number in range(length)]
        base = start.toordinal()
        if self.statutory:
            for on in days_off(self.statutory, year):
                hours[on.toordinal() - base] = ()
        for on, own in self._exceptions_by_year.get(year, ()):
            hours[on.toordinal() - base] = own
        return hours
