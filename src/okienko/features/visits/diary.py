"""The calendar of the office: what is free, taken and held, by day, by week and by month.

Whatever the number of counters and visits: one question for what is taken, one for who comes, and what the process
keeps of the hours.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from okienko.base.time import WARSAW
from okienko.features.visits import queries
from okienko.features.visits.models import Booking, Service
from okienko.kernel.people.models import Person
from okienko.kernel.slots import queries as slots
from okienko.kernel.slots import rules
from okienko.kernel.slots.models import Claim, Resource


@dataclass(frozen=True, slots=True)
class Entry:
    start: datetime
    end: datetime
    kind: str
    """free, taken, held or closed"""
    counter: Resource
    booking: Booking | None = None
    places: int = 1


@dataclass(frozen=True, slots=True)
class DayOfCounter:
    counter: Resource
    entries: tuple[Entry, ...]


@dataclass(slots=True)
class Day:
    date: date
    counters: list[DayOfCounter] = field(default_factory=list)

    @property
    def given(self) -> list[Entry]:
        """Taken and held at all counters, in the order of time."""
        found = [one for part in self.counters for one in part.entries if one.kind != "free"]
        return sorted(found, key=lambda one: (one.start, one.counter.priority, one.counter.pk))

    @property
    def free(self) -> int:
        return self._count("free")

    @property
    def taken(self) -> int:
        return self._count("taken")

    @property
    def held(self) -> int:
        return self._count("held")

    @property
    def is_closed(self) -> bool:
        """Nothing is left of the day but what is closed."""
        return {one.kind for part in self.counters for one in part.entries} == {"closed"}

    def _count(self, kind: str) -> int:
        return sum(one.places for part in self.counters for one in part.entries if one.kind == kind)


def days(
    person: Person,
    counters: Sequence[Resource],
    first: date,
    last: date,
    *,
    service: Service | None,
    now: datetime,
) -> list[Day]:
    start = datetime.combine(first, time(), WARSAW)
    end = datetime.combine(last + timedelta(days=1), time(), WARSAW)
    claims = slots.claims_between([one.pk for one in counters], start, end, now=now)
    known = _by_claim(queries.coming(person, start, end))
    given: dict[tuple[int, date], list[Entry]] = defaultdict(list)
    by_id = {one.pk: one for one in counters}
    for claim in claims:
        booking = known.get(claim.pk) or known.get(claim.key)
        entry = _given(claim, booking, by_id[claim.resource_id])
        if service is None or booking is None or booking.service_id == service.pk:
            given[claim.resource_id, entry.start.astimezone(WARSAW).date()].append(entry)
    free = _free(by_id, claims, first, last, service, now)
    found = []
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        parts = [DayOfCounter(one, _ordered(given[one.pk, day], free[one.pk, day])) for one in counters]
        found.append(Day(day, [part for part in parts if part.entries]))
    return found


def weeks(days: Sequence[Day]) -> list[list[Day | None]]:
    """The days of a month in rows from Monday to Sunday, with nothing where the month has not begun or is over."""
    before = days[0].date.weekday()
    cells = [*[None] * before, *days, *[None] * (-(before + len(days)) % 7)]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _receptions(counters: Mapping[int, Resource]) -> dict[int, rules.Reception]:
    """What the process keeps of the hours, read anew where they have changed since."""
    known = slots.receptions(counters)
    if any(one.version != counters[pk].hours_version for pk, one in known.items()):
        return slots.receptions(counters, fresh=True)
    return known


def _by_claim(bookings: Iterable[Booking]) -> dict[int | str, Booking]:
    """By the time taken, or by the key under which it is held until it is confirmed."""
    found: dict[int | str, Booking] = {}
    for booking in bookings:
        found[booking.claim_id or booking.hold_key] = booking
    return found


def _given(claim: Claim, booking: Booking | None, counter: Resource) -> Entry:
    kind = {Claim.Kind.HOLD: "held", Claim.Kind.TAKEN: "taken"}.get(Claim.Kind(claim.kind), "closed")
    start, end = (booking.start, booking.end) if booking else (claim.during.lower, claim.during.upper)
    return Entry(start, end, kind, counter, booking)


def _free(
    counters: Mapping[int, Resource],
    claims: Iterable[Claim],
    first: date,
    last: date,
    service: Service | None,
    now: datetime,
) -> Mapping[tuple[int, date], list[Entry]]:
    """By counter and day: where a visit for the service would fit, or any as long as the step of the hours."""
    receptions = _receptions(counters)
    lengths = {pk: service.minutes_at(pk) if service else None for pk in counters}
    axis = rules.axis_of(first, last, ((one, lengths[pk]) for pk, one in receptions.items()))
    taken = axis.taken((one.resource_id, one.place, one.during.lower, one.during.upper) for one in claims)
    found: dict[tuple[int, date], list[Entry]] = defaultdict(list)
    for pk, reception in receptions.items():
        for offer in reception.offered(axis, lengths[pk]):
            places = [
                offer.free(taken.get((pk, place), 0), kept_too=True) & axis.since(now)
                for place in range(1, offer.places + 1)
            ]
            starts = Counter(start for free in places for _index, start in axis.moments(free))
            length = timedelta(minutes=offer.minutes)
            for start, number in starts.items():
                entry = Entry(start, start + length, "free", counters[pk], None, number)
                found[pk, start.astimezone(WARSAW).date()].append(entry)
    return found


def _ordered(*parts: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted((one for part in parts for one in part), key=lambda one: (one.start, one.kind)))
