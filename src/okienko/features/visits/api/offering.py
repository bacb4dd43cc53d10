"""What visits can be booked for, where and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router
from ninja.params.functions import Query

from okienko.base import time
from okienko.base.decisions import Missing, Refused
from okienko.base.time import WARSAW
from okienko.features.visits import (
    queries,
)
from okienko.features.visits.forms.booking import BookingForm
from okienko.features.visits.models import Service
from okienko.features.visits.wire import (
    LARGEST_ID,
    PlaceOut,
    ServiceOut,
    SlotOut,
)
from okienko.kernel.people.access import may
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.models import Location

router = Router(tags=["visits"])

AskedPlace = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


@router.get("/visits/services", response=list[ServiceOut], summary="What visits can be booked for")
def list_visit_services(request: HttpRequest) -> list[dict[str, Any]]:
    now = time.now()
    return [_plain_service(service, now) for service in queries.published().prefetch_related("extra_fields")]


def _plain_service(service: Service, now: datetime) -> dict[str, Any]:
    form, language = BookingForm(service=service, at=now), get_language() or "pl"
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
                "label": one.label_in(language),
                "kind": one.kind,
                "required": one.required,
                "help": one.help_in(language),
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
        return queries.places_of(queries.counters_of(service_of(service)))
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
    asked = service_of(service)
    counters = counters_at(asked, location)
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


def service_of(code: str) -> Service:
    found = queries.offered(code) if code.isprintable() else None
    if found is None:
        raise Missing
    return found


def counters_at(service: Service, location: int | None) -> list[Resource]:
    found = queries.counters_of(service, location)
    if location is not None and not found:
        raise Missing
    return found


def still_offered(code: str) -> Service:
    try:
        return service_of(code)
    except Missing:
        words = _("Visits for this matter cannot be booked any more.")
        raise Refused(words, code="service-gone") from None


def is_trusted(request: HttpRequest) -> bool:
    return may(request.user, "visits.book")
