"""The list of booked visits."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from okienko.base.time import WARSAW
from okienko.features.visits import queries
from okienko.features.visits.models import Booking, Service
from okienko.kernel.people.access import Someone
from okienko.kernel.slots.models import Resource
from okienko.ui.lists import Column, Dates, Definition, Filter, ListRequest
from okienko.ui.templatetags.ui import badge

BADGES = {"confirmed": "good", "unconfirmed": "warning"}


def _state(booking: Booking, value: Any) -> str:
    return badge(booking.get_state_display(), BADGES.get(booking.state, "neutral"))


COLUMNS = (
    Column("number", _("Number"), "spoken_number", fixed=True),
    Column("start", _("Time"), "start", sort="start"),
    Column("matter", _("Matter"), "service.title"),
    Column("counter", _("Counter"), "resource.name"),
    Column("place", _("Place"), "resource.location.name", default=False),
    Column("name", _("First and last name"), "name", sort="name"),
    Column("state", _("State"), "state", show=_state),
    Column("email", _("E-mail"), "email", default=False),
    Column("phone", _("Phone"), "phone", default=False),
    Column("source", _("Booked by"), "get_source_display", default=False),
    Column("site", _("Site"), "site", default=False),
    Column("created", _("Booked"), "created_at", sort="created_at", default=False),
)


def definition(person: Someone) -> Definition:
    seen = queries.visible_to(person).order_by()
    matters = Service.objects.filter(pk__in=seen.values("service_id"))
    counters = list(Resource.objects.filter(pk__in=seen.values("resource_id")).select_related("location"))
    return Definition(
        columns=COLUMNS,
        filters=(
            Filter("day", _("Day"), "dates"),
            Filter("matter", _("Matter"), choices=tuple(matters.values_list("code", "title"))),
            Filter(
                "place",
                _("Place"),
                choices=tuple((str(one.pk), one.name) for one in queries.places_of(counters)),
            ),
            Filter("counter", _("Counter"), choices=tuple((str(one.pk), one.name) for one in counters)),
            Filter("state", _("State"), choices=tuple(Booking.State.choices)),
            Filter("source", _("Booked by"), choices=tuple(Booking.Source.choices)),
        ),
        sort="start",
    )


def tabs(asked: ListRequest, today: date) -> list[dict[str, Any]]:
    """What comes, the nearest first; and what is past, the last first."""
    yesterday = (today - timedelta(days=1)).isoformat()
    days, ahead = asked.filters.get("day"), {"day_from": "", "day_to": "", "sort": ""}
    past = {"day_from": "", "day_to": yesterday, "sort": "-start"}
    return [
        {"name": _("From today on"), "url": asked.address(**ahead), "current": days is None},
        {
            "name": _("Past"),
            "url": asked.address(**past),
            "current": days is not None and days.last is not None and days.last < today,
        },
    ]


def rows(asked: ListRequest, person: Someone, *, today: date) -> QuerySet[Booking]:
    """From today on, unless the address says other days."""
    found, given = queries.visible_to(person), asked.filters
    if "matter" in given:
        found = found.filter(service__code=given["matter"])
    if "place" in given:
        found = found.filter(resource__location_id=int(given["place"]))
    if "counter" in given:
        found = found.filter(resource_id=int(given["counter"]))
    if "state" in given:
        found = found.filter(state=given["state"])
    if "source" in given:
        found = found.filter(source=given["source"])
    days = given.get("day", Dates(first=today))
    if days.first:
        found = found.filter(start__gte=datetime.combine(days.first, time(), WARSAW))
    if days.last:
        found = found.filter(start__lt=datetime.combine(days.last + timedelta(days=1), time(), WARSAW))
    return queries.search(found, asked.search) if asked.search else found
