from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema

from okienko.kernel.calendars import queries, rules, wire
from okienko.kernel.calendars.models import Calendar

router = Router(tags=["calendars"])

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


class StepOut(Schema):
    date: str
    counted: bool
    reason: str


class AnswerOut(Schema):
    steps: list[StepOut]
    due: str | None = None
    moved_by: float | None = None
    remaining: float | None = None
    working_seconds: float | None = None


class ProblemOut(Schema):
    type: str
    title: str
    status: int
    detail: str


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
    response={200: AnswerOut, 400: ProblemOut, 413: ProblemOut},
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


@router.get("/calendars", response=list[CalendarOut], summary="Calendars")
def list_calendars(request: HttpRequest) -> list[Calendar]:
    return list(queries.visible_to(request.user))


@router.get(
    "/calendars/{calendar_id}", response=CalendarWithExceptionsOut, summary="One calendar with its exceptions"
)
def read_calendar(request: HttpRequest, calendar_id: int) -> dict[str, Any]:
    calendar = queries.calendar_for(request.user, calendar_id)
    plain = {name: getattr(calendar, name) for name in CalendarOut.model_fields}
    exceptions = [
        {"date": row.date.isoformat(), "hours": row.hours, "note": row.note}
        for row in calendar.exceptions.all()
    ]
    return {**plain, "exceptions": exceptions}
