"""What is true of every request: its language, who acts, what a refusal looks like, what a page may load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

from okienko.base.decisions import Missing, Refused
from okienko.features.visits.framing import frame_of
from okienko.kernel.documents.queries import limits
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import Person
from okienko.site.api.problems import PREFIX, problem
from okienko.ui.quick import is_quick

Respond = Callable[[HttpRequest], HttpResponse]

# Every quick page has such an address; others are not even looked at.
QUICK = ("/wizyty/kolejka", "/ui/")
# How the part of an address is called by which its holder is let in.
KEYS = frozenset({"key", "secret"})


def language(get_response: Respond) -> Respond:
    """The language chosen on a page or kept from sign-in, else the browser's among ours, else Polish."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = translation.get_language_from_request(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        # What is public is the same in every language.
        if "public" not in response.headers.get("Cache-Control", ""):
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    return middleware


def within_limits(get_response: Respond) -> Respond:
    """What is larger than all the files that may be sent at once is not even read: it would fill the disk first."""

    def middleware(request: HttpRequest) -> HttpResponse:
        said, form = request.META.get("CONTENT_LENGTH") or "", settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        size = int(said) if said.isdecimal() else 0
        if size > form:
            most = limits()
            if size > most.most_bytes * most.most_files + form:
                if request.path_info.startswith(PREFIX):
                    return problem(413, "too-big")
                raise RequestDataTooBig("more than may be sent at once")
        return get_response(request)

    return middleware


class nothing_unseen:  # noqa: N801  (named as the other middlewares here, which are functions)
    """The database holds no text with NUL: nothing has such an address, and what is asked for or filled in goes on without
    it, as a form leaves out all that cannot be seen."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):  # which says it in a shape of its own
            if "\x00" in request.path_info:
                raise Http404
            if "%00" in request.META.get("QUERY_STRING", ""):
                request.GET = _without_nul(request.GET)  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]) -> None:
        if not request.path_info.startswith(PREFIX):
            _leave_out_nul(request)


def _leave_out_nul(request: HttpRequest) -> None:
    if any("\x00" in str(value) for _name, values in request.POST.lists() for value in values):
        request.POST = _without_nul(request.POST)  # type: ignore[assignment]


def _without_nul(given: QueryDict) -> QueryDict:
    seen = QueryDict(mutable=True, encoding=given.encoding)
    for name, values in given.lists():
        seen.setlist(name, [value.replace("\x00", "") for value in values])
    seen._mutable = False
    return seen


def actor(get_response: Respond) -> Respond:
    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, Person):
            request.actor = Actor(user.pk, user.name, "page")  # type: ignore[attr-defined]
        else:
            request.actor = Actor.resident()  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def quick_pages(get_response: Respond) -> Respond:
    """What a crowd opens within one minute is answered here, before anything that such a page does not need.

    Without a session there is no token against forms of other sites: the browser itself says where a form comes from.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        # In a frame the thread stands for the cookie, and is known only further in.
        match = None if frame_of(request) else _quick(request.path_info)
        if match is None:
            return get_response(request)
        request.resolver_match = match
        request.get_host()
        response = _answered(request, match)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    return middleware


def _answered(request: HttpRequest, match: ResolverMatch) -> HttpResponse:
    if request.method == "POST" and _comes_from_elsewhere(request):
        return render(request, "403_csrf.html", status=403)
    _leave_out_nul(request)
    try:
        return match.func(request, *match.args, **match.kwargs)  # type: ignore[no-any-return]
    except (Missing, Refused) as error:
        return _decided(request, error)


def _quick(path: str) -> ResolverMatch | None:
    if not path.startswith(QUICK):
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return match if is_quick(match.func) else None


def _comes_from_elsewhere(request: HttpRequest) -> bool:
    """Programs say neither; they carry no cookies of a browser."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site not in ("same-origin", "none")
    own = f"{request.scheme}://{request.get_host()}"
    return origin is not None and origin not in (own, *settings.CSRF_TRUSTED_ORIGINS)


class decisions:  # noqa: N801  (named as the other middlewares here, which are functions)
    """A refusal that no form caught becomes a page with its reason; what is missing becomes 404."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _decided(request, error) if isinstance(error, (Missing, Refused)) else None


def _decided(request: HttpRequest, error: Missing | Refused) -> HttpResponse:
    if isinstance(error, Missing):
        raise Http404 from error
    return render(request, "ui/refused.html", {"refusal": error}, status=409)


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
        shown_by = getattr(response, "frame_ancestors", "'none'")
        shows = getattr(response, "frame_src", "'none'")
        frames = f"frame-src {shows}; frame-ancestors {shown_by}"
        response.headers.setdefault("Content-Security-Policy", f"{policy}; {frames}")
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
        return response

    return middleware


def for_one_reader(get_response: Respond) -> Respond:
    """What is shown to one person, or to whoever holds a link, is kept by no browser that others use after them, and
    whatever finds such a link leads nobody to it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        by_link = request.resolver_match is not None and not KEYS.isdisjoint(request.resolver_match.kwargs)
        if by_link:
            response.headers.setdefault("X-Robots-Tag", "noindex")
        if by_link or isinstance(getattr(request, "user", None), Person):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware
