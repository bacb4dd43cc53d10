"""What is booked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from okienko.base.decisions import Missing
from okienko.base.numbers import from_speech
from okienko.base.numbers.phones import plain_phone
from okienko.base.time import WARSAW
from okienko.features.visits import rules
from okienko.features.visits.models import (
    Booking,
    Service,
)
from okienko.kernel.people.access import Someone, scope_of
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import called
from okienko.kernel.slots import queries as slots
from okienko.kernel.slots.models import Resource
from okienko.kernel.slots.rules import Hours
from okienko.kernel.units.naming import without_marks

SHORTEST_SEARCH = 3
MOST_ACCOUNTS = 10


def _whole() -> QuerySet[Booking]:
    return Booking.objects.select_related("service", "resource__location", "resource__unit")


def visible_to(person: Someone, permission: str = "visits.see") -> QuerySet[Booking]:
    scope = scope_of(person, permission)
    if not scope:
        return Booking.objects.none()
    return _whole() if scope.everywhere else _whole().filter(resource__unit_id__in=scope.units)


def by_number(number: str, *, visible_to_person: Someone, permission: str = "visits.see") -> Booking:
    found = visible_to(visible_to_person, permission).filter(number=number).first()
    if found is None:
        raise Missing
    return found


def own_visits(person: Person) -> QuerySet[Booking]:
    """Those that belong to somebody's account, the last first."""
    return _whole().filter(person=person).order_by("-start", "-pk")


def own_visit(person: Person, number: str) -> Booking:
    found = own_visits(person).filter(number=number).first()
    if found is None:
        raise Missing
    return found


def by_secret(secret: str, *, now: datetime) -> Booking:
    """For whoever holds the link, which works until some time after the visit."""
    found = _whole().filter(secret=secret).first()
    if found is None or found.end + rules.LINK_LIVES <= now:
        raise Missing
    return found


def by_id(booking_id: int) -> Booking:
    return _whole().get(pk=booking_id)


def by_key(key: str) -> Booking | None:
    return _whole().filter(hold_key=key).first() if key else None


def lock(booking: Booking) -> Booking:
    return _whole().select_for_update(of=("self",)).get(pk=booking.pk)


def lock_all(ids: Iterable[int]) -> list[Booking]:
    """In the order of their ids, so that none who locks many waits for another such."""
    whole = _whole().select_related("claim").select_for_update(of=("self",))
    return list(whole.filter(pk__in=list(ids)).order_by("pk"))


def of_day(person: Someone, day: date) -> QuerySet[Booking]:
    first = datetime.combine(day, time(), WARSAW)
    after = datetime.combine(day + timedelta(days=1), time(), WARSAW)
    return (
        visible_to(person)
        .filter(start__gte=first, start__lt=after, state=Booking.State.CONFIRMED)
        .order_by("resource__priority", "resource__sort_key", "resource_id", "start", "pk")
    )


def next_in(person: Someone, *, now: datetime) -> QuerySet[Booking]:
    """Who comes next to the counters of this person's units."""
    ahead = visible_to(person).filter(state=Booking.State.CONFIRMED, start__gte=now)
    return ahead.order_by("start", "resource__sort_key", "pk")


def coming_soon(*, now: datetime) -> list[Booking]:
    """Visits within the longest lead of the reminders of their service."""
    return [
        booking
        for service in Service.objects.exclude(remind_hours=[])
        for booking in service.bookings.filter(
            state=Booking.State.CONFIRMED,
            start__gt=now,
            start__lte=now + timedelta(hours=max(service.remind_hours)),
        )
        if (due := rules.reminder_due(booking.start, service.remind_hours, now)) is not None
        and (booking.reminded_due is None or booking.reminded_due < due)
    ]


def standing(bookings: QuerySet[Booking], *, now: datetime) -> QuerySet[Booking]:
    """Those ahead whose time is taken, or held until they confirm."""
    stands = Q(state=Booking.State.CONFIRMED) | Q(state=Booking.State.UNCONFIRMED, confirm_until__gt=now)
    return bookings.filter(stands, start__gt=now)


def standing_at(
    counters: Iterable[Resource], start: datetime, end: datetime, *, now: datetime
) -> QuerySet[Booking]:
    there = _whole().filter(resource__in=list(counters), start__lt=end, end__gt=start)
    return standing(there, now=now).order_by("start", "pk")


def coming(person: Someone, start: datetime, end: datetime) -> QuerySet[Booking]:
    """Whose time is taken, or held until they confirm."""
    states = (Booking.State.CONFIRMED, Booking.State.UNCONFIRMED)
    return visible_to(person).filter(start__gte=start, start__lt=end, state__in=states)


def accounts_like(words: str) -> list[Person]:
    """Residents who have an account, by name or e-mail: for whoever books on their behalf."""
    if len(words.strip()) < SHORTEST_SEARCH:
        return []
    found = Person.objects.filter(called(words), kind=Person.Kind.RESIDENT, is_active=True)
    return list(found.order_by("sort_key", "pk")[:MOST_ACCOUNTS])


def search(bookings: QuerySet[Booking], words: str) -> QuerySet[Booking]:
    """By name, e-mail, phone or number: each of the words somewhere."""
    bookings = bookings.alias(bare_name=without_marks("name"))
    for word in (plain_phone(words) or words).split():
        name = Q(name__icontains=word) | Q(bare_name__contains=word.lower())
        anywhere = name | Q(email__icontains=word) | Q(phone__icontains=word)
        if digits := from_speech(word):
            anywhere |= Q(number__startswith=digits)
        bookings = bookings.filter(anywhere)
    return bookings


def misfits(
    counters: Iterable[Resource],
    *,
    now: datetime,
    instead: Hours | None = None,
) -> list[Booking]:
    """Visits ahead that no longer lie within the hours of their counters; with `instead`, those of its days."""
    claims = slots.misfits([one.pk for one in counters], now=now, instead=instead)
    if instead is not None:
        claims = [one for one in claims if instead.applies(one.during.lower.astimezone(WARSAW).date())]
    return list(_whole().filter(claim__in=claims, start__gt=now).order_by("start", "pk"))
