from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import ValidationError

from okienko.base.decisions import Missing
from okienko.kernel.history import queries
from okienko.kernel.history.models import Entry


class BrokenOut(Schema):
    number: int
    what: str


class VerdictOut(Schema):
    entries: int
    whole: bool
    broken: list[BrokenOut]


def plain(entry: Entry) -> dict[str, Any]:
    """One entry as the API tells it."""
    return {
        "number": entry.number,
        "kind": entry.kind,
        "at": entry.at,
        "happened_at": entry.happened_at,
        "by": entry.person.name if entry.person else entry.actor,
        "channel": entry.channel,
        "before": entry.before,
        "after": entry.after,
        "note": entry.note,
        "forgotten": entry.forgotten,
        "hash": bytes(entry.hash).hex(),
    }


def version_shown(request: HttpRequest, given: int | None) -> int | None:
    """The version that the caller has seen: in the body, or in `If-Match`."""
    shown = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if given is not None or shown in ("", "*"):
        return given
    if not (shown.isascii() and shown.isdigit() and len(shown) < 10):
        raise ValidationError([{"type": "int_parsing", "loc": ("header", "If-Match")}])
    return int(shown)


def version_needed(request: HttpRequest, given: int | None) -> int:
    shown = version_shown(request, given)
    if shown is None:
        raise ValidationError([{"type": "missing", "loc": ("body", "", "version")}])
    return shown


def router(may_see: Callable[[HttpRequest], bool]) -> Router:
    """The record stands below people, so whoever assembles the API says who may see it."""
    made = Router(tags=["history"])

    @made.get(
        "/history/{slug:app}/{slug:model}/{int:subject_id}/verify",
        response=VerdictOut,
        summary="Whether the record of one thing is as it was written",
    )
    def verify_history(request: HttpRequest, app: str, model: str, subject_id: int) -> dict[str, Any]:
        """`app` and `model` name the kind of thing, such as `cases` and `case`."""
        if not may_see(request):
            raise Missing
        try:
            subject = apps.get_model(app, model)(pk=min(subject_id, 2**63 - 1))
        except (LookupError, ValueError) as error:
            raise Missing from error
        count = queries.entries_of(subject).count()
        if not count:
            raise Missing
        broken = [{"number": one.number, "what": one.what} for one in queries.verify(subject)]
        return {"entries": count, "whole": not broken, "broken": broken}

    return made
