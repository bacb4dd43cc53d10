"""What is true of every request: its language, who acts, what a refusal looks like, what a page may load."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from okienko.base.decisions import Missing, Refused
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import Person

Respond = Callable[[HttpRequest], HttpResponse]


def language(get_response: Respond) -> Respond:
    """The language chosen on a page or kept from sign-in, else the browser's among ours, else Polish."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in dict(settings.LANGUAGES):
            chosen = translation.get_language_from_request(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response

    return middleware


def actor(get_response: Respond) -> Respond:
    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, Person):
            request.actor = Actor(user.pk, user.name, "page")  # type: ignore[attr-defined]
        else:
            request.actor = Actor.resident()  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


class decisions:  # noqa: N801  (named as the other middlewares here, which are functions)
    """A refusal that no form caught becomes a page with its reason; what is missing becomes 404."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Missing):
            raise Http404 from error
        if isinstance(error, Refused):
            return render(request, "ui/refused.html", {"refusal": error}, status=409)
        return None


def content_security_policy(get_response: Respond) -> Respond:
    live = f" {settings.LIVE_URL}" if settings.LIVE_URL else ""
    tiles = urlsplit(settings.TILES_URL)
    pictures = f" {tiles.scheme}://{tiles.netloc}" if tiles.netloc else ""
    policy = "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob:{pictures}",
            "font-src 'self'",
            f"connect-src 'self'{live}",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
        ]
    )

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        frame_ancestors = getattr(response, "frame_ancestors", "'none'")
        response.headers.setdefault("Content-Security-Policy", f"{policy}; frame-ancestors {frame_ancestors}")
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
        return response

    return middleware
