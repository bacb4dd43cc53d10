from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet

from okienko.base.decisions import Missing
from okienko.base.numbers import from_speech
from okienko.base.time import WARSAW
from okienko.features.visits import current, rules
from okienko.features.visits.models import (
    Booking,
    Category,
    ExtraField,
    Handling,
    HoursTemplate,
    MassChange,
    MassStep,
    Service,
)
from okienko.features.visits.rush.hours import horizon
from okienko.kernel.people.access import Someone, scope_of
from okienko.kernel.people.models import Person
from okienko.kernel.slots import queries as slots
from okienko.kernel.slots.models import Claim, Resource
from okienko.kernel.slots.queries import Free
from okienko.kernel.slots.rules import Hours
from okienko.kernel.units.models import Location
from okienko.ui.forms.cleaning import clean_text

COUNTER = "counter"
SHORTEST_SEARCH = 3
MOST_ACCOUNTS = 10

# --- What can be booked -------------------------------------------------------------------------------------


def published() -> QuerySet[Service]:
    return (
        Service.objects.filter(status=Service.Status.PUBLISHED)
        .select_related("category", "release")
        .order_by("category__sort_key", "sort_key", "pk")
    )


def given_at(place_id: int) -> QuerySet[Service]:
    """What can be booked at one place."""
    there = Handling.objects.filter(
        resource__active=True, resource__location_id=place_id, resource__location__active=True,
        resource__location__open_for_visits=True,
    )  # fmt: skip
    return published().filter(pk__in=there.values("service_id"))


def offered(code: str) -> Service | None:
    return current.by_code(clean_text(code))


def counters_of(service: Service, place_id: int | None = None) -> list[Resource]:
    """Where the service is given now, the first in the order of priority first."""
    return [
        one
        for one in service.given_at
        if one.active
        and (one.location is None or (one.location.active and one.location.open_for_visits))
        and place_id in (None, one.location_id)
    ]


def counters_booked_by(person: Someone, service: Service, place_id: int | None = None) -> list[Resource]:
    scope = scope_of(person, "visits.book")
    return [one for one in counters_of(service, place_id) if scope.covers(unit_id=one.unit_id)]


def places_of(counters: Iterable[Resource]) -> list[Location]:
    places = {one.location.pk: one.location for one in counters if one.location is not None}
    return sorted(places.values(), key=lambda place: (place.sort_key, place.pk))


def free_times(
    service: Service,
    counters: Sequence[Resource],
    *,
    now: datetime,
    own_key: str = "",
    kept_too: bool = False,
    days: tuple[date, date] | None = None,
) -> list[Free]:
    """All times that can be booked now, over the whole span for which the service is open or some days of it."""
    first, last = days or horizon(service, now)
    return slots.free_times(
        [one.pk for one in counters],
        first,
        last,
        minutes=service.lengths_at(counters),
        not_before=now + timedelta(minutes=1),
        now=now,
        own_key=own_key,
        kept_too=kept_too,
    )


@dataclass(frozen=True, slots=True)
class Earliest:
    place: Location
    start: datetime | None


def earliest_by_place(
    service: Service, counters: Sequence[Resource], *, until: date, now: datetime, own_key: str = ""
) -> list[Earliest]:
    """Each place with its first free time, the soonest place first; those with nothing free last.

    Looked for in the nearest days, and further only for places that have nothing there.
    """
    where = {one.pk: one.location_id for one in counters}
    found: dict[int | None, datetime] = {}
    day, last = horizon(service, now)
    last = min(last, until)
    for span in _LOOKED_AHEAD:
        left = [one for one in counters if one.location_id not in found]
        if not left or day > last:
            break
        end = min(last, day + span)
        for one in free_times(service, left, now=now, own_key=own_key, days=(day, end)):
            for pk in one.resource_ids:
                found.setdefault(where[pk], one.start)
        day = end + timedelta(days=1)
    places = [Earliest(place, found.get(place.pk)) for place in places_of(counters)]
    return sorted(places, key=lambda one: (one.start is None, one.start, one.place.sort_key))


_LOOKED_AHEAD = (timedelta(days=2), timedelta(days=20), timedelta(days=10_000))


def nearest_to(wanted: datetime, free: Sequence[Free], count: int) -> list[Free]:
    """Those nearest to the time that somebody wanted, in the order of time."""
    near = sorted(free, key=lambda one: (abs(one.start - wanted), one.start))[:count]
    return sorted(near, key=lambda one: one.start)


def held(key: str, *, now: datetime) -> Claim | None:
    if not key:
        return None
    return (
        Claim.objects.filter(key=key, kind=Claim.Kind.HOLD, expires_at__gt=now)
        .select_related("resource__location", "resource__unit")
        .first()
    )


def offered_and_held(code: str, key: str, *, now: datetime) -> tuple[Service | None, Claim | None]:
    """The service and the time that is held for it."""
    return current.with_hold(clean_text(code), key, now=now)


# --- How it is set up ---------------------------------------------------------------------------------------


def services() -> QuerySet[Service]:
    return Service.objects.select_related("category")


def service_by_code(code: str) -> Service:
    found = services().filter(code=clean_text(code)).first()
    if found is None:
        raise Missing
    return found


def extra_field(service: Service, field_id: int) -> ExtraField:
    found = service.extra_fields.filter(pk=field_id).first()
    if found is None:
        raise Missing
    return found


def categories() -> QuerySet[Category]:
    return Category.objects.all()


def category(category_id: int) -> Category:
    found = Category.objects.filter(pk=category_id).first()
    if found is None:
        raise Missing
    return found


def templates() -> QuerySet[HoursTemplate]:
    return HoursTemplate.objects.all()


def template(template_id: int) -> HoursTemplate:
    found = HoursTemplate.objects.filter(pk=template_id).first()
    if found is None:
        raise Missing
    return found


def counters_for(person: Someone, permission: str) -> QuerySet[Resource]:
    """All counters within the reach of the permission, also those not in use."""
    return slots.visible_to(person, permission).filter(kind=COUNTER).select_related("unit", "location")


def counters_to_choose(person: Someone, service: Service | None) -> QuerySet[Resource]:
    """Those in use, and those where the service is handled already: saving must not drop one that rests."""
    handled = service.handled_at if service else {}
    return counters_for(person, "slots.see").filter(Q(active=True) | Q(pk__in=handled.keys()))


def counter_for(person: Someone, counter_id: int) -> Resource:
    found = counters_for(person, "slots.change").filter(pk=counter_id).first()
    if found is None:
        raise Missing
    return found


def services_at(counter: Resource) -> QuerySet[Service]:
    return Service.objects.filter(handling__resource=counter)


def booked_ahead(counter: Resource, *, now: datetime) -> int:
    return Booking.objects.filter(resource=counter, claim__isnull=False, start__gt=now).count()


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


# --- What is booked -----------------------------------------------------------------------------------------


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
    found = Person.objects.filter(kind=Person.Kind.RESIDENT, is_active=True)
    for word in words.split():
        found = found.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
        )
    return list(found.order_by("sort_key", "pk")[:MOST_ACCOUNTS])


def search(bookings: QuerySet[Booking], words: str) -> QuerySet[Booking]:
    """By name, e-mail, phone or number: each of the words somewhere."""
    for word in words.split():
        anywhere = Q(name__icontains=word) | Q(email__icontains=word) | Q(phone__icontains=word)
        if digits := from_speech(word):
            anywhere |= Q(number__startswith=digits)
        bookings = bookings.filter(anywhere)
    return bookings


# --- Many at once -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    waiting: int = 0
    done: int = 0
    left: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.done + self.left

    @property
    def over(self) -> int:
        return self.done + self.left

    def counted(self) -> dict[str, int]:
        return {"done": self.done, "left": self.left}


def progress_of(change: MassChange) -> Progress:
    rows = change.steps.order_by().values_list("state").annotate(number=Count("pk"))
    return Progress(**dict(rows))


def mass_changes(person: Someone) -> QuerySet[MassChange]:
    """Those that one ordered oneself; who may change all visits sees all."""
    scope, every = scope_of(person, "visits.change"), MassChange.objects.select_related("counter")
    if scope.everywhere:
        return every
    return every.filter(person=person) if scope and isinstance(person, Person) else every.none()


def mass_change(person: Someone, change_id: int) -> MassChange:
    found = mass_changes(person).filter(pk=change_id).first()
    if found is None:
        raise Missing
    return found


def left_of(change: MassChange) -> QuerySet[MassStep]:
    steps = change.steps.filter(state=MassStep.State.LEFT).select_related(
        "booking__service", "booking__resource"
    )
    return steps.order_by("booking__start", "pk")
