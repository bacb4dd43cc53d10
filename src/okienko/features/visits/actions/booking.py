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
from okienko.features.visits import (
    asking,
    confirming,
    current,
    freeing,
    holding,
    line_notices,
    notices,
    queries,
    rules,
)
from okienko.features.visits.actions.cancelling import still_to_come
from okienko.features.visits.models import Booking, Service, Waiting
from okienko.features.visits.rush import gate
from okienko.kernel.consents import actions as consents
from okienko.kernel.consents.models import ConsentText
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.history.writing import begin_chain, together
from okienko.kernel.messages import actions as messages
from okienko.kernel.people.access import demand
from okienko.kernel.people.models import Person
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots.models import Resource


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
    holding.one_at_a_time(key, *_limited(service, contact))
    found = asking.counted(
        service, now=at, key=key, email=contact.email, phone=contact.phone, network=network
    )
    if found.booking_id is not None:
        return queries.by_id(found.booking_id)
    if not found.published:
        raise Refused(_("Visits for this matter cannot be booked any more."), code="service-gone")
    _check_network(found, worked)
    _check_how_many(found, service)
    if found.counter_id is None:
        raise Refused(_("The time to fill in the form is over."), code="hold-over")
    counter = current.counter(service, found.counter_id)
    confirm_by = service.confirm_by
    if confirm_by == Service.ConfirmBy.NONE and not worked:
        confirm_by = Service.ConfirmBy.LINK
    whose = {"network": network, "person_id": by.person_id if for_oneself else None}
    with together():
        if confirm_by != Service.ConfirmBy.NONE:
            booking = _wait_for_confirming(
                key, counter, service, start, contact, answers, confirm_by=confirm_by, source=source, site=site,
                by=by, at=at, **whose,
            )  # fmt: skip
        else:
            booking = _booked(
                key, counter, service, start, contact, answers, source=source, site=site, by=by, at=at, **whose
            )  # fmt: skip
        consents.record_given(accepted, by=by, at=at, subject=booking, contact=contact.email or contact.phone)
    if found.from_list:
        waiting = Waiting.objects.get(key=key, state=Waiting.State.OFFERED)
        waiting.state = Waiting.State.DONE
        waiting.save(update_fields=["state"])
        line_notices.untell(waiting, by=by, at=at)
    gate.booked(service, key, at=at)
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
        holding.one_at_a_time(key, *_limited(service, contact))
        found = asking.counted(service, now=at, key=key, email=contact.email, phone=contact.phone)
        _check_how_many(found, service)
    holding.hold(service, start, counters=counters, key=key, at=at, kept_too=True)
    claim = queries.held(key, now=at)
    if claim is None:
        raise Refused(_("Somebody was faster and has just taken this time."), code="somebody-was-faster")
    demand(by, "visits.book", unit=claim.resource.unit)
    return _booked(
        key, claim.resource, service, start, contact, answers, source=Booking.Source.STAFF, by=by, at=at,
        person_id=person.pk if person else None,
    )  # fmt: skip


def _limited(service: Service, contact: Contact) -> list[str]:
    """What visits are counted by: one booking at a time for each, in an order that lets none wait for the other."""
    return [f"{service.pk}:{one}" for one in sorted(filter(None, (contact.email.lower(), contact.phone)))]


def _check_how_many(found: asking.Counted, service: Service) -> None:
    most = service.most_per_person
    if found.by_email >= most:
        raise Refused(
            _("This e-mail already has as many visits for this matter as one may have."),
            code="too-many-on-e-mail",
        )
    if found.by_phone >= most:
        raise Refused(
            _("This phone already has as many visits for this matter as one may have."),
            code="too-many-on-phone",
        )


def _check_network(found: asking.Counted, worked: bool) -> None:
    if found.from_network >= (rules.MOST_FROM_NETWORK if worked else rules.MOST_WITHOUT_WORK):
        raise Refused(
            _("Many visits were booked from your network within the last hour."), code="too-many-from-network"
        )


def _next() -> tuple[int, str]:
    """The id and the number of a new visit: its time is taken in its name before it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('visits_booking_id_seq'), nextval('case_number')")
        pk, number = cursor.fetchone()
        return pk, with_check_digit(number)


def _new(
    key: str, counter: Resource, service: Service, start: datetime, contact: Contact,
    answers: Sequence[Mapping[str, Any]], *, at: datetime, **state: Any,
) -> Booking:  # fmt: skip
    booking = Booking.objects.create(
        service=service,
        resource=counter,
        hold_key=key,
        secret=secrets.token_urlsafe(32),
        start=start,
        end=start + timedelta(minutes=service.minutes_at(counter.pk)),
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        language=contact.language,
        answers=list(answers),
        created_at=at,
        **state,
    )
    begin_chain(booking)
    return booking


def _wait_for_confirming(
    key: str, counter: Resource, service: Service, start: datetime, contact: Contact,
    answers: Sequence[Mapping[str, Any]], *, confirm_by: str, source: str, by: Actor, at: datetime, **whose: Any,
) -> Booking:  # fmt: skip
    until = rules.to_confirm_until(at, service.confirm_minutes, start)
    pk, number = _next()
    booking = _new(
        key, counter, service, start, contact, answers, at=at, pk=pk, number=number, state=Booking.State.UNCONFIRMED,
        source=source, confirm_by=confirm_by, confirm_until=until, **whose,
    )  # fmt: skip
    slots.extend(key, by=by, at=at, until=until)
    record(booking, "visit.asked_for", by=by, at=at, after=_facts(booking))
    notices.tell(notices.asking(booking), booking, by=by, at=at)
    return booking


def _booked(
    key: str, counter: Resource, service: Service, start: datetime, contact: Contact,
    answers: Sequence[Mapping[str, Any]], *, source: str, by: Actor, at: datetime, **whose: Any,
) -> Booking:  # fmt: skip
    pk, number = _next()
    taken = slots.take(key, by=by, at=at, subject_id=pk, subject=str(service))
    booking = _new(
        key, counter, service, start, contact, answers, at=at, pk=pk, number=number, claim=taken,
        state=Booking.State.CONFIRMED, source=source, confirmed_at=at, **whose,
    )  # fmt: skip
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
    booking = still_to_come(booking, at)
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
