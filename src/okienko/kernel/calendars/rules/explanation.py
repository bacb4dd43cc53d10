"""A deadline that explains itself: which days were counted, which were not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from .calendar import LATEST, Calendar, Status
from .deadlines import (
    CountsFrom,
    Kind,
    Rule,
    Stop,
    StopInstants,
    last_calendar_day,
    merged,
    next_month,
    solve,
    unstopped_work,
)
from .zones import Instant, to_datetime, to_instant


class Reason(StrEnum):
    EVENT_DAY = "event_day"
    CAME_OUTSIDE = "came_outside"
    WORKING = "working"
    OTHER_HOURS = "other_hours"
    CALENDAR_DAY = "calendar_day"
    CLOCK = "clock"
    PARTLY_STOPPED = "partly_stopped"
    STOPPED = "stopped"
    NO_TIME_LEFT = "no_time_left"
    CLOSED_BY_OFFICE = "closed_by_office"
    STATUTORY = "statutory"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    CLOSED_WEEKDAY = "closed_weekday"


@dataclass(frozen=True, slots=True)
class Step:
    """One date on the way. `day_off` is the code of the statutory day, where that is the reason."""

    date: date
    counted: bool
    reason: Reason
    day_off: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole answer. Exactly one of `due`, `remaining` and `worked` says what came out: an instant, the
    time left on a clock that stands, or the working time until a given moment (both in microseconds)."""

    event: datetime
    counted_from: datetime
    steps: tuple[Step, ...]
    due: datetime | None = None
    due_without_stops: datetime | None = None
    moved_by: int | None = None
    remaining: int | None = None
    worked: int | None = None


def explain(
    calendar: Calendar,
    rule: Rule,
    event: datetime,
    counts_from: CountsFrom = CountsFrom.AS_IT_CAME,
    stops: Iterable[Stop] = (),
) -> Explanation:
    joined = list(stops)
    outcome = solve(calendar, rule, event, counts_from, joined)
    start = outcome.counted_from
    standing = merged(joined)
    # A clock that stands is told up to the stop at which it stands.
    stand = next((stop for stop, resumed in standing if resumed is None), start)
    end = max(start, stand) if outcome.due is None else outcome.due
    walk = _Walk(calendar, to_instant(event), start, end, standing, stands=outcome.due is None)
    match rule.kind:
        case Kind.WORKING_DAYS:
            steps = walk.working_days()
        case Kind.NTH_WORKING_DAY_OF_NEXT_MONTH:
            steps = walk.working_days(since=next_month(walk.start_date))
        case Kind.CALENDAR_DAYS:
            steps = walk.calendar_days(rule.amount)
        case Kind.HOURS:
            steps = walk.clock_time()
        case Kind.WORKING_HOURS | Kind.WORKING_MINUTES:
            steps = walk.working_time()
    return Explanation(
        event=event,
        counted_from=to_datetime(start),
        steps=tuple(steps),
        due=None if outcome.due is None else to_datetime(outcome.due),
        due_without_stops=to_datetime(outcome.due_without_stops),
        moved_by=outcome.moved_by,
        remaining=outcome.remaining,
    )


def explain_until(
    calendar: Calendar,
    event: datetime,
    until: datetime,
    counts_from: CountsFrom = CountsFrom.AS_IT_CAME,
    stops: Iterable[Stop] = (),
) -> Explanation:
    joined = list(stops)
    start, worked = unstopped_work(calendar, event, until, counts_from, joined)
    walk = _Walk(calendar, to_instant(event), start, max(start, to_instant(until)), merged(joined))
    return Explanation(event, to_datetime(start), tuple(walk.working_time()), worked=worked)


class _Walk:
    """A walk over the dates from the event to the end, that says of each what it was worth."""

    def __init__(
        self,
        calendar: Calendar,
        event: Instant,
        start: Instant,
        end: Instant,
        stops: StopInstants,
        *,
        stands: bool = False,
    ) -> None:
        self.calendar = calendar
        self.start, self.end = start, end
        self.event_date = calendar.local_date(event)
        self.start_date = calendar.local_date(start)
        # An end at midnight belongs to the date that it closes.
        self.last_date = calendar.local_date(end if stands else max(start, end - 1))
        self.stops: list[tuple[Instant, Instant]] = [
            (stop, LATEST if resumed is None else resumed) for stop, resumed in stops
        ]
        self.stands = stands
        self.passed_stops = 0

    def working_days(self, since: date | None = None) -> Iterator[Step]:
        yield from self._until_it_counts()
        first = date.fromordinal(self.start_date.toordinal() + 1)
        for on in _dates(max(first, since) if since else first, self.last_date):
            yield self._day(on)

    def calendar_days(self, amount: int) -> Iterator[Step]:
        yield from self._until_it_counts()
        start = self.start_date.toordinal()
        last = last_calendar_day(self.calendar, self.start, amount)
        for on in _dates(date.fromordinal(start + 1), self.last_date):
            if on > last:
                yield self._day(on)
            elif start + amount <= on.toordinal() < last.toordinal():
                yield self._moved_on(on)
            else:
                ran, stood = self._working_time(on)
                yield self._weighed(on, ran, stood, Reason.CALENDAR_DAY, otherwise=Reason.CALENDAR_DAY)

    def clock_time(self) -> Iterator[Step]:
        yield from self._before_it_counts()
        for on in _dates(self.start_date, self.last_date):
            low, high = self._part_of(on)
            stood = sum(ends - begins for begins, ends in self._stops_within(low, self._day_end(on, high)))
            ran = high - low - sum(ends - begins for begins, ends in self._stops_within(low, high))
            yield self._weighed(on, ran, stood, Reason.CLOCK, otherwise=None)

    def working_time(self) -> Iterator[Step]:
        yield from self._before_it_counts()
        for on in _dates(self.start_date, self.last_date):
            yield self._day(on)

    # One date

    def _until_it_counts(self) -> Iterator[Step]:
        yield from self._before_it_counts()
        yield Step(self.start_date, False, Reason.EVENT_DAY)

    def _before_it_counts(self) -> Iterator[Step]:
        for on in _dates(self.event_date, date.fromordinal(self.start_date.toordinal() - 1)):
            day = self.calendar.day(on)
            yield Step(on, False, Reason.CAME_OUTSIDE) if day.works else self._closed(on)

    def _day(self, on: date) -> Step:
        day = self.calendar.day(on)
        if not day.works:
            return self._closed(on)
        ran, stood = self._working_time(on)
        worked = Reason.OTHER_HOURS if day.status is Status.OTHER_HOURS else Reason.WORKING
        return self._weighed(on, ran, stood, worked, otherwise=None)

    def _weighed(self, on: date, ran: int, stood: int, counted: Reason, *, otherwise: Reason | None) -> Step:
        if ran > 0:
            return Step(on, True, Reason.PARTLY_STOPPED if stood else counted)
        if stood or (self.stands and on == self.last_date):
            return Step(on, False, Reason.STOPPED)
        if otherwise is not None:
            return Step(on, True, otherwise)
        return Step(on, False, Reason.NO_TIME_LEFT)

    def _closed(self, on: date) -> Step:
        day = self.calendar.day(on)
        return Step(on, False, Reason(day.status.value), day.day_off.code if day.day_off else "")

    def _moved_on(self, on: date) -> Step:
        """A Saturday, Sunday or day off by statute, on which a time in calendar days does not end."""
        day_off = self.calendar.statutory_day(on)
        if day_off is not None:
            return Step(on, False, Reason.STATUTORY, day_off.code)
        return Step(on, False, Reason.SUNDAY if on.isoweekday() == 7 else Reason.SATURDAY)

    def _part_of(self, on: date) -> tuple[Instant, Instant]:
        ordinal = on.toordinal()
        low = self.start if on == self.start_date else self.calendar.end_of(date.fromordinal(ordinal - 1))
        high = self.end if on == self.last_date else self.calendar.end_of(on)
        return low, high

    def _day_end(self, on: date, high: Instant) -> Instant:
        return self.calendar.end_of(on) if self.stands else high

    def _working_time(self, on: date) -> tuple[int, int]:
        """Working time of a date on which the clock ran, and on which it stood."""
        low, high = self._part_of(on)
        worked = self.calendar.worked(low, high)
        stood_before_end = sum(self.calendar.worked(*stop) for stop in self._stops_within(low, high))
        stood = stood_before_end
        if self.stands and on == self.last_date:
            stood = sum(
                self.calendar.worked(*stop) for stop in self._stops_within(low, self._day_end(on, high))
            )
        return worked - stood_before_end, stood

    def _stops_within(self, low: Instant, high: Instant) -> list[tuple[Instant, Instant]]:
        """Parts of the stops between two instants; what has passed is not looked at again."""
        while self.passed_stops < len(self.stops) and self.stops[self.passed_stops][1] <= low:
            self.passed_stops += 1
        found: list[tuple[Instant, Instant]] = []
        for begins, ends in self.stops[self.passed_stops :]:
            if begins >= high:
                break
            found.append((max(begins, low), min(ends, high)))
        return found


def _dates(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)
