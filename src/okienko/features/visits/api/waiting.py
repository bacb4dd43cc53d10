"""Waiting for an earlier time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from ninja.errors import ValidationError

from okienko.base import time
from okienko.base.decisions import Missing, Refused
from okienko.features.visits import (
    actions,
    drafts,
    holding,
    line,
    line_notices,
    queries,
    rules,
    working,
)
from okienko.features.visits.api.booking import plain_hold, wrong_fields
from okienko.features.visits.api.offering import is_trusted, still_offered
from okienko.features.visits.api.own import plain_visit
from okienko.features.visits.forms.waiting import WaitingForm
from okienko.features.visits.models import Waiting
from okienko.features.visits.wire import (
    TakenOut,
    WaitingIn,
    WaitingOut,
)
from okienko.kernel.people.access import actor_of

router = Router(tags=["visits"])


@router.post("/visits/waiting", response={201: WaitingOut}, summary="Leave word for an earlier time")
def wait_for_earlier_visit(request: HttpRequest, given: WaitingIn) -> dict[str, Any]:
    """Refused while there are free times until the day that is given."""
    service, now = still_offered(given.service), time.now()
    places = queries.places_of(queries.counters_of(service))
    if not set(given.locations) <= {place.pk for place in places}:
        raise Missing
    typed = {"last_day": given.last_day, "places": given.locations}
    form = WaitingForm(given.typed() | typed, service=service, places=places, at=now)
    if not set(given.consents) <= form.consent_names:
        raise ValidationError([{"type": "extra_forbidden", "loc": ("body", "consents")}])
    if not form.is_valid():
        raise ValidationError(list(wrong_fields(form)))
    waiting = actions.leave_word(
        service,
        by=actor_of(request),
        at=now,
        contact=form.contact(given.language),
        last_day=form.cleaned_data["last_day"],
        places=form.chosen_places(),
        accepted=form.consents(),
        network="" if is_trusted(request) else working.network_mark(request),
    )
    return _plain_waiting(waiting, now)


@router.get("/visits/waiting/{secret}", response=WaitingOut, summary="A place on the list, by its secret")
def read_waiting(request: HttpRequest, secret: str) -> dict[str, Any]:
    now = time.now()
    return _plain_waiting(_waiting(secret, now), now)


@router.post("/visits/waiting/{secret}/take", response=TakenOut, summary="Take the time that is offered")
def take_offered_visit(request: HttpRequest, secret: str) -> dict[str, Any]:
    """Whoever waited with a visit has it moved: `booking`. Others get the `hold` to book it with."""
    waiting, now = _waiting(secret, time.now()), time.now()
    if waiting.booking_id is not None:
        booking = actions.take_offer(waiting, by=actor_of(request), at=now)
        return {"booking": plain_visit(booking, now), "hold": None}
    claim, draft = queries.held(waiting.key, now=now), drafts.of_offer(waiting)
    if waiting.state_at(now) != rules.Waits.OFFERED or draft is None or claim is None:
        raise Refused(_("The time for this offer is over."), code="offer-over")
    until = waiting.offered_until or now
    return {"booking": None, "hold": plain_hold(draft, claim, until, is_trusted(request))}


@router.post("/visits/waiting/{secret}/leave", response=WaitingOut, summary="Leave the list")
def leave_waiting(request: HttpRequest, secret: str) -> dict[str, Any]:
    """What is offered goes to the next at once."""
    now = time.now()
    return _plain_waiting(actions.leave_line(_waiting(secret, now), by=actor_of(request), at=now), now)


def _waiting(secret: str, now: datetime) -> Waiting:
    if not holding.is_key(secret):
        raise Missing
    return line.by_secret(secret, now=now)


def _plain_waiting(waiting: Waiting, now: datetime) -> dict[str, Any]:
    state = waiting.state_at(now)
    offered = state == rules.Waits.OFFERED
    return {
        "secret": waiting.secret,
        "service": waiting.service.code,
        "title": waiting.service.title,
        "state": state.value,
        "last_day": waiting.last_day,
        "position": line.position_of(waiting, now=now) if state == rules.Waits.WAITING else None,
        "start": waiting.start if offered else None,
        "place": waiting.place if offered else "",
        "offered_until": waiting.offered_until if offered else None,
        "page": line_notices.page_of(waiting),
    }
