"""The token of a place, kept by the browser: a reload and a second tab carry the same, a script cannot guess another's."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from okienko.features.visits.framing import frame_of
from okienko.features.visits.models import Service
from okienko.features.visits.rush import gate
from okienko.features.visits.rush.hours import release_of
from okienko.features.visits.rush.models import Release

_LIVES = timedelta(days=1)


def _name(release: Release) -> str:
    return f"okienko_line_{release.pk}"


def of(request: HttpRequest, service: Service) -> str:
    release = release_of(service)
    if release is None:
        return ""
    kept = request.session if frame_of(request) else request.COOKIES
    token: str = kept.get(_name(release), "")
    return token


def keep(request: HttpRequest, response: HttpResponse, release: Release, token: str) -> None:
    if frame_of(request):  # which gets no cookies
        request.session[_name(release)] = token
        return
    response.set_cookie(
        _name(release),
        token,
        max_age=_LIVES,
        path="/wizyty/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def sight_of(request: HttpRequest, service: Service, key: str, *, at: datetime) -> gate.Sight:
    return gate.sight(service, at=at, token=of(request, service), key=key)
