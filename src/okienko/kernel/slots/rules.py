"""When somebody receives, and which of those times are still free. Plain Python, no tables.

A day is a row of minutes, one bit each, counted from its local midnight in real elapsed minutes, so that the
days of 23 and 25 hours need no special case. What is open, taken and wished for are then numbers, and the
question "where does a visit of 40 minutes still fit" is a few shifts, whatever the number of slots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)

Intervals = tuple[tuple[time, time], ...]


def fits_for(free: int, minutes: int) -> int:
    """Bits of the minutes from which so many minutes in a row are free."""
    run, result = 1, free
    while run < minutes and result:
        grow = min(run, minutes - run)
        result &= result >> grow
        run += grow
    return result


def span(first: int, last: int) -> int:
    """Bits of the minutes from `first` up to but without `last`."""
    return ((1 << (last - first)) - 1) << first if last > first else 0


def minutes_set(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


@lru_cache(maxsize=4096)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@lru_cache(maxsize=8192)
def _minute_of(day: date, at: time, zone: ZoneInfo) -> int:
    """Elapsed minutes from local midnight; what the clock skips counts from where it goes on."""
    moment = datetime.combine(day, at, zone).astimezone(UTC)
    return int((moment - midnight(day, zone)) / MINUTE)


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of reception from one day to another: each weekday its own, with any number of breaks."""

    first: date
    last: date | None
    week: Mapping[str, Intervals]
    step: int
    places: int = 1
    pause: int = 0
    kept_back: int = 0

    def applies(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Reception:
    """All that is known of when one resource receives, at one version of its hours."""

    resource_id: int
    version: int
    zone: ZoneInfo
    hours: tuple[Hours, ...]
    works: Callable[[date], bool] = field(compare=False)

    def on(self, day: date) -> Hours | None:
        if not self.works(day):
            return None
        return next((hours for hours in self.hours if hours.applies(day)), None)

    def open_minutes(self, day: date) -> list[tuple[int, int]]:
        hours = self.on(day)
        if hours is None:
            return []
        intervals = hours.week.get(WEEKDAYS[day.weekday()], ())
        return [
            (_minute_of(day, first, self.zone), _end_of(day, last, self.zone)) for first, last in intervals
        ]

    def day_plan(self, day: date, minutes: int) -> DayPlan | None:
        """The minutes that are open and those at which a visit of this length may begin."""
        key = (day, minutes)
        plans: dict[tuple[date, int], DayPlan | None] = self.__dict__.setdefault("_plans", {})
        if key not in plans:
            plans[key] = self._plan(day, minutes)
        return plans[key]

    def _plan(self, day: date, minutes: int) -> DayPlan | None:
        hours = self.on(day)
        intervals = self.open_minutes(day)
        if hours is None or not intervals:
            return None
        starts = kept = 0
        grid = [(minute, last) for first, last in intervals for minute in range(first, last, hours.step)]
        for number, (minute, last) in enumerate(grid):
            starts |= (minute + minutes <= last) << minute
            kept |= _is_kept(number, hours.kept_back) << minute
        return DayPlan(midnight(day, self.zone), starts, starts & ~kept, hours.places, hours.pause)

    def offers(self, start: datetime, minutes: int, *, kept_too: bool = False) -> Hours | None:
        """The hours under which a visit may begin at this very moment, if it may."""
        local = start.astimezone(self.zone)
        plan = self.day_plan(local.date(), minutes)
        if plan is None:
            return None
        minute, rest = divmod(start - plan.midnight, MINUTE)
        if rest or minute < 0 or not plan.offered(kept_too=kept_too) >> minute & 1:
            return None
        return self.on(local.date())


def _is_kept(number: int, share: int) -> bool:
    """Whether the time of this number in the day is one of the share kept back, spread evenly over the day."""
    return (number + 1) * share // 100 > number * share // 100


def _end_of(day: date, at: time, zone: ZoneInfo) -> int:
    """An interval that ends at 0:00 lasts until the end of the day."""
    if at == time():
        return int((midnight(day + timedelta(days=1), zone) - midnight(day, zone)) / MINUTE)
    return _minute_of(day, at, zone)


@dataclass(frozen=True, slots=True)
class DayPlan:
    midnight: datetime
    starts: int
    for_all: int
    places: int
    pause: int

    def offered(self, *, kept_too: bool) -> int:
        """All the starts, or those without the share kept for walk-ins and the phone."""
        return self.starts if kept_too else self.for_all


Taken = Mapping[tuple[int, int], list[tuple[int, int]]]
"""By resource and place: what is taken, as minutes since the epoch from and until."""


def blocked(start: datetime, minutes: int, pause: int) -> tuple[datetime, datetime]:
    """What a visit takes from the day: half of the pause before it and half after, so that two make a whole one."""
    before, after = _halves(pause)
    return start - before * MINUTE, start + (minutes + after) * MINUTE


def _halves(pause: int) -> tuple[int, int]:
    return pause // 2, pause - pause // 2


def free_starts(
    reception: Reception,
    day: date,
    minutes: int,
    taken: Taken,
    not_before: datetime,
    *,
    kept_too: bool = False,
) -> dict[datetime, int]:
    """When a visit may begin on that day and in how many places at once."""
    plan = reception.day_plan(day, minutes)
    if plan is None:
        return {}
    base = int(plan.midnight.timestamp()) // 60
    earliest = max(0, -((plan.midnight - not_before) // MINUTE))
    starts = plan.offered(kept_too=kept_too) >> earliest << earliest
    found: dict[datetime, int] = {}
    for place in range(1, plan.places + 1):
        busy = _busy(taken.get((reception.resource_id, place), ()), base, plan.pause)
        free = starts & fits_for(~busy & _WHOLE_DAY, minutes) if busy else starts
        for minute in minutes_set(free):
            moment = plan.midnight + minute * MINUTE
            found[moment] = found.get(moment, 0) + 1
    return found


_WHOLE_DAY = (1 << 26 * 60) - 1


def _busy(taken: Iterable[tuple[int, int]], base: int, pause: int) -> int:
    """Taken minutes of a day, widened by the halves of the pause that a new visit would take for itself."""
    before, after = _halves(pause)
    busy = 0
    for first, last in taken:
        low, high = max(0, first - base - after), min(26 * 60, last - base + before)
        if high > low:
            busy |= span(low, high)
    return busy
