from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.base.numbers import with_check_digit
from okienko.features.visits import confirming, freeing, holding, notices, queries, rules
from okienko.features.visits.models import Booking, Service, Waiting
from okienko.features.visits.rush import gate
from okienko.kernel.consents import actions as consents
from okienko.kernel.consents.models import ConsentText
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.messages import actions as messages
from okienko.kernel.people.access import demand
from okienko.kernel.people.models import Person
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots.models import Claim, Resource


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    email: str = ""
    phone: str = ""
    language: str = "pl"


@atomic
def book(
    key: str,
    *,
    by: Actor,
    at: datetime,
    service: Service,
    start: datetime,
    contact: Contact,
    accepted: Sequence[ConsentText] = (),
    answers: Sequence[Mapping[str, Any]] = (),
    network: str = "",
    worked: bool = True,
    source: str = Booking.Source.WEB,
    site: str = "",
    for_oneself: bool = True,
) -> Booking:
    """What a resident holds becomes a booking; asked twice with the same key, it is the same booking.

    `network`: from where it is asked, as a mark that tells nobody the address; `worked`: whether the browser has done
    its piece of work. Where it has not, the visit is confirmed by a message whatever the service says.
    `site`: in whose frame it is booked. `for_oneself`: the visit is among those of whoever is signed in.
    """
    holding.one_at_a_time(key)
    if (known := queries.by_key(key)) is not None:
        return known
    if queries.offered(service.code) is None:
        raise Refused(_("Visits for this matter cannot be booked any more."), code="service-gone")
    _check_network(network, worked, at)
    _check_how_many(service, contact, at)
    claim = queries.held(key, now=at)
    if claim is None:
        raise Refused(_("The time to fill in the form is over."), code="hold-over")
    confirm_by = service.confirm_by
    if confirm_by == Service.ConfirmBy.NONE and not worked:
        confirm_by = Service.ConfirmBy.LINK
    if confirm_by != Service.ConfirmBy.NONE:
        booking = _wait_for_confirming(
            key, claim, service, start, contact, answers, confirm_by=confirm_by, source=source, site=site,
            by=by, at=at,
        )  # fmt: skip
    else:
        booking = _booked(
            key, claim, service, start, contact, answers, source=source, site=site, by=by, at=at
        )
    Booking.objects.filter(pk=booking.pk).update(network=network)
    _given_to(booking, by.person_id if for_oneself else None)
    Waiting.objects.filter(key=key, state=Waiting.State.OFFERED).update(state=Waiting.State.DONE)
    gate.booked(service, key, at=at)
    consents.record_given(accepted, by=by, at=at, subject=booking, contact=contact.email or contact.phone)
    return booking


@atomic
def book_for_resident(
    key: str,
    *,
    by: Actor,
    at: datetime,
    service: Service,
    start: datetime,
    counters: list[Resource],
    contact: Contact,
    answers: Sequence[Mapping[str, Any]] = (),
    person: Person | None = None,
    over_limit: bool = False,
) -> Booking:
    """Somebody calls or stands at the counter: held and taken at once, nothing to confirm.

    `person`: whose account it is, so that the visit is among their own; `over_limit`: the clerk was warned that they
    have as many visits as one may, and books nevertheless.
    """
    if (known := queries.by_key(key)) is not None:
        return known
    if not over_limit:
        _check_how_many(service, contact, at)
    holding.hold(service, start, counters=counters, key=key, at=at, kept_too=True)
    claim = queries.held(key, now=at)
    if claim is None:
        raise Refused(_("Somebody was faster and has just taken this time."), code="somebody-was-faster")
    demand(by, "visits.book", unit=claim.resource.unit)
    booking = _booked(key, claim, service, start, contact, answers, source=Booking.Source.STAFF, by=by, at=at)
    return _given_to(booking, person.pk if person else None)


def _given_to(booking: Booking, person_id: int | None) -> Booking:
    """Among the visits of whoever has an account."""
    if person_id is not None:
        booking.person_id = person_id
        booking.save(update_fields=["person"])
    return booking


def _check_how_many(service: Service, contact: Contact, at: datetime) -> None:
    for address in sorted(filter(None, (contact.email.lower(), contact.phone))):
        holding.one_at_a_time(f"{service.pk}:{address}")
    most = service.most_per_person
    if contact.email and queries.ahead_of(service, now=at, email__iexact=contact.email) >= most:
        raise Refused(
            _("This e-mail already has as many visits for this matter as one may have."),
            code="too-many-on-e-mail",
        )
    if contact.phone and queries.ahead_of(service, now=at, phone=contact.phone) >= most:
        raise Refused(
            _("This phone already has as many visits for this matter as one may have."),
            code="too-many-on-phone",
        )


def _check_network(network: str, worked: bool, at: datetime) -> None:
    most = rules.MOST_FROM_NETWORK if worked else rules.MOST_WITHOUT_WORK
    if network and queries.booked_from(network, now=at) >= most:
        raise Refused(
            _("Many visits were booked from your network within the last hour."), code="too-many-from-network"
        )


def _new(
    key: str, claim: Claim, service: Service, start: datetime, contact: Contact,
    answers: Sequence[Mapping[str, Any]], *, at: datetime, **state: Any,
) -> Booking:  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('case_number')")
        number = with_check_digit(cursor.fetchone()[0])
    return Booking.objects.create(
        number=number,
        service=service,
        resource=claim.resource,
        hold_key=key,
        secret=secrets.token_urlsafe(32),
        start=start,
        end=start + timedelta(minutes=service.minutes_at(claim.resource_id)),
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        language=contact.language,
        answers=list(answers),
        created_at=at,
        **state,
    )


def _wait_for_confirming(
    key: str, claim: Claim, service: Service, start: datetime, contact: Contact,
    answers: Sequence[Mapping[str, Any]], *, confirm_by: str, source: str, site: str, by: Actor, at: datetime,
) -> Booking:  # fmt: skip
    until = rules.to_confirm_until(at, service.confirm_minutes, start)
    booking = _new(
        key, claim, service, start, contact, answers, at=at, state=Booking.State.UNCONFIRMED,
        source=source, site=site, confirm_by=confirm_by, confirm_until=until,
    )  # fmt: skip
    slots.extend(key, by=by, at=at, until=until)
    record(booking, "visit.asked_for", by=by, at=at, after=_facts(booking))
    notices.tell(notices.asking(booking), booking, by=by, at=at)
    return booking


def _booked(
    key: str, claim: Claim, service: Service, start: datetime, contact: Contact,
    answers: Sequence[Mapping[str, Any]], *, source: str, by: Actor, at: datetime, site: str = "",
) -> Booking:  # fmt: skip
    booking = _new(
        key, claim, service, start, contact, answers, at=at, state=Booking.State.CONFIRMED, source=source,
        site=site, confirmed_at=at,
    )  # fmt: skip
    booking.claim = slots.take(key, by=by, at=at, subject_id=booking.pk, subject=str(service))
    booking.save(update_fields=["claim"])
    record(booking, "visit.booked", by=by, at=at, after=_facts(booking))
    notices.tell(notices.CONFIRMED, booking, by=by, at=at)
    return booking


def _facts(booking: Booking) -> dict[str, Any]:
    return {
        "number": booking.number,
        "matter": booking.service.title,
        "start": booking.start,
        "counter": booking.resource.name,
        "state": booking.state,
        "source": booking.source,
        "site": booking.site,
    }


@atomic
def try_to_confirm(booking: Booking, code: str, *, by: Actor, at: datetime) -> bool:
    """The code from the message has come back in time. A wrong one is counted, so that nobody tries them all."""
    booking = queries.lock(booking)
    match booking.state_at(at):
        case rules.State.CONFIRMED:
            raise Refused(_("This visit is confirmed already."), code="already-confirmed")
        case rules.State.CANCELLED:
            raise Refused(_("This visit has been cancelled."), code="cancelled")
        case rules.State.LAPSED:
            raise Refused(_("The time to confirm this visit is over."), code="confirm-over")
    if booking.wrong_codes >= rules.MOST_WRONG_CODES:
        raise Refused(_("The code was wrong too many times."), code="too-many-tries")
    if not confirming.is_right(booking, code):
        booking.wrong_codes += 1
        booking.save(update_fields=["wrong_codes"])
        record(booking, "visit.wrong_code", by=by, at=at)
        return False
    claim = slots.take(booking.hold_key, by=by, at=at, subject_id=booking.pk, subject=str(booking.service))
    booking.claim, booking.state, booking.confirmed_at = claim, Booking.State.CONFIRMED, at
    booking.save(update_fields=["claim", "state", "confirmed_at"])
    record(booking, "visit.confirmed", by=by, at=at, after={"state": booking.state})
    notices.tell(notices.CONFIRMED, booking, by=by, at=at)
    return True


@atomic
def lapse_unconfirmed(*, by: Actor, at: datetime) -> int:
    """Write down what has lapsed. Its time is free already: the hold has ended by itself."""
    late = list(
        Booking.objects.select_for_update(skip_locked=True).filter(
            state=Booking.State.UNCONFIRMED, confirm_until__lte=at
        )
    )
    for booking in late:
        booking.state = Booking.State.LAPSED
        booking.save(update_fields=["state"])
        record(booking, "visit.lapsed", by=by, at=at, after={"state": booking.state})
    freeing.time_is_free({booking.resource_id for booking in late})
    return len(late)


@atomic
def give_back(booking: Booking, *, by: Actor, at: datetime) -> Booking:
    """A resident cancels by the link: whoever holds it may."""
    return _cancel(booking, by=by, at=at, why="")


@atomic
def cancel(booking: Booking, *, by: Actor, at: datetime, why: str, closing: bool = False) -> Booking:
    """The office cancels, and says why. `closing`: its time goes to nobody else."""
    demand(by, "visits.change", unit=booking.resource.unit)
    if not why.strip():
        raise Refused(_("Say why: the resident will be told."), code="no-reason", field="why")
    return _cancel(booking, by=by, at=at, why=why.strip(), closing=closing)


def _cancel(booking: Booking, *, by: Actor, at: datetime, why: str, closing: bool = False) -> Booking:
    booking = _standing(booking, at)
    before, claim = booking.state, booking.claim or queries.held(booking.hold_key, now=at)
    booking.state, booking.claim, booking.cancelled_at, booking.why = Booking.State.CANCELLED, None, at, why
    booking.changes += 1
    booking.save(update_fields=["state", "claim", "cancelled_at", "why", "changes"])
    if claim is not None:
        give_up = slots.shut if closing else slots.release
        give_up(claim, by=by, at=at, why=why)
        if before == Booking.State.UNCONFIRMED and not closing:
            freeing.time_is_free([claim.resource_id])
    record(
        booking,
        "visit.cancelled",
        by=by,
        at=at,
        before={"state": before},
        after={"state": booking.state},
        note=why,
    )
    messages.cancel(f"visit:{booking.pk}:", subject=booking, by=by, at=at)
    notices.tell(notices.CANCELLED, booking, by=by, at=at)
    return booking


def _standing(booking: Booking, at: datetime) -> Booking:
    """The booking, locked, if it is one that can still be changed."""
    booking = queries.lock(booking)
    state = booking.state_at(at)
    if state == rules.State.CANCELLED:
        raise Refused(_("This visit has been cancelled."), code="cancelled")
    if state == rules.State.LAPSED:
        raise Refused(_("The time to confirm this visit is over."), code="confirm-over")
    if booking.start <= at:
        raise Refused(_("This visit has already begun."), code="begun")
    return booking


@atomic
def move(booking: Booking, start: datetime, *, counters: list[Resource], by: Actor, at: datetime) -> Booking:
    """A resident moves by the link to another of the times that are offered to all."""
    return _move(booking, start, counters, why="", kept_too=False, by=by, at=at)


@atomic
def move_by_office(
    booking: Booking, start: datetime, *, counters: list[Resource], by: Actor, at: datetime, why: str
) -> Booking:
    """The office moves the visit, also to a time kept for walk-ins or another counter, and says why."""
    demand(by, "visits.change", unit=booking.resource.unit)
    if not why.strip():
        raise Refused(_("Say why: the resident will be told."), code="no-reason", field="why")
    return _move(booking, start, counters, why=why.strip(), kept_too=True, by=by, at=at)


@atomic
def move_to_held(booking: Booking, start: datetime, key: str, *, by: Actor, at: datetime) -> Booking:
    """To a time that is held already."""
    claim = queries.held(key, now=at)
    if claim is None:
        raise Refused(_("The time for this offer is over."), code="offer-over")
    return _move(booking, start, [claim.resource], why="", kept_too=False, by=by, at=at, held=key)


def _move(
    booking: Booking, start: datetime, counters: list[Resource], *,
    why: str, kept_too: bool, by: Actor, at: datetime, held: str = "",
) -> Booking:  # fmt: skip
    """Another time for the same visit. If it cannot be had, all of this is undone and the old time stands."""
    booking = _standing(booking, at)
    if booking.state != Booking.State.CONFIRMED or booking.claim is None:
        raise Refused(_("Confirm the visit first, then move it."), code="not-confirmed")
    if booking.start == start and booking.resource in counters:
        return booking
    if not counters:
        raise Missing
    key, old = held or holding.new_key(), booking.claim
    before = {"start": booking.start, "counter": booking.resource.name}
    booking.claim = None
    booking.save(update_fields=["claim"])
    slots.release(old, by=by, at=at)
    if not held:
        holding.hold(booking.service, start, counters=counters, key=key, at=at, kept_too=kept_too)
    claim = slots.take(key, by=by, at=at, subject_id=booking.pk, subject=str(booking.service))
    booking.claim, booking.resource, booking.start = claim, claim.resource, start
    booking.end = start + timedelta(minutes=booking.service.minutes_at(claim.resource_id))
    booking.changes += 1
    booking.why, booking.reminded_due = why, None
    booking.save(update_fields=["claim", "resource", "start", "end", "changes", "why", "reminded_due"])
    after = {"start": booking.start, "counter": booking.resource.name}
    record(booking, "visit.moved", by=by, at=at, before=before, after=after, note=why)
    messages.cancel(f"visit:{booking.pk}:", subject=booking, by=by, at=at)
    notices.tell(notices.MOVED, booking, by=by, at=at)
    return booking
