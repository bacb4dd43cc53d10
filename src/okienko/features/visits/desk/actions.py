from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.features.visits import holding
from okienko.features.visits.desk import queries, rules
from okienko.features.visits.desk.models import Ticket, WaitingRoom
from okienko.features.visits.models import Booking, Service
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.models import Location

State = Ticket.State


@atomic
def open_room(location: Location, *, by: Actor, at: datetime, **details: Any) -> WaitingRoom:
    demand(by, "slots.change", unit=location.unit)
    if WaitingRoom.objects.filter(location=location).exists():
        raise Refused(_("This place has a waiting room already."), code="room-there")
    room = WaitingRoom.objects.create(location=location, key=secrets.token_urlsafe(16), **details)
    record(room, "desk.opened", by=by, at=at, after=details)
    return room


@atomic
def change_room(room: WaitingRoom, *, by: Actor, at: datetime, version: int, **details: Any) -> WaitingRoom:
    """A new rule holds for those who come from now on."""
    demand(by, "slots.change", unit=room.location.unit)
    room = WaitingRoom.objects.select_for_update().select_related("location").get(pk=room.pk)
    changes.check_version(room, version)
    before = {name: getattr(room, name) for name in details}
    for name, value in details.items():
        setattr(room, name, value)
    room.version += 1
    room.save()
    record(room, "desk.changed", by=by, at=at, before=before, after=details)
    return room


@atomic
def check_in(room: WaitingRoom, booking: Booking | None, *, by: Actor, at: datetime) -> Ticket:
    """Somebody who booked has come. Coming twice is one coming."""
    booking = Booking.objects.select_for_update().filter(pk=booking.pk).first() if booking else None
    if booking is None or booking.resource.location_id != room.location_id:
        raise Refused(_("There is no visit with this number here today."), code="no-visit", field="code")
    known = Ticket.objects.select_for_update().filter(booking=booking).first()
    if known is not None:
        missed = known.state == State.GONE and known.day == queries.day_of(at)
        return _wait_again(known, by=by, at=at) if missed else known
    if queries.day_of(booking.start) != queries.day_of(at):
        said = formats.date_format(timezone.localtime(booking.start), "DATETIME_FORMAT")
        raise Refused(_("This visit is on %(day)s.") % {"day": said}, code="other-day", field="code")
    if booking.state != Booking.State.CONFIRMED:
        raise Refused(
            _("This visit was cancelled or not confirmed. Take a number without booking."),
            code="not-confirmed",
            field="code",
        )
    return _give_number(room, booking.service, booking, by=by, at=at)


@atomic
def take_number(room: WaitingRoom, service: Service, *, by: Actor, at: datetime, key: str = "") -> Ticket:
    """Asked twice under one key (a finger taps twice), it is one number."""
    if service not in queries.services_of(room):
        raise Refused(_("This matter is not handled here."), code="not-here", field="service")
    if key:
        holding.one_at_a_time(key)
        known = Ticket.objects.filter(room=room, day=queries.day_of(at), service=service, key=key).first()
        if known is not None:
            return known
    return _give_number(room, service, None, by=by, at=at, key=key)


def _give_number(
    room: WaitingRoom, service: Service, booking: Booking | None, *, by: Actor, at: datetime, key: str = ""
) -> Ticket:
    """Numbers begin anew each day; who comes at the same time waits for the row of the room."""
    room = WaitingRoom.objects.select_for_update().get(pk=room.pk)
    day = queries.day_of(at)
    room.last_number = room.last_number + 1 if room.day == day else 1
    room.day = day
    room.save(update_fields=["day", "last_number"])
    turn_at = rules.turn(
        at,
        booking.start if booking else None,
        walk_in_minutes=room.walk_in_minutes,
        late_minutes=room.late_minutes,
    )
    ticket = Ticket.objects.create(
        room=room, day=day, number=room.last_number, service=service, booking=booking, key=key,
        came_at=at, turn_at=turn_at,
    )  # fmt: skip
    record(ticket, "desk.came", by=by, at=at, after={"number": ticket.number, "matter": service.title})
    if booking is not None:
        record(booking, "desk.came", by=by, at=at, after={"number": ticket.number})
    return ticket


@atomic
def come_back(ticket_id: int, resource: Resource, *, by: Actor, at: datetime) -> Ticket:
    """Somebody whom the clerk knows by their number stands there after all, with or without a booking."""
    demand(by, "visits.receive", unit=resource.unit)
    missed = queries.missed_at(resource, at).filter(pk=ticket_id)
    ticket = missed.select_for_update(of=("self",)).first()
    if ticket is None:
        raise Refused(_("This number waits again already."), code="waits-already")
    return _wait_again(ticket, by=by, at=at)


def _wait_again(ticket: Ticket, *, by: Actor, at: datetime) -> Ticket:
    """Who missed their call and is here after all has a turn like one who comes late, under the same number."""
    room = ticket.room
    ticket.state, ticket.resource, ticket.called_at, ticket.ended_at = State.WAITING, None, None, None
    ticket.calls, ticket.came_at = 0, at
    ticket.turn_at = rules.turn(
        at, None, walk_in_minutes=room.walk_in_minutes, late_minutes=room.late_minutes
    )
    ticket.save()
    for subject in (ticket, ticket.booking):
        if subject is not None:
            record(subject, "desk.came_back", by=by, at=at, after={"number": ticket.number})
    return ticket


@atomic
def call_next(resource: Resource, *, by: Actor, at: datetime) -> Ticket:
    """Whoever has their turn; two counters that call at once never call the same."""
    waiting = queries.waiting_for(resource, at).select_for_update(of=("self",), skip_locked=True).first()
    if waiting is None:
        raise Refused(_("Nobody waits for this counter."), code="nobody-waits")
    return _call(waiting, resource, by=by, at=at)


@atomic
def call(ticket_id: int, resource: Resource, *, by: Actor, at: datetime) -> Ticket:
    """Somebody out of turn, whom the clerk has chosen."""
    waiting = queries.waiting_for(resource, at).filter(pk=ticket_id)
    ticket = waiting.select_for_update(of=("self",)).first()
    if ticket is None:
        raise Refused(_("Another counter has just called this number."), code="called-elsewhere")
    return _call(ticket, resource, by=by, at=at)


def _call(ticket: Ticket, resource: Resource, *, by: Actor, at: datetime) -> Ticket:
    """Who was at the counter until now is served."""
    demand(by, "visits.receive", unit=resource.unit)
    resource = Resource.objects.select_for_update(of=("self",)).get(pk=resource.pk)
    present = queries.called_to(resource)
    if present is not None:
        _end(present, State.DONE, "desk.done", by=by, at=at)
    ticket.state, ticket.resource, ticket.called_at, ticket.calls = State.CALLED, resource, at, 1
    ticket.save()
    record(ticket, "desk.called", by=by, at=at, after={"number": ticket.number, "counter": resource.name})
    return ticket


@atomic
def call_again(resource: Resource, *, by: Actor, at: datetime) -> Ticket:
    ticket = _present(resource, by)
    ticket.calls += 1
    ticket.save(update_fields=["calls"])
    record(ticket, "desk.called_again", by=by, at=at, after={"number": ticket.number})
    return ticket


@atomic
def finish(resource: Resource, *, by: Actor, at: datetime) -> Ticket:
    return _end(_present(resource, by), State.DONE, "desk.done", by=by, at=at)


@atomic
def mark_gone(resource: Resource, *, by: Actor, at: datetime) -> Ticket:
    return _end(_present(resource, by), State.GONE, "desk.gone", by=by, at=at)


def _present(resource: Resource, by: Actor) -> Ticket:
    demand(by, "visits.receive", unit=resource.unit)
    called = Ticket.objects.select_for_update(of=("self",)).filter(resource=resource, state=State.CALLED)
    ticket = called.first()
    if ticket is None:
        raise Refused(_("Nobody has been called to this counter."), code="nobody-called")
    return ticket


def _end(ticket: Ticket, state: State, kind: str, *, by: Actor, at: datetime) -> Ticket:
    ticket.state, ticket.ended_at = state, at
    ticket.save(update_fields=["state", "ended_at"])
    record(ticket, kind, by=by, at=at, after={"number": ticket.number})
    if ticket.booking is not None:
        record(ticket.booking, kind, by=by, at=at, after={"number": ticket.number})
    return ticket
