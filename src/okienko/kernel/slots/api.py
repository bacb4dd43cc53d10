from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import ConfigDict, Field

from okienko.base import time
from okienko.base.decisions import Missing, Refused
from okienko.kernel.people.access import actor_of
from okienko.kernel.slots import actions, queries
from okienko.kernel.slots.models import MOST_PLACES, ReceptionHours, Resource

router = Router(tags=["slots"])

MOST_RESOURCES = 50
MOST_DAYS = 62
LARGEST_ID = 2**63 - 1
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)

Clock = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Interval = Annotated[list[Clock], Field(min_length=2, max_length=2)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]


class ResourceOut(Schema):
    id: int
    kind: str
    name: str
    unit_id: int
    location_id: int | None
    priority: int
    active: bool
    version: int


class HoursOut(Schema):
    first: date | None
    last: date | None
    week: dict[str, list[list[str]]]
    step: int
    pause: int
    places: int
    kept_back: int


class ResourceWithHoursOut(ResourceOut):
    hours: list[HoursOut]


class FreeOut(Schema):
    start: datetime
    resource_ids: list[int]
    places: int


class HoursIn(Schema):
    model_config = ConfigDict(extra="forbid")

    first: Day
    last: Day | None = None
    week: Annotated[dict[str, Annotated[list[Interval], Field(max_length=20)]], Field(max_length=7)]
    step: Annotated[int, Field(ge=1, le=1440)]
    pause: Annotated[int, Field(ge=0, le=480)] = 0
    places: Annotated[int, Field(ge=1, le=MOST_PLACES)] = 1
    kept_back: Annotated[
        int, Field(ge=0, le=100, description="Percent of the times not offered on the web.")
    ] = 0


class MisfitOut(Schema):
    id: int
    start: datetime
    end: datetime
    place: int


@router.get("/resources", response=list[ResourceOut], summary="Counters, rooms, people whose time is given")
def list_resources(request: HttpRequest) -> list[Resource]:
    return list(queries.visible_to(request.user))


@router.get(
    "/resources/{int:resource_id}", response=ResourceWithHoursOut, summary="One resource with its hours"
)
def read_resource(request: HttpRequest, resource_id: int) -> dict[str, Any]:
    return _with_hours(_resource(request, resource_id))


@router.post(
    "/resources/{int:resource_id}/hours",
    response=list[MisfitOut],
    summary="Lay hours over a range of days; tells which visits no longer fit",
)
def set_hours(request: HttpRequest, resource_id: int, given: HoursIn) -> list[dict[str, Any]]:
    resource = _resource(request, resource_id)
    misfits = actions.set_hours(
        resource,
        by=actor_of(request),
        at=time.now(),
        **given.model_dump(),
    )
    return [
        {"id": claim.pk, "start": claim.during.lower, "end": claim.during.upper, "place": claim.place}
        for claim in misfits
    ]


@router.get("/free-times", response=list[FreeOut], summary="When a visit may begin, and where")
def list_free_times(
    request: HttpRequest,
    resource: Annotated[
        list[int],
        Query(..., max_length=MOST_RESOURCES, description="Ids, the first in the order of priority first."),
    ],
    first: Annotated[Day, Query(...)],
    last: Annotated[Day, Query(...)],
    minutes: Annotated[int, Query(..., ge=1, le=1440, description="How long the visit is.")],
) -> list[dict[str, Any]]:
    if not first <= last <= first + timedelta(days=MOST_DAYS):
        words = _("Ask for at most %(days)d days, the first before the last.")
        raise Refused(words % {"days": MOST_DAYS}, code="days-out-of-range", field="last")
    seen = set(queries.visible_to(request.user).filter(pk__in=resource).values_list("pk", flat=True))
    if seen != set(resource):
        raise Missing
    at = time.now()
    free = queries.free_times(
        list(dict.fromkeys(resource)), first, last, minutes=minutes, not_before=at, now=at, kept_too=True
    )
    return [
        {"start": one.start, "resource_ids": list(one.resource_ids), "places": one.places} for one in free
    ]


def _resource(request: HttpRequest, resource_id: int) -> Resource:
    found = queries.visible_to(request.user).filter(pk=min(resource_id, LARGEST_ID)).first()
    if found is None:
        raise Missing
    return found


def _with_hours(resource: Resource) -> dict[str, Any]:
    plain = {name: getattr(resource, name) for name in ResourceOut.model_fields}
    return {**plain, "hours": [_plain(row) for row in resource.hours.order_by("dates")]}


def _plain(row: ReceptionHours) -> dict[str, Any]:
    return {
        "first": row.dates.lower,
        "last": row.last,
        "week": row.week,
        "step": row.step,
        "pause": row.pause,
        "places": row.places,
        "kept_back": row.kept_back,
    }
