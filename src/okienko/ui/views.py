"""Pages that belong to the look itself: the colours, the reader's preferences, the book of components."""

from __future__ import annotations

import hashlib
from typing import cast

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from okienko.ui import examples, office
from okienko.ui.colours import Accent, is_colour, on_dark, on_light
from okienko.ui.preferences import YEAR, choices
from okienko.ui.quick import quick


@quick
@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    colour = _office_colour()
    lines = [":root {"]
    for ground, accent in (("light", on_light(colour)), ("dark", on_dark(colour))):
        lines += [f"  --accent-on-{ground}{suffix}: {value};" for suffix, value in _parts(accent)]
    return _kept(request, HttpResponse("\n".join([*lines, "}", ""]), content_type="text/css; charset=utf-8"))


@quick
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    accent = on_light(_office_colour())
    picture = render(request, "ui/favicon.svg", {"accent": accent}, content_type="image/svg+xml")
    return _kept(request, picture)


@quick
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    shown = office.current()
    return _kept(
        request,
        JsonResponse(
            {
                "name": shown.name,
                "short_name": shown.name[:12],
                "start_url": shown.home,
                "display": "minimal-ui",
                "background_color": "#f4f6f8",
                "theme_color": on_light(_office_colour()).colour,
                "icons": [{"src": "favicon.svg", "sizes": "any", "type": "image/svg+xml"}],
            },
            content_type="application/manifest+json",
        ),
    )


# Without the token of forms on purpose: it would give every reader of a public page a cookie, and all that a
# stranger's page could do by this address is to change the language or the lamp.
@csrf_exempt
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    for name, choice in choices().items():
        value = request.POST.get(name)
        if value is None:
            continue
        if value not in choice.values:
            return HttpResponseBadRequest()
        response.set_cookie(
            choice.cookie, value, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    return response


@require_safe
def keyboard(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/keyboard.html")


@require_safe
def resident(request: HttpRequest) -> HttpResponse:
    _for_builders_only(request)
    return render(request, "ui/examples/resident.html", {"form": examples.form()})


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    _for_builders_only(request)
    return render(request, "ui/components.html", examples.context(request.GET))


def _for_builders_only(request: HttpRequest) -> None:
    user = getattr(request, "user", None)
    if settings.PRODUCTION and not getattr(user, "is_staff_member", False):
        raise Http404


def _office_colour() -> str:
    colour = office.current().colour
    return colour if is_colour(colour) else office.DEFAULT_COLOUR


def _parts(accent: Accent) -> list[tuple[str, str]]:
    return [("", accent.colour), ("-strong", accent.strong), ("-text", accent.text), ("-soft", accent.soft)]


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Wanted by every page, changed once in years: the browser keeps it and asks whether it is the same."""
    response["ETag"] = etag = f'"{hashlib.sha256(response.content).hexdigest()[:16]}"'
    response["Cache-Control"] = "public, max-age=300, stale-while-revalidate=86400"
    return cast(HttpResponse, get_conditional_response(request, etag, response=response))
