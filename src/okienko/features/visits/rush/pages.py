"""Pages of the line, made once a second for all who open them, and filled in for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from okienko.features.visits.framing import frame_of
from okienko.features.visits.rush import kept
from okienko.ui import preferences


def same_for_all(
    request: HttpRequest,
    template: str,
    kind: str,
    context: Callable[[], dict[str, Any]],
    own: Mapping[str, Any],
    *,
    at: datetime,
) -> HttpResponse:
    """One page for all who see it in this language, theme and kind; what is of one visitor alone is put in last.

    In a frame all addresses are of one visitor alone, so there the page is made for each.
    """
    if frame_of(request):
        page = kept.Pattern.of(render_to_string(template, context(), request))
        return HttpResponse(page.filled(own))
    looks = tuple(preferences.chosen(request, name) for name in ("theme", "shortcuts"))
    pattern = kept.known(
        (template, kind, request.path, get_language(), *looks),
        lambda: kept.Pattern.of(render_to_string(template, context(), _anybody(request))),
        at=at,
    )
    response = HttpResponse(pattern.filled(own))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _anybody(request: HttpRequest) -> HttpRequest:
    """The request without all that could tell one visitor from another."""
    plain = HttpRequest()
    plain.method, plain.path, plain.path_info = "GET", request.path, request.path_info
    choices = preferences.choices()
    plain.COOKIES = {
        choices[name].cookie: preferences.chosen(request, name) for name in ("theme", "shortcuts")
    }
    return plain
