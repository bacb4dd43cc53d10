"""What can be booked, where and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from okienko.features.visits import current
from okienko.features.visits.models import (
    Handling,
    Service,
)
from okienko.features.visits.rush.hours import horizon
from okienko.kernel.people.access import Someone, scope_of
from okienko.kernel.slots import queries as slots
from okienko.kernel.slots.models import Claim, Resource
from okienko.kernel.slots.queries import Free
from okienko.kernel.units.models import Location
from okienko.ui.forms.cleaning import clean_text


def published() -> QuerySet[Service]:
    return (
        Service.objects.filter(status=Service.Status.PUBLISHED)
        .select_related("category", "release")
        .order_by("category__sort_key", "sort_key", "pk")
    )


def given_at(place_id: int) -> QuerySet[Service]:
    """What can be booked at one place."""
    there = Handling.objects.filter(
        resource__active=True, resource__location_id=place_id, resource__location__active=True,
        resource__location__open_for_visits=True,
    )  # fmt: skip
    return published().filter(pk__in=there.values("service_id"))


def offered(code: str) -> Service | None:
    return current.by_code(clean_text(code))


def counters_of(service: Service, place_id: int | None = None) -> list[Resource]:
    """Where the service is given now, the first in the order of priority first."""
    return [
        one
        for one in service.given_at
        if one.active
        and (one.location is None or (one.location.active and one.location.open_for_visits))
        and place_id in (None, one.location_id)
    ]


def counters_booked_by(person: Someone, service: Service, place_id: int | None = None) -> list[Resource]:
    scope = scope_of(person, "visits.book")
    return [one for one in counters_of(service, place_id) if scope.covers(unit_id=one.unit_id)]


def places_of(counters: Iterable[Resource]) -> list[Location]:
    places = {one.location.pk: one.location for one in counters if one.location is not None}
    return sorted(places.values(), key=lambda place: (place.sort_key, place.pk))


def free_times(
    service: Service,
    counters: Sequence[Resource],
    *,
    now: datetime,
    own_key: str = "",
    kept_too: bool = False,
    days: tuple[date, date] | None = None,
) -> list[Free]:
    """All times that can be booked now, over the whole span for which the service is open or some days of it."""
    first, last = days or horizon(service, now)
    return slots.free_times(
        [one.pk for one in counters],
        first,
        last,
        minutes=service.lengths_at(counters),
        not_before=now + timedelta(minutes=1),
        now=now,
        own_key=own_key,
        kept_too=kept_too,
    )


@dataclass(frozen=True, slots=True)
class Earliest:
    place: Location
    start: datetime | None


def earliest_by_place(
    service: Service, counters: Sequence[Resource], *, until: date, now: datetime, own_key: str = ""
) -> list[Earliest]:
    """Each place with its first free time, the soonest place first; those with nothing free last.

    Looked for in the nearest days, and further only for places that have nothing there.
    """
    where = {one.pk: one.location_id for one in counters}
    found: dict[int | None, datetime] = {}
    day, last = horizon(service, now)
    last = min(last, until)
    for span in _LOOKED_AHEAD:
        left = [one for one in counters if one.location_id not in found]
        if not left or day > last:
            break
        end = min(last, day + span)
        for one in free_times(service, left, now=now, own_key=own_key, days=(day, end)):
            for pk in one.resource_ids:
                found.setdefault(where[pk], one.start)
        day = end + timedelta(days=1)
    places = [Earliest(place, found.get(place.pk)) for place in places_of(counters)]
    return sorted(places, key=lambda one: (one.start is None, one.start, one.place.sort_key))


_LOOKED_AHEAD = (timedelta(days=2), timedelta(days=20), timedelta(days=10_000))


def nearest_to(wanted: datetime, free: Sequence[Free], count: int) -> list[Free]:
    """Those nearest to the time that somebody wanted, in the order of time."""
    near = sorted(free, key=lambda one: (abs(one.start - wanted), one.start))[:count]
    return sorted(near, key=lambda one: one.start)


def held(key: str, *, now: datetime) -> Claim | None:
    if not key:
        return None
    return (
        Claim.objects.filter(key=key, kind=Claim.Kind.HOLD, expires_at__gt=now)
        .select_related("resource__location", "resource__unit")
        .first()
    )


def offered_and_held(code: str, key: str, *, now: datetime) -> tuple[Service | None, Claim | None]:
    """The service and the time that is held for it."""
    return current.with_hold(clean_text(code), key, now=now)
