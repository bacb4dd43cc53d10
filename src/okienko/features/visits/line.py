"""Who waits for an earlier time, in the order of the line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from okienko.base.decisions import Missing
from okienko.base.time import WARSAW
from okienko.features.visits import rules
from okienko.features.visits.models import Booking, Service, Waiting
from okienko.kernel.people.access import Someone, scope_of
from okienko.kernel.slots.models import Resource
from okienko.kernel.slots.queries import Free


def _whole() -> QuerySet[Waiting]:
    related = (
        "service",
        "booking__service",
        "booking__resource__location",
        "resource__location",
        "resource__unit",
    )
    return Waiting.objects.select_related(*related).prefetch_related("places")


def by_secret(secret: str, *, now: datetime) -> Waiting:
    """For whoever holds the link, which works until some time after the last day that suits them."""
    lives = _whole().filter(last_day__gt=(now - rules.LINK_LIVES).date(), forgotten_at__isnull=True)
    found = lives.filter(secret=secret).first()
    if found is None:
        raise Missing
    return found


def lock(waiting: Waiting) -> Waiting:
    return _whole().select_for_update(of=("self",)).get(pk=waiting.pk)


def in_line(service: Service, *, now: datetime) -> QuerySet[Waiting]:
    """Those whom a time could still suit, the first first."""
    still = Q(booking__isnull=True) | Q(booking__state=Booking.State.CONFIRMED, booking__start__gt=now)
    return _whole().filter(
        still, service=service, state=Waiting.State.WAITING, last_day__gte=now.astimezone(WARSAW).date()
    )


def waited_for() -> QuerySet[Service]:
    return Service.objects.filter(waiting__state=Waiting.State.WAITING).distinct()


def suiting(
    waiting: Waiting, free: Sequence[Free], counters: Sequence[Resource], *, sent: datetime
) -> list[Free]:
    """Those of the free times that they can still come to once an offer sent then has ended, at the places they named."""
    soonest = sent + timedelta(minutes=waiting.service.offer_minutes)
    before = waiting.booking.start if waiting.booking else None
    places = {place.pk for place in waiting.places.all()}
    good = {one.pk for one in counters if not places or one.location_id in places}
    return [
        there
        for one in free
        if soonest < one.start
        and one.start.astimezone(WARSAW).date() <= waiting.last_day
        and (before is None or one.start < before)
        and (there := one.only_at(good)).places
    ]


def position_of(waiting: Waiting, *, now: datetime) -> int:
    ahead = Q(turn_at__lt=waiting.turn_at) | Q(turn_at=waiting.turn_at, pk__lt=waiting.pk)
    return in_line(waiting.service, now=now).filter(ahead).count() + 1


def words_left_from(network: str, *, now: datetime) -> int:
    return Waiting.objects.filter(network=network, created_at__gt=now - rules.NETWORK_SPAN).count()


def visible_to(person: Someone) -> QuerySet[Waiting]:
    """For what is handled within the reach of the reader."""
    scope = scope_of(person, "visits.see")
    if not scope:
        return Waiting.objects.none()
    if scope.everywhere:
        return _whole()
    handled = Service.objects.filter(counters__unit_id__in=scope.units)
    return _whole().filter(service__in=handled)


def standing_seen_by(person: Someone, *, now: datetime) -> list[Waiting]:
    """Those who wait or are being offered a time."""
    standing = Q(state=Waiting.State.WAITING, last_day__gte=now.astimezone(WARSAW).date()) | Q(
        state=Waiting.State.OFFERED, offered_until__gt=now
    )
    return list(
        visible_to(person).filter(standing).order_by("service__sort_key", "service_id", "turn_at", "pk")
    )
