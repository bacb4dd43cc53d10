"""Logs as lines of JSON on the error output, without anything about a person; the same for error reports.

What a person typed, their addresses, numbers and keys reach a log through paths, query strings and the
messages of exceptions. So requests are logged by the name of their route, and every text passes `scrub`.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from sentry_sdk.types import Breadcrumb, Event, Hint

request_number: ContextVar[str] = ContextVar("request_number", default="")


def _hidden_key(found: re.Match[str]) -> str:
    letters = found[0].strip("0123456789_-")
    return "[key]" if letters and any(letter.isdigit() for letter in found[0]) else found[0]


# Whoever asks may put as much as they like into a header that an exception repeats: no pattern may look at a letter
# once for each of those before it.
_HIDDEN: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # PostgreSQL repeats the values of the row that it refuses.
    (re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE), r"\1: [hidden]"),
    (re.compile(r"(?i)\b(bearer|basic|token|password|haslo|secret|key)([ =:]+)\S+"), r"\1\2[hidden]"),
    (re.compile(r"(?<=://)[^/\s@]+@"), "[hidden]@"),
    (re.compile(r"(?<![^\s<>@\"'(])[^\s<>@\"'(]+@[^\s<>@\"')]+\.[^\s<>@\"')]+"), "[e-mail]"),
    (re.compile(r"(?<=\S)\?[^\s\"']+"), "?[hidden]"),
    (re.compile(r"\+?\d(?:[ -]?\d){6,}"), "[number]"),
    (re.compile(r"[A-Za-z0-9_-]{20,}"), _hidden_key),
)

_KEPT_EXTRAS = ("route", "method", "status", "milliseconds", "job", "task", "queue")


def scrub(text: str) -> str:
    for pattern, replacement in _HIDDEN:
        text = pattern.sub(replacement, text)
    return text


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._message(record),
        }
        if number := request_number.get():
            entry["request"] = number
        entry |= {name: record.__dict__[name] for name in _KEPT_EXTRAS if name in record.__dict__}
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = _error(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False, default=lambda thing: type(thing).__name__)

    def _message(self, record: logging.LogRecord) -> str:
        # Django's own messages about requests ("Not Found: /path") end with the path.
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple) and record.args:
            record.args = (*record.args[:-1], route_of(request))
        return scrub(record.getMessage())


def _error(error: BaseException) -> dict[str, Any]:
    frames = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    described: dict[str, Any] = {"type": type(error).__qualname__, "message": scrub(str(error)), "at": frames}
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        described["because"] = _error(cause)
    return described


def configuration(level: str = "INFO") -> dict[str, Any]:
    """For Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "okienko.site.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "okienko": {"level": level},
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # Every request has its own line already (okienko.requests).
            "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
            "procrastinate": {"level": "WARNING"},
        },
    }


# --- Requests -----------------------------------------------------------------------------------------------

Respond = Callable[["HttpRequest"], "HttpResponse"]

_requests = logging.getLogger("okienko.requests")


def record_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Gives the request its number, in the answer and in every line of the log, and counts it."""
    import secrets

    from okienko.site import metrics

    def middleware(request: HttpRequest) -> HttpResponse:
        number = secrets.token_hex(8)
        request.number = number  # type: ignore[attr-defined]
        token = request_number.set(number)
        began = time.perf_counter()
        try:
            response = get_response(request)
            response.headers["X-Request-Id"] = number
            seconds = time.perf_counter() - began
            route = route_of(request)
            metrics.observe(route, request.method or "", response.status_code, seconds)
            _requests.info(
                "answered",
                extra={
                    "route": route,
                    "method": request.method,
                    "status": response.status_code,
                    "milliseconds": round(seconds * 1000, 1),
                },
            )
            return response
        finally:
            request_number.reset(token)

    return middleware


def route_of(request: HttpRequest) -> str:
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "unknown"
    return str(match.view_name or match.route)


# --- Error reports ------------------------------------------------------------------------------------------


def report_errors(address: str, *, environment: str, release: str) -> None:
    """To a server that speaks Sentry's protocol, where one is configured; personal data stay here."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=address,
        environment=environment,
        release=release,
        data_collection={
            "user_info": False,
            "http_bodies": [],
            "stack_frame_variables": False,
            "database_query_data": False,
            "queues": False,
        },
        max_breadcrumbs=20,
        before_send=_scrubbed_event,
        before_breadcrumb=_scrubbed_breadcrumb,
    )


# Written by the protocol itself; they look like keys and are none.
_IDENTIFIERS = {
    "event_id",
    "trace_id",
    "span_id",
    "parent_span_id",
    "timestamp",
    "release",
    "contexts",
    "sdk",
    "modules",
}


def _scrubbed_event(event: Event, hint: Hint) -> Event:
    kept: dict[str, Any] = dict(event)
    request = kept.pop("request", None) or {}
    if request.get("method"):
        kept["request"] = {"method": request["method"]}
    for private in ("user", "extra", "server_name"):
        kept.pop(private, None)
    kept["tags"] = dict(kept.get("tags") or {}) | {"request": request_number.get()}
    clean: Event = _scrubbed(kept)
    return clean


def _scrubbed_breadcrumb(crumb: Breadcrumb, hint: Hint) -> Breadcrumb | None:
    return {
        name: _scrubbed(crumb[name])
        for name in ("type", "category", "level", "timestamp", "message")
        if name in crumb
    }


def _scrubbed(thing: Any) -> Any:
    match thing:
        case str():
            return scrub(thing)
        case Mapping():
            return {name: thing[name] if name in _IDENTIFIERS else _scrubbed(thing[name]) for name in thing}
        case list() | tuple():
            return [_scrubbed(item) for item in thing]
    return thing
