"""Many visits to the nearest free times: each in a transaction of its own, so that one that cannot go stops no other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from okienko.base.decisions import Refused
from okienko.features.visits import actions, queries
from okienko.features.visits.models import Booking
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import Person

# One press of the button answers within seconds; the rest stays listed and is moved by the next.
MOST_AT_ONCE = 50
_TRIES = 3


def to_nearest(bookings: Iterable[Booking], *, person: Person, by: Actor, at: datetime, why: str) -> int:
    """How many were moved; those for which nothing is free stay where they are."""
    return sum(_moved(booking, person, by, at, why) for booking in list(bookings)[:MOST_AT_ONCE])


def _moved(booking: Booking, person: Person, by: Actor, at: datetime, why: str) -> bool:
    counters = queries.counters_booked_by(person, booking.service)
    free = queries.free_times(booking.service, counters, now=at, kept_too=True)
    for one in sorted(free, key=lambda free: (abs(free.start - booking.start), free.start))[:_TRIES]:
        try:
            actions.move_by_office(booking, one.start, counters=counters, by=by, at=at, why=why)
        except Refused:
            continue
        return True
    return False
