"""Everything that goes wrong in the API has one shape: RFC 9457, with a code for programs, and one entry for each
input that is wrong. The words are in the reader's language."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from okienko.base.decisions import Missing, Refused, Stale
from okienko.site import failures
from okienko.site.api.limits import Allowance

CONTENT_TYPE = "application/problem+json"
PREFIX = "/api/"

log = logging.getLogger(__name__)


class TooMany(Exception):
    def __init__(self, allowance: Allowance) -> None:
        super().__init__("too many requests")
        self.allowance = allowance


def titles() -> dict[int, str]:
    return {
        400: _("The request cannot be read"),
        401: _("A valid token is needed"),
        404: _("There is no such thing"),
        405: _("This cannot be done at this address"),
        409: _("The rules do not allow this now"),
        413: _("The request is too big"),
        415: _("This type of content is not taken"),
        422: _("Something in the request is wrong"),
        429: _("Too many requests"),
        500: _("Something went wrong on our side"),
        503: _("We cannot answer just now"),
    }


def problem(
    status: int,
    code: str,
    detail: Any = "",
    *,
    errors: Iterable[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    title = titles().get(status) or HTTPStatus(status).phrase
    body = {
        "type": f"urn:okienko:problem:{code}",
        "title": title,
        "status": status,
        "detail": str(detail) or title,
        "code": code,
        "errors": list(errors),
        **more,
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)


def handle_in(api: NinjaAPI) -> None:
    """Teach the API what each exception is to its callers."""
    answers: tuple[tuple[type[Exception], Any], ...] = (
        (Missing, _missing),
        (Http404, _missing),
        (Refused, _refused),
        (Stale, _stale),
        (ValidationError, _invalid),
        (AuthenticationError, _unknown),
        (TooMany, _too_many),
        (HttpError, _http_error),
        (RequestDataTooBig, _too_big),
        (SuspiciousOperation, _unreadable),
        (MultiPartParserError, _unreadable),
        (UnicodeError, _unreadable),
        (Exception, _fault),
    )
    for kind, answer in answers:
        api.add_exception_handler(kind, answer)


def _missing(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(404, "missing")


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    if error.field is None:
        return problem(409, error.code, error.reason)
    entry = {"field": error.field, "code": error.code, "detail": str(error.reason)}
    return problem(422, error.code, error.reason, errors=[entry])


def _stale(request: HttpRequest, error: Stale) -> HttpResponse:
    return problem(409, error.code, error.reason, version=getattr(error.current, "version", None))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(422, "wrong-input", errors=[_entry(one) for one in error.errors])


def _entry(error: Mapping[str, Any]) -> dict[str, str]:
    kind = str(error.get("type", "wrong"))
    place = error.get("loc", ())
    # The first is where it stood (path, query, body), the second of a body the name of our own parameter.
    skipped = 2 if place and place[0] in ("body", "form", "file") and len(place) > 2 else 1
    field = ".".join(str(step) for step in place[skipped:])
    # What a check of ours says is in the reader's words already.
    ours = error.get("ctx", {}) if kind == "value_error" else {}
    said = error.get("words") or ours.get("error") or _words(kind)
    return {"field": field, "code": kind.replace("_", "-"), "detail": str(said)}


def _words(kind: str) -> str:
    said = {
        "missing": _("Fill this in."),
        "extra_forbidden": _("There is no such field."),
        "string_too_long": _("This is too long."),
        "string_too_short": _("This is too short."),
        "string_pattern_mismatch": _("This is not written as it should be."),
        "too_long": _("There are too many of them."),
        "too_short": _("There are too few of them."),
        "enum": _("Choose one of those that there are."),
        "literal_error": _("Choose one of those that there are."),
    }
    if kind in said:
        return said[kind]
    for beginning, words in (
        ("int", _("Give a whole number.")),
        ("float", _("Give a number.")),
        ("greater_than", _("This number is too small.")),
        ("less_than", _("This number is too big.")),
        ("bool", _("Give true or false.")),
        ("datetime", _("Give a time with its offset, such as 2026-11-20T09:00:00+01:00.")),
        ("timezone", _("Give a time with its offset, such as 2026-11-20T09:00:00+01:00.")),
        ("date", _("Give a date, such as 2026-11-20.")),
        ("string", _("Give a text.")),
        ("list", _("Give a list.")),
    ):
        if kind.startswith(beginning):
            return words
    return _("This cannot be used here.")


def _unknown(request: HttpRequest, error: Exception) -> HttpResponse:
    detail = _("Send a token that is still valid in the header Authorization: Bearer …")
    return problem(401, "not-authenticated", detail, headers={"WWW-Authenticate": 'Bearer realm="okienko"'})


def _too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    detail = _("Ask again in %(seconds)d s.") % {"seconds": error.allowance.seconds_left}
    return problem(429, "too-many-requests", detail, headers=error.allowance.headers())


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, HTTPStatus(error.status_code).phrase.lower().replace(" ", "-"))


def _too_big(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(413, "too-big")


def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(400, "unreadable")


def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("an answer of the API failed", exc_info=error)
    if failures.database_is_away(error):
        return problem(503, "unavailable", headers={"Retry-After": str(failures.RETRY_SECONDS)})
    return problem(500, "fault", _("It has been written down; please try again later."))


def one_shape(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what answers for the API before or beside it (no such address, wrong method) has its shape too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        # The database holds no text with NUL: nothing can be found by it.
        if "\x00" in request.path_info:
            response: HttpResponse = problem(404, "missing")
        elif "%00" in request.META.get("QUERY_STRING", ""):
            response = problem(400, "unreadable")
        else:
            response = get_response(request)
        if response.status_code >= 400:
            response = _shaped(response)
        allowance = getattr(request, "allowance", None)
        if isinstance(allowance, Allowance):
            for name, value in allowance.headers().items():
                response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def _shaped(response: HttpResponse) -> HttpResponse:
    told: dict[str, Any] = {}
    if response.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
        told = json.loads(response.content)
        if {"code", "errors"} <= told.keys():
            return response
    code = str(told.get("type", "")).rpartition(":")[2] or {
        404: "missing",
        405: "wrong-method",
        503: "unavailable",
    }.get(response.status_code, "refused")
    shaped = problem(response.status_code, code, told.get("detail", ""))
    for name in ("Allow", "Retry-After", "X-Request-Id"):
        if name in response.headers:
            shaped.headers[name] = response.headers[name]
    return shaped
