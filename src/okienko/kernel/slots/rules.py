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
        begins = midnight(day, self.zone)
        return DayPlan(begins, minute_of(begins), starts, starts & ~kept, hours.places, hours.pause)

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
    base: int  # its minute since the epoch
    starts: int
    for_all: int
    places: int
    pause: int

    def offered(self, *, kept_too: bool) -> int:
        """All the starts, or those without the share kept for walk-ins and the phone."""
        return self.starts if kept_too else self.for_all


DAY = 24 * 60
Taken = Mapping[tuple[int, int, int], int]
"""By resource, place and day of UTC since the epoch: bits of its minutes that are taken."""


_BITS = tuple(1 << minute for minute in range(DAY))


def minutes_of(begins: Iterable[int], length: int) -> int:
    """Bits of a day from what begins after so many minutes; all of it lasts so long and none lies over another."""
    return sum(map(_BITS.__getitem__, begins)) * ((1 << length) - 1)


def taken_of(claims: Iterable[tuple[int, int, int, int]]) -> Taken:
    """From resources, places and minutes since the epoch from and until."""
    taken: dict[tuple[int, int, int], int] = {}
    for resource_id, place, first, last in claims:
        for day in range(first // DAY, (last - 1) // DAY + 1):
            begin, end = max(first - day * DAY, 0), min(last - day * DAY, DAY)
            key = (resource_id, place, day)
            taken[key] = taken.get(key, 0) | minutes_of([begin], end - begin)
    return taken


def blocked(start: datetime, minutes: int, pause: int) -> tuple[datetime, datetime]:
    """What a visit takes from the day: half of the pause before it and half after, so that two make a whole one."""
    before, after = _halves(pause)
    return start - before * MINUTE, start + (minutes + after) * MINUTE


def _halves(pause: int) -> tuple[int, int]:
    return pause // 2, pause - pause // 2


def free_minutes(
    reception: Reception,
    day: date,
    minutes: int,
    taken: Taken,
    not_before: datetime,
    *,
    kept_too: bool = False,
) -> list[int]:
    """When a visit may begin on that day, in minutes since the epoch: the same minute once for each place."""
    plan = reception.day_plan(day, minutes)
    if plan is None:
        return []
    places = free_bits(plan, reception.resource_id, minutes, taken, not_before, kept_too=kept_too)
    return [plan.base + minute for free in places for minute in minutes_set(free)]


def free_bits(
    plan: DayPlan, resource_id: int, minutes: int, taken: Taken, not_before: datetime, *, kept_too: bool
) -> list[int]:
    """For each place the minutes of the day at which a visit may begin."""
    starts = plan.offered(kept_too=kept_too)
    if plan.midnight < not_before:
        earliest = -((plan.midnight - not_before) // MINUTE)
        starts = starts >> earliest << earliest
    found = []
    for place in range(1, plan.places + 1):
        busy = _busy(taken, resource_id, place, plan)
        found.append(starts & fits_for(~busy & _WHOLE_DAY, minutes) if busy else starts)
    return found


AFTER = tuple(minute * MINUTE for minute in range(26 * 60))


def moment(minute: int) -> datetime:
    return _EPOCH + minute * MINUTE


def minute_of(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_WHOLE_DAY = (1 << 26 * 60) - 1


def _busy(taken: Taken, resource_id: int, place: int, plan: DayPlan) -> int:
    """Taken minutes of a local day, which begins in one day of UTC and ends in the next, widened by the halves of the
    pause that a new visit would take for itself: what was taken just before midnight reaches into it."""
    number, into = divmod(plan.base, DAY)
    bits = taken.get((resource_id, place, number), 0) | taken.get((resource_id, place, number + 1), 0) << DAY
    if not plan.pause:
        return bits >> into
    bits = bits << DAY | taken.get((resource_id, place, number - 1), 0)
    before, _after = _halves(plan.pause)
    return _widened(bits >> DAY + into - before, plan.pause) >> plan.pause


def _widened(bits: int, by: int) -> int:
    """Each run of bits ends later by so many."""
    run = 0
    while run < by:
        grow = min(run + 1, by - run)
        bits |= bits << grow
        run += grow
    return bits
