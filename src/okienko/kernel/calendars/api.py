from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.kernel.calendars import actions, queries, rules, wire, words
from okienko.kernel.calendars.models import Calendar
from okienko.kernel.history.api import version_needed
from okienko.kernel.people.access import actor_of, person_of, scope_of

router = Router(tags=["calendars"])

MOST_MOVES = 100

_HOURS = {
    "type": "array",
    "items": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
}
_MOMENT = {"type": "string", "format": "date-time"}
_QUESTION: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["timezone", "week", "from"],
    "oneOf": [{"required": ["rule"]}, {"required": ["until"]}],
    "properties": {
        "timezone": {"type": "string", "examples": ["Europe/Warsaw"]},
        "week": {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(rules.WEEKDAYS, _HOURS),
        },
        "statutory": {"enum": ["PL", None]},
        "exceptions": {"type": "object", "additionalProperties": _HOURS},
        "from": _MOMENT,
        "rule": {
            "type": "object",
            "additionalProperties": False,
            "properties": {kind.value: {"type": "integer", "minimum": 0} for kind in rules.Kind}
            | {"basis": {"type": "string"}},
        },
        "until": _MOMENT,
        "counts_from": {"enum": [choice.value for choice in rules.CountsFrom]},
        "stops": {
            "type": "array",
            "items": {
                "type": "array",
                "minItems": 2,
                "maxItems": 2,
                "items": {"oneOf": [_MOMENT, {"type": "null"}]},
            },
        },
    },
}


class CountedDayOut(Schema):
    date: str
    counted: bool
    reason: str


class AnswerOut(Schema):
    steps: list[CountedDayOut]
    due: str | None = None
    moved_by: float | None = None
    remaining: float | None = None
    working_seconds: float | None = None


class ExceptionOut(Schema):
    date: str
    hours: list[list[str]]
    note: str


class CalendarOut(Schema):
    id: int
    code: str
    name: str
    unit_id: int | None
    timezone: str
    week: dict[str, list[list[str]]]
    statutory: bool
    version: int


class CalendarWithExceptionsOut(CalendarOut):
    exceptions: list[ExceptionOut]


@router.post(
    "/deadlines/preview",
    response=AnswerOut,
    summary="When something is due, and why then",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _QUESTION}}}},
)
def preview_deadline(request: HttpRequest) -> HttpResponse:
    """The question and the answer are those of `okienko deadline`; nothing is kept."""
    try:
        return JsonResponse(wire.answer(wire.read(request.body)))
    except RequestDataTooBig:
        return _problem(413, "too-big", "The question is too big", "The question is too big.")
    except wire.WrongQuestion as wrong:
        return _problem(400, wrong.code, "The question cannot be answered", str(wrong))


def _problem(status: int, code: str, title: str, detail: str) -> HttpResponse:
    body = {"type": f"urn:okienko:problem:{code}", "title": title, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")


class Given(Schema):
    model_config = ConfigDict(extra="forbid")


Hours = list[list[str]]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class ExceptionIn(Given):
    date: dt.date
    hours: Hours = Field(default_factory=list, description="None: closed.")
    note: Annotated[str, Field(max_length=200)] = ""


class HoursIn(Given):
    week: dict[str, Hours] | None = None
    statutory: bool | None = None
    exceptions: Annotated[list[ExceptionIn], Field(max_length=2000)] | None = None


class CalendarIn(HoursIn):
    code: Annotated[str, Field(max_length=40, pattern=r"^[-a-zA-Z0-9_]+$")]
    name: Text
    unit_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    timezone: Annotated[str, Field(max_length=60)] = "Europe/Warsaw"


class ChangeIn(HoursIn):
    name: Text | None = None
    timezone: Annotated[str, Field(max_length=60)] | None = None
    running: Literal["keep", "recompute"] = Field(description="What becomes of deadlines that run.")
    note: Annotated[str, Field(max_length=500)] = ""
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class ProposedIn(HoursIn):
    timezone: Annotated[str, Field(max_length=60)] | None = None


class MoveOut(Schema):
    subject_type: str
    subject_id: int
    code: str
    before: dt.datetime | None
    after: dt.datetime | None


class MovesOut(Schema):
    open: int
    moved: int
    moves: list[MoveOut] = Field(description=f"At most {MOST_MOVES} of them.")


class ChangedOut(CalendarWithExceptionsOut):
    moved: int


@router.get("/calendars", response=list[CalendarOut], summary="Calendars")
def list_calendars(request: HttpRequest) -> list[Calendar]:
    return list(queries.visible_to(request.user))


@router.get(
    "/calendars/{calendar_id}", response=CalendarWithExceptionsOut, summary="One calendar with its exceptions"
)
def read_calendar(request: HttpRequest, response: HttpResponse, calendar_id: int) -> dict[str, Any]:
    return _whole(response, queries.calendar_for(request.user, min(calendar_id, 2**63 - 1)))


def _whole(response: HttpResponse, calendar: Calendar) -> dict[str, Any]:
    response["ETag"] = f'"{calendar.version}"'
    plain = {name: getattr(calendar, name) for name in CalendarOut.model_fields}
    exceptions = [
        {"date": row.date.isoformat(), "hours": row.hours, "note": row.note}
        for row in calendar.exceptions.all()
    ]
    return {**plain, "exceptions": exceptions}


@router.post("/calendars", response={201: CalendarWithExceptionsOut}, summary="Add a calendar")
def add_calendar(request: HttpRequest, response: HttpResponse, given: CalendarIn) -> dict[str, Any]:
    """Without a unit it is one of the whole office."""
    person, unit = person_of(request), None
    scope = scope_of(person, "calendars.change")
    if not scope:
        raise Missing
    if given.unit_id is not None:
        unit = queries.units_with_own(person).filter(pk=given.unit_id).first()
    if unit is None and (given.unit_id is not None or not scope.everywhere):
        raise Refused(_("There is no such unit."), code="no-such-unit", field="unit_id")
    made = actions.create_calendar(
        by=actor_of(request),
        at=now(),
        code=given.code,
        name=given.name,
        unit=unit,
        timezone=given.timezone,
        week=given.week or {},
        statutory=given.statutory is not False,
        own_days=_own_days(given.exceptions),
    )
    return _whole(response, made)


@router.patch("/calendars/{calendar_id}", response=ChangedOut, summary="Give a calendar new hours")
def change_calendar(
    request: HttpRequest, response: HttpResponse, calendar_id: int, given: ChangeIn
) -> dict[str, Any]:
    """What is left out stays as it is; exceptions that are given replace all that there were."""
    changed = _changeable(request, calendar_id)
    moves = actions.change_calendar(
        changed,
        by=actor_of(request),
        at=now(),
        version=version_needed(request, given.version),
        own_days=_own_days(given.exceptions),
        **given.model_dump(include={"running", "name", "timezone", "week", "statutory", "note"}),
    )
    changed.refresh_from_db()
    return {**_whole(response, changed), "moved": len(moves)}


@router.post(
    "/calendars/{calendar_id}/preview",
    response=MovesOut,
    summary="What new hours would move, before they are set",
)
def preview_calendar(request: HttpRequest, calendar_id: int, given: ProposedIn) -> dict[str, Any]:
    changed = _changeable(request, calendar_id)
    found = queries.what_would_move(
        changed,
        actions.proposed(
            changed,
            timezone=given.timezone,
            week=given.week,
            statutory=given.statutory,
            own_days=_own_days(given.exceptions),
        ),
    )
    moves = [
        {"subject_type": move.subject_type, "subject_id": move.subject_id, "code": move.code,
         "before": move.before, "after": move.after}
        for move in found.moves[:MOST_MOVES]
    ]  # fmt: skip
    return {"open": len(found.clock_ids), "moved": len(found.moves), "moves": moves}


def _changeable(request: HttpRequest, calendar_id: int) -> Calendar:
    found = queries.changeable_by(person_of(request)).filter(pk=min(calendar_id, 2**63 - 1)).first()
    if found is None:
        raise Missing
    return found


def _own_days(given: Sequence[ExceptionIn] | None) -> dict[dt.date, queries.OwnDay] | None:
    if given is None:
        return None
    try:
        return {
            day.date: queries.OwnDay(rules.parse_hours(day.hours, "exceptions"), day.note) for day in given
        }
    except rules.WrongQuestion as wrong:
        raise Refused(words.wrong(wrong), code=wrong.code, field="exceptions") from wrong
