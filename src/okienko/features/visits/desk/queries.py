from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from okienko.base.decisions import Missing
from okienko.base.numbers import from_speech
from okienko.base.time import WARSAW
from okienko.features.visits.desk.models import Ticket, WaitingRoom
from okienko.features.visits.models import Booking, Service
from okienko.features.visits.queries import COUNTER, published
from okienko.kernel.people.access import Someone, scope_of
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.models import Location
from okienko.ui.forms.cleaning import clean_text

SHOWN_CALLS = 6

State = Ticket.State


def day_of(at: datetime) -> date:
    return at.astimezone(WARSAW).date()


# --- Rooms and counters -------------------------------------------------------------------------------------


def rooms() -> QuerySet[WaitingRoom]:
    return WaitingRoom.objects.select_related("location__unit")


def room_by_key(key: str) -> WaitingRoom:
    """For kiosks and displays, where nobody is signed in."""
    found = rooms().filter(key=key, location__active=True).first()
    if found is None:
        raise Missing
    return found


def locations_set_up_by(person: Someone) -> QuerySet[Location]:
    scope = scope_of(person, "slots.change")
    locations = Location.objects.filter(active=True).select_related("waiting_room", "unit")
    return locations if scope.everywhere else locations.filter(unit_id__in=scope.units)


def counters_of(person: Someone) -> QuerySet[Resource]:
    """Counters at which this person may receive: those with a waiting room before them."""
    scope = scope_of(person, "visits.receive")
    counters = Resource.objects.filter(kind=COUNTER, active=True, location__waiting_room__isnull=False)
    counters = counters.select_related("location__waiting_room", "unit")
    return counters if scope.everywhere else counters.filter(unit_id__in=scope.units)


def counter_for(person: Someone, resource_id: int) -> Resource:
    found = counters_of(person).filter(pk=resource_id).first()
    if found is None:
        raise Missing
    return found


def services_of(room: WaitingRoom) -> list[Service]:
    """What one may come for without booking."""
    here = published().filter(counters__location=room.location, counters__active=True)
    return list(here.distinct())


# --- Who waits ----------------------------------------------------------------------------------------------


def waiting_for(resource: Resource, at: datetime) -> QuerySet[Ticket]:
    """Those whom this counter may call, in their turn."""
    return _come_for(resource, at).filter(state=State.WAITING)


def missed_at(resource: Resource, at: datetime) -> QuerySet[Ticket]:
    """Those who did not come when they were called, be it by another counter; the last called first."""
    return _come_for(resource, at).filter(state=State.GONE).order_by("-called_at", "pk")


def _come_for(resource: Resource, at: datetime) -> QuerySet[Ticket]:
    """Who has come today for what this counter handles."""
    today = Ticket.objects.filter(room__location=resource.location, day=day_of(at))
    handled = Service.objects.filter(handling__resource=resource)
    return today.filter(service__in=handled).select_related("service", "booking")


def called_to(resource: Resource) -> Ticket | None:
    """Whom the counter called last and did not end with, be it on an earlier day."""
    called = Ticket.objects.filter(resource=resource, state=State.CALLED)
    return called.select_related("service", "booking").first()


def present_at(resource: Resource, at: datetime) -> Ticket | None:
    ticket = called_to(resource)
    return ticket if ticket is not None and ticket.day == day_of(at) else None


def shown_calls(room: WaitingRoom, at: datetime) -> QuerySet[Ticket]:
    """For the display: whom counters wait for, the last called first."""
    called = Ticket.objects.filter(room=room, day=day_of(at), state=State.CALLED)
    return called.select_related("resource").order_by("-called_at")[:SHOWN_CALLS]


def number_waiting(room: WaitingRoom, at: datetime) -> int:
    return Ticket.objects.filter(room=room, day=day_of(at), state=State.WAITING).count()


def ticket_of(room: WaitingRoom, number: int, at: datetime) -> Ticket:
    found = Ticket.objects.filter(room=room, day=day_of(at), number=number)
    ticket = found.select_related("service", "booking", "resource").first()
    if ticket is None:
        raise Missing
    return ticket


def ahead_of(ticket: Ticket) -> int:
    """How many with the same matter have their turn before."""
    before = Q(turn_at__lt=ticket.turn_at) | Q(turn_at=ticket.turn_at, came_at__lt=ticket.came_at)
    waiting = Ticket.objects.filter(room=ticket.room, day=ticket.day, state=State.WAITING)
    return waiting.filter(before, service=ticket.service).count()


def booking_told(typed: str) -> Booking | None:
    """By its number, or by the link that its code holds."""
    typed = clean_text(typed).strip()
    bookings = Booking.objects.select_related("service", "resource")
    if "/w/" in typed:
        return bookings.filter(secret=typed.rpartition("/w/")[2].partition("/")[0]).first()
    return bookings.filter(number=from_speech(typed)).first()


def expected_at(resource: Resource, at: datetime) -> QuerySet[Booking]:
    """Who has booked for today at this counter and has not come yet."""
    booked = Booking.objects.filter(resource=resource, state=Booking.State.CONFIRMED, ticket__isnull=True)
    start = datetime.combine(day_of(at), datetime.min.time(), WARSAW)
    end = datetime.combine(day_of(at), datetime.max.time(), WARSAW)
    return booked.filter(start__range=(start, end)).select_related("service").order_by("start", "pk")


def served_today(resource: Resource, at: datetime) -> dict[str, int]:
    found = Ticket.objects.filter(resource=resource, day=day_of(at)).aggregate(
        done=Count("pk", filter=Q(state=State.DONE)), gone=Count("pk", filter=Q(state=State.GONE))
    )
    return {name: int(count) for name, count in found.items()}
