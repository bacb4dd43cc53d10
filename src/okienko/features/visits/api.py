"""Booking by programs: the same steps as on the pages, and the same refusals.

Whoever holds the secret of a visit may see and change it, as by the link in the message; a token is needed for none
of this, but one with the scope `visits.book` (or `visits:book`) stands instead of the proof of work and of the limit of its network.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router
from ninja.errors import ValidationError
from ninja.params.functions import Query

from okienko.base import time
from okienko.base.decisions import Missing, Refused
from okienko.base.time import WARSAW
from okienko.features.visits import (
    actions,
    drafts,
    holding,
    line,
    line_notices,
    notices,
    queries,
    rules,
    working,
)
from okienko.features.visits.forms.booking import BookingForm
from okienko.features.visits.forms.waiting import WaitingForm
from okienko.features.visits.models import Booking, Service, Waiting
from okienko.features.visits.rush import api as rush
from okienko.features.visits.wire import (
    LARGEST_ID,
    BookingIn,
    BookingOut,
    CodeIn,
    HoldIn,
    HoldOut,
    MoveIn,
    PlaceOut,
    ServiceOut,
    SlotOut,
    TakenOut,
    WaitingIn,
    WaitingOut,
)
from okienko.kernel.people.access import actor_of, may
from okienko.kernel.slots.models import Claim, Resource
from okienko.kernel.units.models import Location

router = Router(tags=["visits"])
router.add_router("", rush.router)

# What is answered without a token; each has its own rules against crowds and robots.
OPEN = frozenset(
    {
        "list_visit_services", "list_visit_locations", "list_visit_slots", "hold_visit_slot", "give_back_visit_slot",
        "extend_visit_hold", "book_visit", "read_visit", "confirm_visit", "cancel_visit", "move_visit",
        "wait_for_earlier_visit", "read_waiting", "take_offered_visit", "leave_waiting",
    }
) | rush.OPEN  # fmt: skip

AskedPlace = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]

# --- What can be booked -------------------------------------------------------------------------------------


@router.get("/visits/services", response=list[ServiceOut], summary="What visits can be booked for")
def list_visit_services(request: HttpRequest) -> list[dict[str, Any]]:
    now = time.now()
    return [_plain_service(service, now) for service in queries.published().prefetch_related("extra_fields")]


def _plain_service(service: Service, now: datetime) -> dict[str, Any]:
    form = BookingForm(service=service, at=now)
    same = (
        "code", "title", "description", "minutes", "nearest_days", "farthest_days", "confirm_by",
    )  # fmt: skip
    return {
        **{name: getattr(service, name) for name in same},
        "category": service.category.name if service.category else None,
        "location_ids": [place.pk for place in queries.places_of(queries.counters_of(service))],
        "fields": [
            {
                "name": name,
                "label": one.label_in(get_language() or "pl"),
                "kind": one.kind,
                "required": one.required,
                "help": one.help_text,
                "options": one.options,
            }
            for name, one in form.extra.items()
        ],
        "consents": [
            {"name": name, "words": str(field.label), "required": field.required}
            for name, field in form.fields.items()
            if name in form.consent_names
        ],
    }


@router.get("/visits/locations", response=list[PlaceOut], summary="Where visits can be booked now")
def list_visit_locations(
    request: HttpRequest, service: str = Query("", description="Code of a service: only where it is given.")
) -> list[Location]:
    if service:
        return queries.places_of(queries.counters_of(_service(service)))
    return queries.places_of(one for known in queries.published() for one in queries.counters_of(known))


@router.get("/visits/slots", response=list[SlotOut], summary="Free times of a service")
def list_visit_slots(
    request: HttpRequest,
    service: str,
    location: AskedPlace = None,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> list[dict[str, Any]]:
    """Within the days for which the service can be booked; the earliest first."""
    asked = _service(service)
    counters = _counters(asked, location)
    where = {one.pk: one.location_id for one in counters}
    return [
        {
            "start": one.start,
            "location_ids": sorted({place for pk in one.resource_ids if (place := where[pk])}),
            "places": one.places,
        }
        for one in queries.free_times(asked, counters, now=time.now())
        if (first or date.min) <= one.start.astimezone(WARSAW).date() <= (last or date.max)
    ]


def _service(code: str) -> Service:
    found = queries.offered(code) if code.isprintable() else None
    if found is None:
        raise Missing
    return found


def _counters(service: Service, location: int | None) -> list[Resource]:
    found = queries.counters_of(service, location)
    if location is not None and not found:
        raise Missing
    return found


# --- Booking ------------------------------------------------------------------------------------------------


@router.post("/visits/holds", response={201: HoldOut}, summary="Hold a free time while the booking is made")
def hold_visit_slot(request: HttpRequest, given: HoldIn) -> dict[str, Any]:
    service, now = _offered(given.service), time.now()
    counters, trusted = _counters(service, given.location), _trusted(request)
    turn = None if trusted else given.turn
    key, held = holding.hold_anew(service, given.start, counters=counters, at=now, turn=turn)
    counter = next(one for one in counters if one.pk == held.resource_id)
    claim = Claim(pk=held.claim_id, resource=counter, key=key, expires_at=held.until)
    place = str(given.location) if given.location else ""
    return _plain_hold(drafts.Draft(key, service.code, place, given.start), claim, held.until, trusted)


def _plain_hold(draft: drafts.Draft, claim: Claim, until: datetime, trusted: bool) -> dict[str, Any]:
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
    minutes = _offered(draft.service).hold_minutes
    until = holding.extend(draft.key, extended=draft.extended, by=actor_of(request), at=now, minutes=minutes)
    claim.expires_at = until
    extended = replace(draft, extended=draft.extended + 1)
    return _plain_hold(extended, claim, until, _trusted(request))


@router.delete("/visits/holds/{hold}", response={204: None}, summary="Give a held time back")
def give_back_visit_slot(request: HttpRequest, hold: str) -> None:
    holding.give_back(_unsealed(hold)[0].key, by=actor_of(request), at=time.now())


@router.post("/visits/bookings", response={201: BookingOut}, summary="Book the time that is held")
def book_visit(request: HttpRequest, given: BookingIn) -> dict[str, Any]:
    """Sent twice with the same hold, it is the same booking."""
    draft, now, trusted = _unsealed(given.hold)[0], time.now(), _trusted(request)
    known = queries.by_key(draft.key)
    if known is not None:
        return _plain(known, now)
    service = _offered(draft.service)
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
    return _plain(booking, now)


def _trusted(request: HttpRequest) -> bool:
    return may(request.user, "visits.book")


def _offered(code: str) -> Service:
    try:
        return _service(code)
    except Missing:
        words = _("Visits for this matter cannot be booked any more.")
        raise Refused(words, code="service-gone") from None


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
    typed: dict[str, Any] = {name: value for name, value in given.answers.items() if value is not False}
    typed |= dict.fromkeys(given.consents, "on")
    typed |= {"name": given.name, "email": given.email, "phone": given.phone}
    form = BookingForm(typed, service=service, at=now)
    if not form.is_valid():
        raise ValidationError(list(_wrong(form)))
    return form


def _wrong(form: BookingForm | WaitingForm) -> Iterable[dict[str, Any]]:
    extra = form.extra if isinstance(form, BookingForm) else {}
    for name, errors in form.errors.items():
        part = "answers." if name in extra else "consents." if name in form.consent_names else ""
        for words in errors:
            yield {"type": "wrong", "loc": ("body", f"{part}{name}"), "words": words}


# --- One's own visit ----------------------------------------------------------------------------------------


@router.get("/visits/bookings/{secret}", response=BookingOut, summary="One visit, by its secret")
def read_visit(request: HttpRequest, secret: str) -> dict[str, Any]:
    now = time.now()
    return _plain(_booking(secret, now), now)


@router.post("/visits/bookings/{secret}/confirm", response=BookingOut, summary="Confirm a visit")
def confirm_visit(request: HttpRequest, secret: str, given: CodeIn) -> dict[str, Any]:
    now = time.now()
    booking = _booking(secret, now)
    if not actions.try_to_confirm(booking, given.code, by=actor_of(request), at=now):
        words = _("This is not the code from the message. Compare it once more.")
        raise Refused(words, code="wrong-code", field="code")
    return _plain(_booking(secret, now), now)


@router.post("/visits/bookings/{secret}/cancel", response=BookingOut, summary="Cancel a visit")
def cancel_visit(request: HttpRequest, secret: str) -> dict[str, Any]:
    now = time.now()
    return _plain(actions.give_back(_booking(secret, now), by=actor_of(request), at=now), now)


@router.post("/visits/bookings/{secret}/move", response=BookingOut, summary="Move a visit")
def move_visit(request: HttpRequest, secret: str, given: MoveIn) -> dict[str, Any]:
    """To another time, or with `location` to another place; until that is sure, the old time stands."""
    now = time.now()
    booking = _booking(secret, now)
    counters = (
        _counters(booking.service, given.location)
        if given.location
        else queries.counters_of(booking.service, booking.resource.location_id)
    )
    return _plain(actions.move(booking, given.start, counters=counters, by=actor_of(request), at=now), now)


def _booking(secret: str, now: datetime) -> Booking:
    if not holding.is_key(secret):
        raise Missing
    return queries.by_secret(secret, now=now)


def _plain(booking: Booking, now: datetime) -> dict[str, Any]:
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


# --- Waiting for an earlier time ----------------------------------------------------------------------------


@router.post("/visits/waiting", response={201: WaitingOut}, summary="Leave word for an earlier time")
def wait_for_earlier_visit(request: HttpRequest, given: WaitingIn) -> dict[str, Any]:
    """Refused while there are free times until the day that is given."""
    service, now = _offered(given.service), time.now()
    places = queries.places_of(queries.counters_of(service))
    if not set(given.locations) <= {place.pk for place in places}:
        raise Missing
    typed: dict[str, Any] = {
        "last_day": given.last_day,
        "places": given.locations,
        **dict.fromkeys(given.consents, "on"),
    }
    typed |= {"name": given.name, "email": given.email, "phone": given.phone}
    form = WaitingForm(typed, service=service, places=places, at=now)
    if not set(given.consents) <= form.consent_names:
        raise ValidationError([{"type": "extra_forbidden", "loc": ("body", "consents")}])
    if not form.is_valid():
        raise ValidationError(list(_wrong(form)))
    waiting = actions.leave_word(
        service,
        by=actor_of(request),
        at=now,
        contact=form.contact(given.language),
        last_day=form.cleaned_data["last_day"],
        places=form.chosen_places(),
        accepted=form.consents(),
        network="" if _trusted(request) else working.network_mark(request),
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
        return {"booking": _plain(booking, now), "hold": None}
    claim, draft = queries.held(waiting.key, now=now), drafts.of_offer(waiting)
    if waiting.state_at(now) != rules.Waits.OFFERED or draft is None or claim is None:
        raise Refused(_("The time for this offer is over."), code="offer-over")
    until = waiting.offered_until or now
    return {"booking": None, "hold": _plain_hold(draft, claim, until, _trusted(request))}


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
