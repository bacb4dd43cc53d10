"""The flow in a frame on a page of another site: the same pages at another address, without any cookie.

A frame of another site gets no cookies, or should get none. What they would say, the address says: who goes on with
what they began, which language, and what the page around has chosen already.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.base import CreateError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import get_script_prefix, set_script_prefix
from django.utils.cache import patch_cache_control
from django.utils.crypto import get_random_string, salted_hmac

from okienko.features.visits.embed import queries
from okienko.features.visits.embed.rules import PAGES
from okienko.features.visits.framing import BEFORE, Frame, frame_of
from okienko.kernel.people.sessions import SessionStore

_THREAD_LENGTH = 32
_SERVICE, _PLACE = "[-a-zA-Z0-9_]{0,40}", "[a-z0-9]{0,12}"
_ADDRESS = re.compile(
    rf"{BEFORE}(?P<site>[0-9]{{1,9}})/"
    rf"(?:(?P<language>[a-z]{{0,2}}),(?P<service>{_SERVICE}),(?P<place>{_PLACE})"
    rf"/(?P<thread>[A-Za-z0-9]{{{_THREAD_LENGTH}}})(?P<path>/.*))?"
)
_FIRST_PAGE = "/wizyty/"


class Thread(SessionStore):
    """A session that is found by the address. The key is not the thread itself: no address opens a session of sign-in,
    and a thread begun on the page of one site is unknown on those of another."""

    def __init__(self, frame: Frame) -> None:
        self.key = salted_hmac("okienko.visits.embed", f"{frame.site_id}:{frame.thread}").hexdigest()
        super().__init__(self.key)

    def create(self) -> None:
        self._session_key = self.key
        try:
            self.save(must_create=True)
        except CreateError:  # the same button, pressed twice
            self.save()


class framed:  # noqa: N801  (named as the other middlewares, most of which are functions)
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(BEFORE):
            return self.get_response(request)
        request.COOKIES = {}
        found = _ADDRESS.fullmatch(request.path_info)
        origin = queries.origin_of(int(found["site"])) if found else ""
        response = self._inside(request, found, origin) if found and origin else self.get_response(request)
        response.cookies.clear()
        return response

    def _inside(self, request: HttpRequest, found: re.Match[str], origin: str) -> HttpResponse:
        frame = _frame(request, found, origin)
        path = found["path"] or _FIRST_PAGE
        if request.headers.get("Sec-Fetch-Dest") == "document":
            # Opened in a tab of its own: there is the whole page for that.
            asked = request.GET.copy() if found["thread"] else _with_presets(request, frame)
            return HttpResponseRedirect(f"{path}?{asked.urlencode()}".removesuffix("?"))
        if found["thread"] and not _from_own_page(request):
            return HttpResponseRedirect(frame.first_page)
        request.frame = frame  # type: ignore[attr-defined]
        request.path_info = path
        request.GET = _with_presets(request, frame)
        if frame.language:
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = frame.language
        before = get_script_prefix()
        set_script_prefix(frame.before)
        try:
            response = self.get_response(request)
        finally:
            set_script_prefix(before)
        # A copy kept on the way would give two people one thread.
        patch_cache_control(response, private=True, no_store=True)
        response.frame_ancestors = f"'self' {origin}"  # type: ignore[attr-defined]
        return response

    def process_view(self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]) -> None:
        frame = frame_of(request)
        if frame is None:
            return
        if request.resolver_match is None or request.resolver_match.view_name not in PAGES:
            raise Http404
        request.session = Thread(frame)
        request._messages = SessionStorage(request)  # type: ignore[attr-defined]
        # A page of ours has sent it, which has been asked already: the proof of that without a cookie.
        request.csrf_processing_done = True  # type: ignore[attr-defined]


def _frame(request: HttpRequest, found: re.Match[str], origin: str) -> Frame:
    """Whoever comes to the first page gets a thread that nobody has had before."""
    site_id = int(found["site"])
    if found["thread"]:
        chosen = {name: found[name] for name in ("thread", "language", "service", "place")}
    else:
        given = request.GET
        service, place = given.get("usluga", ""), given.get("miejsce", "")
        chosen = {
            "thread": get_random_string(_THREAD_LENGTH),
            "language": given.get("jezyk", ""),
            "service": service if re.fullmatch(_SERVICE, service) else "",
            "place": place if re.fullmatch(_PLACE, place) else "",
        }
    if chosen["language"] not in dict(settings.LANGUAGES):
        chosen["language"] = ""
    return Frame(site_id, origin, **chosen)


def _with_presets(request: HttpRequest, frame: Frame) -> Any:
    given = request.GET.copy()
    given.pop("jezyk", None)
    for name, value in frame.presets.items():
        given.setdefault(name, value)
    return given


def _from_own_page(request: HttpRequest) -> bool:
    """Sent by a page of ours: nobody is led into a thread that somebody else has begun, or made to press its buttons."""
    told = request.headers.get("Sec-Fetch-Site")
    if told:
        return told == "same-origin"
    sender = urlsplit(request.headers.get("Origin") or request.headers.get("Referer", ""))
    return (sender.scheme, sender.netloc) == (request.scheme, request.get_host())
