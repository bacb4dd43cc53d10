"""One's own visit, by its secret."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from okienko.base import time
from okienko.base.decisions import Missing, Refused
from okienko.features.visits import (
    actions,
    holding,
    notices,
    queries,
)
from okienko.features.visits.api.offering import counters_at
from okienko.features.visits.models import Booking
from okienko.features.visits.wire import (
    BookingOut,
    CodeIn,
    MoveIn,
)
from okienko.kernel.people.access import actor_of

router = Router(tags=["visits"])


@router.get("/visits/bookings/{secret}", response=BookingOut, summary="One visit, by its secret")
def read_visit(request: HttpRequest, secret: str) -> dict[str, Any]:
    now = time.now()
    return plain_visit(_booking(secret, now), now)


@router.post("/visits/bookings/{secret}/confirm", response=BookingOut, summary="Confirm a visit")
def confirm_visit(request: HttpRequest, secret: str, given: CodeIn) -> dict[str, Any]:
    now = time.now()
    booking = _booking(secret, now)
    if not actions.try_to_confirm(booking, given.code, by=actor_of(request), at=now):
        words = _("This is not the code from the message. Compare it once more.")
        raise Refused(words, code="wrong-code", field="code")
    return plain_visit(_booking(secret, now), now)


@router.post("/visits/bookings/{secret}/cancel", response=BookingOut, summary="Cancel a visit")
def cancel_visit(request: HttpRequest, secret: str) -> dict[str, Any]:
    now = time.now()
    return plain_visit(actions.give_back(_booking(secret, now), by=actor_of(request), at=now), now)


@router.post("/visits/bookings/{secret}/move", response=BookingOut, summary="Move a visit")
def move_visit(request: HttpRequest, secret: str, given: MoveIn) -> dict[str, Any]:
    """To another time, or with `location` to another place; until that is sure, the old time stands."""
    now = time.now()
    booking = _booking(secret, now)
    counters = (
        counters_at(booking.service, given.location)
        if given.location
        else queries.counters_of(booking.service, booking.resource.location_id)
    )
    return plain_visit(
        actions.move(booking, given.start, counters=counters, by=actor_of(request), at=now), now
    )


def _booking(secret: str, now: datetime) -> Booking:
    if not holding.is_key(secret):
        raise Missing
    return queries.by_secret(secret, now=now)


def plain_visit(booking: Booking, now: datetime) -> dict[str, Any]:
    return {
        "secret": booking.secret,
        "number": booking.number,
        "service": booking.service.code,
        "title": booking.service.title,
        "location_id": booking.resource.location_id,
        "place": booking.place,
        "start": booking.start,
        "end": booking.end,
        "state": booking.state_at(now).value,
        "confirm_by": booking.confirm_by,
        "confirm_until": booking.confirm_until,
        "why": booking.why,
        "page": notices.address_of(booking, "visits:own"),
    }
