"""The list of those who wait for an earlier time.

A time that is offered is held in the table of all times, so that nobody else gets it; when the hold ends by its time,
it is free like any other and goes to the next in the line.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.jobs import defer
from okienko.base.time import WARSAW
from okienko.features.visits import freeing, holding, line, line_notices, queries, rules
from okienko.features.visits.actions.booking import Contact, move_to_held
from okienko.features.visits.models import Booking, Service, Waiting
from okienko.features.visits.rush import gate
from okienko.kernel.consents import actions as consents
from okienko.kernel.consents.models import ConsentText
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots.queries import Free
from okienko.kernel.units.models import Location


@atomic
def leave_word(
    service: Service,
    *,
    by: Actor,
    at: datetime,
    contact: Contact,
    last_day: date,
    places: Iterable[Location] = (),
    booking: Booking | None = None,
    accepted: Sequence[ConsentText] = (),
    network: str = "",
) -> Waiting:
    """`booking`: the visit that is moved when an earlier time is found; `places`: none means any."""
    if last_day < at.astimezone(WARSAW).date():
        raise Refused(_("This day has passed."), code="day-passed", field="last_day")
    _check_once(service, contact)
    if network and line.words_left_from(network, now=at) >= rules.MOST_WITHOUT_WORK:
        raise Refused(
            _("Many visits were booked from your network within the last hour."), code="too-many-from-network"
        )
    waiting = Waiting.objects.create(
        service=service, last_day=last_day, booking=booking, name=contact.name, email=contact.email.lower(),
        phone=contact.phone, language=contact.language, secret=secrets.token_urlsafe(32), network=network,
        created_at=at, turn_at=at,
    )  # fmt: skip
    waiting.places.set(places)
    counters = queries.counters_of(service)
    if line.suiting(waiting, queries.free_times(service, counters, now=at), counters, sent=at):
        raise Refused(
            _("There are free times until this day. Choose one of them now."),
            code="free-now",
            field="last_day",
        )
    record(waiting, "visit_waiting.joined", by=by, at=at, after={"matter": service.title, "until": last_day})
    consents.record_given(accepted, by=by, at=at, subject=waiting, contact=contact.email or contact.phone)
    line_notices.tell(line_notices.WAITING, waiting, by=by, at=at)
    return waiting


def _check_once(service: Service, contact: Contact) -> None:
    for kind, address in (("email", contact.email.lower()), ("phone", contact.phone)):
        if not address:
            continue
        holding.one_at_a_time(f"waiting:{service.pk}:{address}")
        if service.waiting.filter(state=Waiting.State.WAITING, **{kind: address}).exists():
            raise Refused(_("You are on the list for this matter already."), code="waits-already", field=kind)


@atomic
def offer_next(service: Service, *, by: Actor, at: datetime) -> Waiting | None:
    """Hold the first time that suits somebody for the first whom it suits, and write to them.

    Whoever does the same for this service at the same moment waits, and then sees what was given here.
    """
    holding.one_at_a_time(f"waiting:{service.pk}")
    those = list(line.in_line(service, now=at).select_for_update(of=("self",)))
    if not those or queries.offered(service.code) is None:
        return None
    counters = queries.counters_of(service)
    open_to_all = gate.without_turn(service, at=at)
    free = [
        one
        for one in queries.free_times(service, counters, now=at)
        if one.start.astimezone(WARSAW).date() <= open_to_all
    ]
    for waiting in those:
        for time in line.suiting(waiting, free, counters, sent=rules.not_at_night(at)):
            if _offer(waiting, time, by=by, at=at):
                return waiting
    return None


def _offer(waiting: Waiting, time: Free, *, by: Actor, at: datetime) -> bool:
    """Held at once, also at night; told of in the morning, and kept for as long as by day from then on."""
    service, key, sent = waiting.service, holding.new_key(), rules.not_at_night(at)
    until = sent + timedelta(minutes=service.offer_minutes)
    counters = [one for one in queries.counters_of(service) if one.pk in time.resource_ids]
    try:
        with transaction.atomic():
            held = holding.hold(service, time.start, counters=counters, key=key, at=at, until=until)
    except Refused:
        return False
    waiting.state, waiting.key, waiting.start = Waiting.State.OFFERED, key, time.start
    waiting.resource = next(one for one in counters if one.pk == held.resource_id)
    waiting.offered_until = held.until
    waiting.save(update_fields=["state", "key", "start", "resource", "offered_until"])
    record(waiting, "visit_waiting.offered", by=by, at=at, after={"start": time.start, "until": held.until})
    line_notices.tell(line_notices.OFFERED, waiting, by=by, at=at, not_before=sent)
    defer(freeing.JOB, at=held.until + timedelta(seconds=1), service_id=service.pk)
    return True


@atomic
def take_offer(waiting: Waiting, *, by: Actor, at: datetime) -> Booking:
    """The visit that one has goes to the time that is held; its own time is free for the next."""
    waiting = line.lock(waiting)
    if waiting.state_at(at) != rules.Waits.OFFERED or waiting.booking is None or waiting.start is None:
        raise Refused(_("The time for this offer is over."), code="offer-over")
    booking = move_to_held(waiting.booking, waiting.start, waiting.key, by=by, at=at)
    waiting.state = Waiting.State.DONE
    waiting.save(update_fields=["state"])
    line_notices.untell(waiting, by=by, at=at)
    record(waiting, "visit_waiting.taken", by=by, at=at, after={"start": booking.start})
    return booking


@atomic
def leave_line(waiting: Waiting, *, by: Actor, at: datetime) -> Waiting:
    """What is held for them goes to the next at once."""
    waiting = line.lock(waiting)
    if waiting.state in (Waiting.State.DONE, Waiting.State.LEFT):
        return waiting
    claim = queries.held(waiting.key, now=at)
    waiting.state = Waiting.State.LEFT
    waiting.save(update_fields=["state"])
    line_notices.untell(waiting, by=by, at=at)
    record(waiting, "visit_waiting.left", by=by, at=at)
    if claim is not None and queries.by_key(waiting.key) is None:
        slots.release(claim, by=by, at=at)
        freeing.time_is_free([claim.resource_id])
    return waiting


@atomic
def wait_again(waiting: Waiting, *, by: Actor, at: datetime) -> Waiting:
    """Whoever let an offer pass stands at the end of the line, if they want to."""
    waiting = line.lock(waiting)
    if waiting.state_at(at) != rules.Waits.PASSED:
        raise Refused(_("There is no offer here that was let pass."), code="not-passed")
    _check_once(waiting.service, Contact(waiting.name, waiting.email, waiting.phone))
    waiting.state, waiting.turn_at = Waiting.State.WAITING, at
    waiting.save(update_fields=["state", "turn_at"])
    record(waiting, "visit_waiting.again", by=by, at=at)
    freeing.time_is_free([waiting.resource_id] if waiting.resource_id else [])
    return waiting
