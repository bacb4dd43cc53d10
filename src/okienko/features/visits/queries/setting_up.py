"""How it is set up."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from okienko.base.decisions import Missing
from okienko.features.visits.models import (
    Booking,
    Category,
    ExtraField,
    HoursTemplate,
    Service,
)
from okienko.kernel.people.access import Someone
from okienko.kernel.slots import queries as slots
from okienko.kernel.slots.models import Resource
from okienko.ui.forms.cleaning import clean_text

COUNTER = "counter"


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
