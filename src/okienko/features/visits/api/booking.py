"""From a free time to a visit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
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
    queries,
    working,
)
from okienko.features.visits.api.offering import counters_at, is_trusted, still_offered
from okienko.features.visits.api.own import plain_visit
from okienko.features.visits.forms.booking import BookingForm
from okienko.features.visits.forms.waiting import WaitingForm
from okienko.features.visits.models import Booking, Service
from okienko.features.visits.wire import (
    BookingIn,
    BookingOut,
    HoldIn,
    HoldOut,
)
from okienko.kernel.people.access import actor_of
from okienko.kernel.slots.models import Claim

router = Router(tags=["visits"])


@router.post("/visits/holds", response={201: HoldOut}, summary="Hold a free time while the booking is made")
def hold_visit_slot(request: HttpRequest, given: HoldIn) -> dict[str, Any]:
    service, now = still_offered(given.service), time.now()
    counters, trusted = counters_at(service, given.location), is_trusted(request)
    turn = None if trusted else given.turn
    key, held = holding.hold_anew(service, given.start, counters=counters, at=now, turn=turn)
    counter = next(one for one in counters if one.pk == held.resource_id)
    claim = Claim(pk=held.claim_id, resource=counter, key=key, expires_at=held.until)
    place = str(given.location) if given.location else ""
    return plain_hold(drafts.Draft(key, service.code, place, given.start), claim, held.until, trusted)


def plain_hold(draft: drafts.Draft, claim: Claim, until: datetime, trusted: bool) -> dict[str, Any]:
    return {
        "hold": drafts.seal(draft, until),
        "until": until,
        "counter": claim.resource.name,
        "location_id": claim.resource.location_id,
        "task": working.task(claim),
        "bits": 0 if trusted else working.bits(),
    }


@router.post("/visits/holds/{hold}/extend", response=HoldOut, summary="More time to make the booking")
def extend_visit_hold(request: HttpRequest, hold: str) -> dict[str, Any]:
    """As often as on the pages. Go on with the `hold` and the `task` of this answer."""
    (draft, sealed_until), now = _unsealed(hold), time.now()
    claim = queries.held(draft.key, now=now)
    if claim is None:
        raise Refused(_("The time to fill in the form is over."), code="hold-over")
    if claim.expires_at != sealed_until:
        words = _("This hold was extended meanwhile. Go on with the newest answer.")
        raise Refused(words, code="changed-meanwhile")
    minutes = still_offered(draft.service).hold_minutes
    until = holding.extend(draft.key, extended=draft.extended, by=actor_of(request), at=now, minutes=minutes)
    claim.expires_at = until
    extended = replace(draft, extended=draft.extended + 1)
    return plain_hold(extended, claim, until, is_trusted(request))


@router.delete("/visits/holds/{hold}", response={204: None}, summary="Give a held time back")
def give_back_visit_slot(request: HttpRequest, hold: str) -> None:
    holding.give_back(_unsealed(hold)[0].key, by=actor_of(request), at=time.now())


@router.post("/visits/bookings", response={201: BookingOut}, summary="Book the time that is held")
def book_visit(request: HttpRequest, given: BookingIn) -> dict[str, Any]:
    """Sent twice with the same hold, it is the same booking."""
    draft, now, trusted = _unsealed(given.hold)[0], time.now(), is_trusted(request)
    known = queries.by_key(draft.key)
    if known is not None:
        return plain_visit(known, now)
    service = still_offered(draft.service)
    form = _form(given, service, now)
    claim = queries.held(draft.key, now=now)
    if not trusted and claim is not None and not working.is_done(claim, given.work):
        raise Refused(
            _("Do the piece of work that the hold asks for, or show a token."), code="no-work", field="work"
        )
    booking = actions.book(
        draft.key,
        by=actor_of(request),
        at=now,
        service=service,
        start=draft.start,
        contact=form.contact(given.language),
        accepted=form.consents(),
        answers=form.answers(),
        network="" if trusted else working.network_mark(request),
        source=Booking.Source.PROGRAM,
        for_oneself=not trusted,
    )
    return plain_visit(booking, now)


def _unsealed(hold: str) -> tuple[drafts.Draft, datetime | None]:
    found = drafts.unseal(hold)
    if found is None:
        raise Missing
    return found


def _form(given: BookingIn, service: Service, now: datetime) -> BookingForm:
    """Checked by the form of the page, so that both ask the same."""
    form = BookingForm(service=service, at=now)
    unknown = [f"answers.{name}" for name in given.answers if name not in form.extra]
    unknown += ["consents" for name in given.consents if name not in form.consent_names]
    if unknown:
        raise ValidationError([{"type": "extra_forbidden", "loc": ("body", name)} for name in unknown])
    answers = {name: value for name, value in given.answers.items() if value is not False}
    form = BookingForm(given.typed() | answers, service=service, at=now)
    if not form.is_valid():
        raise ValidationError(list(wrong_fields(form)))
    return form


def wrong_fields(form: BookingForm | WaitingForm) -> Iterable[dict[str, Any]]:
    extra = form.extra if isinstance(form, BookingForm) else {}
    for name, errors in form.errors.items():
        part = "answers." if name in extra else "consents." if name in form.consent_names else ""
        for words in errors:
            yield {"type": "wrong", "loc": ("body", f"{part}{name}"), "words": words}
