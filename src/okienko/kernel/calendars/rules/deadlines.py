"""What is due when: kinds of rules, from when an event counts, and clocks that were stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from .calendar import LATEST, SATURDAY, Calendar, too_far
from .statutory import FIRST_YEAR, LAST_YEAR
from .wrong import WrongQuestion
from .zones import DAY, MICROSECONDS, Instant, to_datetime, to_instant

MINUTE = 60 * MICROSECONDS
HOUR = 60 * MINUTE
_FARTHEST = (LAST_YEAR - FIRST_YEAR + 2) * 366 * DAY * MICROSECONDS


class Kind(StrEnum):
    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"
    WORKING_MINUTES = "working_minutes"
    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    NTH_WORKING_DAY_OF_NEXT_MONTH = "nth_working_day_of_next_month"


AT_LEAST_ONE = frozenset({Kind.WORKING_DAYS, Kind.NTH_WORKING_DAY_OF_NEXT_MONTH})
"""Kinds that name the nth of something; there is no such thing as the day number nought."""


class CountsFrom(StrEnum):
    AS_IT_CAME = "as_it_came"
    LATE_IS_NEXT_DAY = "late_is_next_day"
    OUTSIDE_IS_NEXT_DAY = "outside_is_next_day"


@dataclass(frozen=True, slots=True)
class Rule:
    """So many units of some kind, and the text of law or contract that says so."""

    kind: Kind
    amount: int
    basis: str = ""

    @classmethod
    def parse(cls, value: Any, where: str = "rule") -> Rule:
        if not isinstance(value, Mapping):
            raise WrongQuestion("rule", 'must be an object such as {"working_days": 10}', where=where)
        basis = value.get("basis", "")
        if not isinstance(basis, str):
            raise WrongQuestion("basis", "must be a text", where=f"{where}.basis")
        named = [key for key in value if key != "basis"]
        if len(named) != 1:
            raise WrongQuestion("rule", "must name exactly one kind of deadline", where=where)
        if named[0] not in set(Kind):
            raise WrongQuestion("kind", f"no such kind of deadline: {str(named[0])[:40]!r}", where=where)
        kind, amount = Kind(named[0]), value[named[0]]
        least = 1 if kind in AT_LEAST_ONE else 0
        if isinstance(amount, bool) or not isinstance(amount, int) or amount < least:
            raise WrongQuestion("amount", f"must be a whole number, {least} or more", where=f"{where}.{kind}")
        return cls(kind, amount, basis)

    def as_json(self) -> dict[str, Any]:
        named: dict[str, Any] = {self.kind.value: self.amount}
        return {**named, "basis": self.basis} if self.basis else named

    @property
    def by_the_clock(self) -> bool:
        """Whether plain time is counted, so that a stop too is measured in plain time."""
        return self.kind is Kind.HOURS


Stop = tuple[datetime, datetime | None]
"""When the clock stood still: from, to; it still stands where there is no end."""

StopInstants = list[tuple[Instant, Instant | None]]


def merged(stops: Iterable[Stop]) -> StopInstants:
    """Stops in order, those that overlap or touch as one."""
    found: StopInstants = []
    pairs = ((to_instant(start), None if end is None else to_instant(end)) for start, end in stops)
    for start, end in sorted(pairs, key=lambda pair: pair[0]):
        if end is not None and end < start:
            raise WrongQuestion("reversed", "a stop must not end before it begins", where="stops")
        if found and (found[-1][1] is None or start <= found[-1][1]):
            earlier_start, earlier_end = found[-1]
            ends = None if earlier_end is None or end is None else max(earlier_end, end)
            found[-1] = (earlier_start, ends)
        else:
            found.append((start, end))
    return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """When it is due (or how much time is left on a clock that stands), and what it would have been
    without stops. Times in microseconds."""

    counted_from: Instant
    due_without_stops: Instant
    due: Instant | None
    remaining: int | None = None

    @property
    def moved_by(self) -> int | None:
        return None if self.due is None else self.due - self.due_without_stops


def counted_from(calendar: Calendar, event: Instant, counts_from: CountsFrom) -> Instant:
    """The instant as from which the event counts."""
    if counts_from is CountsFrom.AS_IT_CAME:
        return event
    span = calendar.span(event, event)
    index = calendar.local_date(event).toordinal() - span.first_day
    if not 0 <= index < len(span.through):
        raise too_far("from")
    upcoming = span.through[index]
    if upcoming and span.working_days[upcoming - 1] == span.first_day + index:
        early = counts_from is CountsFrom.OUTSIDE_IS_NEXT_DAY and event < span.opening_at[upcoming - 1]
        if event <= span.closing_at[upcoming - 1] and not early:
            return event
    while upcoming >= len(span.opening_at):
        span = calendar.longer(span)
        upcoming = span.through[index]
    return span.opening_at[upcoming]


def due(
    calendar: Calendar, rule: Rule, event: datetime, counts_from: CountsFrom = CountsFrom.AS_IT_CAME
) -> datetime:
    """When a deadline that never stopped is due (UTC). This is the fast way; `solve` knows about stops."""
    if rule.kind is Kind.WORKING_DAYS and counts_from is CountsFrom.AS_IT_CAME:
        tables = calendar.tables
        if tables:
            span = tables[0]
            index = event.astimezone(calendar.zone).toordinal() - span.first_day
            if 0 <= index < len(span.through):
                number = span.through[index] + rule.amount - 1
                if number < len(span.closings):
                    return span.closings[number]
    start = counted_from(calendar, to_instant(event), counts_from)
    return to_datetime(unstopped(calendar, rule, start))


def due_for_all(
    calendar: Calendar,
    rule: Rule,
    events: Sequence[datetime],
    counts_from: CountsFrom = CountsFrom.AS_IT_CAME,
) -> list[datetime]:
    return [due(calendar, rule, event, counts_from) for event in events]


def unstopped(calendar: Calendar, rule: Rule, start: Instant) -> Instant:
    """The due instant of a clock that runs without a stop."""
    match rule.kind:
        case Kind.WORKING_MINUTES:
            return calendar.after(start, rule.amount * MINUTE)
        case Kind.WORKING_HOURS:
            return calendar.after(start, rule.amount * HOUR)
        case Kind.WORKING_DAYS:
            return _closing_of_nth_day_after(calendar, start, rule.amount)
        case Kind.HOURS:
            return _later(calendar, start, rule.amount * HOUR)
        case Kind.CALENDAR_DAYS:
            return calendar.end_of(last_calendar_day(calendar, start, rule.amount))
        case Kind.NTH_WORKING_DAY_OF_NEXT_MONTH:
            return _closing_of_nth_day_of_next_month(calendar, start, rule.amount)


def _later(calendar: Calendar, start: Instant, time: int) -> Instant:
    if time > _FARTHEST:
        raise too_far()
    calendar.check(start + time)
    return start + time


def _closing_of_nth_day_after(calendar: Calendar, start: Instant, amount: int) -> Instant:
    span = calendar.span(start, start)
    index = calendar.local_date(start).toordinal() - span.first_day
    if not 0 <= index < len(span.through):
        raise too_far()
    number = span.through[index] + amount - 1
    while number >= len(span.closing_at):
        span = calendar.longer(span)
        index = calendar.local_date(start).toordinal() - span.first_day
        number = span.through[index] + amount - 1
    return span.closing_at[number]


def last_calendar_day(calendar: Calendar, start: Instant, amount: int) -> date:
    """Civil Code art. 115 and KPA art. 57 § 4: an end on a Saturday or a day off by statute moves on."""
    ordinal = calendar.local_date(start).toordinal() + amount
    if ordinal > date(LAST_YEAR, 12, 1).toordinal():
        raise too_far()
    last = date.fromordinal(ordinal)
    while may_not_end_on(calendar, last):
        last = date.fromordinal(last.toordinal() + 1)
    return last


def may_not_end_on(calendar: Calendar, day: date) -> bool:
    return day.weekday() >= SATURDAY or calendar.statutory_day(day) is not None


def next_month(day: date) -> date:
    return date(day.year + 1, 1, 1) if day.month == 12 else date(day.year, day.month + 1, 1)


def _closing_of_nth_day_of_next_month(calendar: Calendar, start: Instant, amount: int) -> Instant:
    first = next_month(calendar.local_date(start))
    beyond = next_month(first)
    if beyond.year > LAST_YEAR or first.year < FIRST_YEAR:
        raise too_far()
    span = calendar.span(start, calendar.end_of(beyond))
    before = span.through[first.toordinal() - 1 - span.first_day] if first.toordinal() > span.first_day else 0
    there_are = span.through[beyond.toordinal() - 1 - span.first_day] - before
    if amount > there_are:
        raise WrongQuestion(
            "month_too_short",
            f"{first:%Y-%m} has only {there_are} working days",
            where=f"rule.{Kind.NTH_WORKING_DAY_OF_NEXT_MONTH}",
        )
    return span.closing_at[before + amount - 1]


def solve(
    calendar: Calendar,
    rule: Rule,
    event: datetime,
    counts_from: CountsFrom = CountsFrom.AS_IT_CAME,
    stops: Iterable[Stop] = (),
) -> Outcome:
    """When it is due, with all that the explanation needs."""
    start = counted_from(calendar, to_instant(event), counts_from)
    planned = unstopped(calendar, rule, start)
    plain = rule.by_the_clock
    left = (planned - start) if plain else calendar.worked(start, planned)
    now = start
    lost = False
    for stop, resumed in merged(stops):
        if resumed is not None and resumed <= now:
            continue
        stop = max(stop, now)
        if stop >= planned and not lost:
            break
        ran = (stop - now) if plain else calendar.worked(now, min(stop, LATEST - 1))
        if ran >= left:
            break
        left -= ran
        if resumed is None:
            return Outcome(start, planned, None, left)
        if not lost:
            ends = min(resumed, planned)
            lost = ends > stop if plain else calendar.worked(stop, ends) > 0
        now = resumed
    if not lost:
        return Outcome(start, planned, planned)
    return Outcome(start, planned, _later(calendar, now, left) if plain else calendar.after(now, left))


def unstopped_work(
    calendar: Calendar, event: datetime, until: datetime, counts_from: CountsFrom, stops: Iterable[Stop]
) -> tuple[Instant, int]:
    """From when the event counts, and the working time from then until a given moment, less the stops."""
    start = counted_from(calendar, to_instant(event), counts_from)
    end = to_instant(until)
    total = calendar.worked(start, end)
    for stop, resumed in merged(stops):
        ends = end if resumed is None else min(resumed, end)
        total -= calendar.worked(max(stop, start), ends) if max(stop, start) < ends else 0
    return start, total
