"""When somebody receives, and which of those times are still free. Plain Python, no tables.

Time is a row of bits, one for each piece of as many minutes as all that is offered is a multiple of, counted in real
elapsed minutes, so that days of 23 and 25 hours need no special case. What is offered, taken and wished for are then
numbers, and the question "where in a year does a visit of 40 minutes still fit" is a few shifts, whatever the number
of slots.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from math import gcd
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)

Intervals = tuple[tuple[time, time], ...]


DAY = 24 * 60
LARGEST_PIECE = 15
"""What the difference of any zone from UTC is a multiple of."""
MOST_KEPT = 16


def fits_for(free: int, pieces: int) -> int:
    """Bits of the pieces from which so many in a row are free."""
    run, result = 1, free
    while run < pieces and result:
        grow = min(run, pieces - run)
        result &= result >> grow
        run += grow
    return result


def widened(bits: int, by: int) -> int:
    """Each run of bits ends later by so many."""
    run = 0
    while run < by:
        grow = min(run + 1, by - run)
        bits |= bits << grow
        run += grow
    return bits


def bits_set(bits: int) -> Iterator[int]:
    text = f"{bits:b}"[::-1]
    index = text.find("1")
    while index >= 0:
        yield index
        index = text.find("1", index + 1)


def bits_of(indexes: Iterable[int], size: int) -> int:
    marks = bytearray(b"0") * size
    for index in indexes:
        marks[index] = _SET
    marks.reverse()
    return int(marks, 2)


_SET = ord("1")


@dataclass(frozen=True, slots=True)
class Axis:
    """The pieces of all that touches these days, in whatever zone."""

    first: date
    last: date
    unit: int
    """Minutes of a piece."""

    @property
    def origin(self) -> int:
        """The minute since the epoch at which it begins."""
        return (self.first - _EPOCH.date()).days * DAY - DAY

    @property
    def size(self) -> int:
        return ((self.last - self.first).days + 4) * DAY // self.unit

    @property
    def begins(self) -> datetime:
        return _EPOCH + self.origin * MINUTE

    @property
    def ends(self) -> datetime:
        return self.begins + self.size * self.unit * MINUTE

    @property
    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))

    def moments(self, bits: int) -> Iterator[tuple[int, datetime]]:
        """Each of the bits with the moment at which its piece begins."""
        begins, piece = self.begins, self.unit * MINUTE
        return ((index, begins + index * piece) for index in bits_set(bits))

    def since(self, moment: datetime) -> int:
        """Bits of all that begins then or later."""
        pieces = -((self.begins - moment) // (self.unit * MINUTE))
        return -1 << max(pieces, 0)

    def taken(self, claims: Iterable[tuple[int, int, datetime, datetime]]) -> Taken:
        """From resources, places and moments from and until, which all touch the axis."""
        groups: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        begins, piece = self.begins, self.unit * MINUTE
        for resource_id, place, start, after in claims:
            begin = max((start - begins) // piece, 0)
            end = min(-((begins - after) // piece), self.size)
            groups[resource_id, place, end - begin].append(begin)
        return self.taken_together((*key, begins) for key, begins in groups.items())

    def taken_together(self, groups: Iterable[tuple[int, int, int, Iterable[int]]]) -> Taken:
        """From resources, places, a number of pieces, and the pieces from which so many are taken. Whatever reaches
        into a piece takes all of it: visits begin and end with pieces, so none is refused that would fit."""
        taken: dict[tuple[int, int], int] = defaultdict(int)
        for resource_id, place, length, begins in groups:
            taken[resource_id, place] |= widened(bits_of(begins, self.size), length - 1)
        return taken


Taken = Mapping[tuple[int, int], int]
"""By resource and place: bits of what is taken."""


def axis_of(first: date, last: date, those: Iterable[tuple[Reception, int | None]]) -> Axis:
    """Fine enough for visits of these lengths at these resources."""
    unit = gcd(LARGEST_PIECE, *(gcd(reception.unit, minutes or 0) for reception, minutes in those))
    return Axis(first, last, unit)


@dataclass(frozen=True, slots=True)
class Offer:
    """When visits of one length may begin, where so many at a time are received with such a pause between them."""

    minutes: int
    places: int
    starts: int
    for_all: int
    pieces: int
    """What a visit takes with its pause."""
    before: int
    """How many of them lie before its beginning."""

    def free(self, taken: int, *, kept_too: bool) -> int:
        """All the starts that are left, or those without the share kept for walk-ins and the phone."""
        starts = self.starts if kept_too else self.for_all
        return starts & fits_for(~taken, self.pieces) << self.before if taken else starts


@lru_cache(maxsize=4096)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@lru_cache(maxsize=8192)
def _minute_of(day: date, at: time, zone: ZoneInfo) -> int:
    """Elapsed minutes from local midnight; what the clock skips counts from where it goes on."""
    moment = datetime.combine(day, at, zone).astimezone(UTC)
    return int((moment - midnight(day, zone)) / MINUTE)


def openings_of(days: Iterable[Intervals]) -> list[int]:
    return [first.hour * 60 + first.minute for pairs in days for first, _last in pairs]


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

    @property
    def openings(self) -> list[int]:
        return openings_of(self.week.values())

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
    unusual: Mapping[date, Intervals] = field(default_factory=dict, compare=False)
    """Days on which the office works at other hours than on such a day of the week."""

    @cached_property
    def unit(self) -> int:
        """The minutes of which all that begins here is a multiple."""
        numbers = [
            number for hours in self.hours for number in (hours.step, *_halves(hours.pause), *hours.openings)
        ]
        return gcd(LARGEST_PIECE, *numbers, *openings_of(self.unusual.values()))

    def on(self, day: date) -> Hours | None:
        if not self.works(day):
            return None
        return next((hours for hours in self.hours if hours.applies(day)), None)

    def open_minutes(self, day: date) -> list[tuple[int, int]]:
        hours = self.on(day)
        if hours is None:
            return []
        return [
            (_minute_of(day, first, self.zone), _end_of(day, last, self.zone))
            for first, last in self._intervals(day, hours)
        ]

    def minutes_open(self, start: datetime, end: datetime, place: int | None = None) -> float:
        """For how long one receives between two moments: at one of the places, or at all of them together."""
        day, last, total = start.astimezone(self.zone).date(), end.astimezone(self.zone).date(), 0.0
        while day <= last:
            hours = self.on(day)
            places = (hours.places if place is None else int(place <= hours.places)) if hours else 0
            base = midnight(day, self.zone)
            for opens, closes in self.open_minutes(day):
                first, after = max(start, base + opens * MINUTE), min(end, base + closes * MINUTE)
                total += places * max((after - first) / MINUTE, 0)
            day += timedelta(days=1)
        return total

    def _intervals(self, day: date, hours: Hours) -> Intervals:
        """On a shorter day only while the office works; on one when usually nobody receives, as long as it does."""
        usual = hours.week.get(WEEKDAYS[day.weekday()], ())
        unusual = self.unusual.get(day, usual)
        return _common(usual, unusual) if usual else unusual

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

    def offered(self, axis: Axis, minutes: int | None) -> tuple[Offer, ...]:
        """What is offered on the days of the axis; without a length, visits as long as the step of the day's hours."""
        kept: dict[tuple[Axis, int | None], tuple[Offer, ...]] = self.__dict__.setdefault("_offered", {})
        found = kept.get((axis, minutes))
        if found is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            found = kept[axis, minutes] = tuple(self._offers_on(axis, minutes))
        return found

    def _offers_on(self, axis: Axis, minutes: int | None) -> Iterator[Offer]:
        starts: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0])
        for day in axis.days:
            hours = self.on(day)
            length = minutes or (hours.step if hours else 0)
            plan = self.day_plan(day, length)
            if plan is None:
                continue
            into = (minute_of(plan.midnight) - axis.origin) // axis.unit
            own = starts[length, plan.places, plan.pause]
            own[0] |= _in_pieces(plan.starts, axis.unit) << into
            own[1] |= _in_pieces(plan.for_all, axis.unit) << into
        for (length, places, pause), (every, for_all) in starts.items():
            before, _after = _halves(pause)
            yield Offer(length, places, every, for_all, (length + pause) // axis.unit, before // axis.unit)

    def offers(self, start: datetime, minutes: int, *, kept_too: bool = False) -> Hours | None:
        """The hours under which a visit may begin at this very moment, if it may."""
        local = start.astimezone(self.zone)
        plan = self.day_plan(local.date(), minutes)
        if plan is None:
            return None
        minute, rest = divmod(start - plan.midnight, MINUTE)
        starts = plan.starts if kept_too else plan.for_all
        if rest or minute < 0 or not starts >> minute & 1:
            return None
        return self.on(local.date())


def _common(some: Intervals, others: Intervals) -> Intervals:
    both = ((max(a, b), min(c, d, key=_closing)) for a, c in some for b, d in others)
    return tuple((opens, closes) for opens, closes in both if _closing(opens) % DAY < _closing(closes))


def _closing(at: time) -> int:
    """Minutes of the clock; 0:00 is the end of the day."""
    return at.hour * 60 + at.minute or DAY


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
    """Bits of the minutes of a day from its local midnight."""

    midnight: datetime
    starts: int
    for_all: int
    places: int
    pause: int


@lru_cache(maxsize=4096)
def _in_pieces(minutes: int, unit: int) -> int:
    """Bits of pieces from those of minutes, which begin with them."""
    return int(f"{minutes:b}"[::-1][::unit][::-1], 2)


def blocked(start: datetime, minutes: int, pause: int) -> tuple[datetime, datetime]:
    """What a visit takes from the day: half of the pause before it and half after, so that two make a whole one."""
    before, after = _halves(pause)
    return start - before * MINUTE, start + (minutes + after) * MINUTE


def _halves(pause: int) -> tuple[int, int]:
    return pause // 2, pause - pause // 2


def minute_of(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
