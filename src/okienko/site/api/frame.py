"""The REST API, assembled: what a page can do, a program can, under /api/v1/."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.security.base import AuthBase

from okienko.base.time import now
from okienko.features.faults.letters.api import router as letters
from okienko.features.visits import api as visits
from okienko.kernel.calendars.api import router as calendars
from okienko.kernel.cases.api import router as cases
from okienko.kernel.history import api as history
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages.api import router as messages
from okienko.kernel.people.access import may
from okienko.kernel.people.tokens import actor_of, holder_of, token_shown
from okienko.kernel.slots.api import router as slots
from okienko.site.api import limits, problems
from okienko.site.api.articles import router as articles
from okienko.site.api.imports import router as imports
from okienko.site.api.joining import router as joining
from okienko.site.api.office import router as office
from okienko.site.api.organisation import router as organisation
from okienko.site.api.people import router as people
from okienko.site.api.privacy import router as privacy
from okienko.site.api.texts import router as texts
from okienko.site.api.webhooks import router as webhooks

# Answered without a token: what reads and keeps nothing of the office, and what any resident may do on the pages.
OPEN = frozenset({"preview_deadline"}) | visits.OPEN


class Token(AuthBase):
    """Who asks, and whether not too often. The session of a browser counts for nothing here."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Any:
        at = now()
        token = token_shown(request.headers.get("Authorization", ""), at=at)
        allowance = limits.count_token(token.pk, at=at) if token else limits.count_address(request, at=at)
        request.allowance = allowance  # type: ignore[attr-defined]
        if allowance.exceeded:
            raise problems.TooMany(allowance)
        if token is not None:
            request.user = holder_of(token)
            request.actor = actor_of(token)  # type: ignore[attr-defined]
            return token
        request.user = AnonymousUser()
        request.actor = Actor.resident("api")  # type: ignore[attr-defined]
        return request.resolver_match is not None and request.resolver_match.url_name in OPEN


class CarefulParser(Parser):
    """JSON as its standard has it: what Python alone would take (NaN, lone surrogates) goes no further."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            body = super().parse_body(request)
            _demand_plain(body)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        return body


def _demand_plain(value: Any) -> None:
    match value:
        case str():
            value.encode()
            if "\x00" in value:
                raise ValueError("a text holds NUL")
        case float() if value != value or value in (float("inf"), float("-inf")):
            raise ValueError("not a number")
        case list():
            for one in value:
                _demand_plain(one)
        case dict():
            for key, one in value.items():
                _demand_plain(key)
                _demand_plain(one)


class Page(DocsBase):
    """The description for people, made of the description for programs."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        schema = api.get_openapi_schema()
        groups: dict[str, list[dict[str, Any]]] = {}
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                tag = (operation.get("tags") or [""])[0]
                groups.setdefault(tag, []).append({"path": path, "method": method.upper(), **operation})
        return render(request, "api/description.html", {"groups": sorted(groups.items())})


class Api(NinjaAPI):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._schemas: dict[tuple[str | None, str], OpenAPISchema] = {}

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Made once in each language: nothing of it changes while a process runs, and making it takes long."""
        key = get_language(), repr(kwargs)
        if key not in self._schemas:
            self._schemas[key] = self._schema(**kwargs)
        return self._schemas[key]

    def _schema(self, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**kwargs)
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = _PROBLEM
                if any(operation["operationId"].endswith(name) for name in OPEN):
                    operation["security"] = []
        return schema


_PROBLEM = {
    "description": "A problem (RFC 9457)",
    "content": {
        problems.CONTENT_TYPE: {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail", "code", "errors"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                    "version": {"type": "integer", "description": "The version that stands there now."},
                    "errors": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {name: {"type": "string"} for name in ("field", "code", "detail")},
                        },
                    },
                },
            }
        }
    },
}


def _holds(permission: str) -> Any:
    def holds(request: HttpRequest) -> bool:
        return may(request.user, permission)

    return holds


api = Api(
    title="Okienko",
    version="1",
    description="Whoever holds a token can do by programs what its person may do on pages, within its scopes.",
    docs=Page(),
    auth=Token(),
    parser=CarefulParser(),
    urls_namespace="api",
)
problems.handle_in(api)
api.add_router("", calendars)
api.add_router("", cases)
api.add_router("", letters)
api.add_router("", slots)
api.add_router("", visits.router)
api.add_router("", people)
api.add_router("", organisation)
api.add_router("", office)
api.add_router("", imports)
api.add_router("", joining)
api.add_router("", messages)
api.add_router("", texts)
api.add_router("", webhooks)
api.add_router("", articles)
api.add_router("", privacy)
api.add_router("", history.router(_holds("history.see")))
