"""The flow as it stands in a frame on a page of another site: what that page has chosen, and how to get about there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info

BEFORE = "/wizyty/osadzone/"


@dataclass(frozen=True, slots=True)
class Frame:
    """`thread` stands for the cookie that a frame of another site does not get: all that one does goes by it."""

    site_id: int
    site: str
    """The origin of the pages that may show the frame, as a security rule of browsers says it."""
    thread: str
    language: str = ""
    service: str = ""
    place: str = ""

    @property
    def before(self) -> str:
        """What stands before every address inside."""
        return f"{BEFORE}{self.site_id}/{self.language},{self.service},{self.place}/{self.thread}/"

    @property
    def presets(self) -> dict[str, str]:
        return {name: value for name, value in (("usluga", self.service), ("miejsce", self.place)) if value}

    @property
    def first_page(self) -> str:
        chosen = self.presets | ({"jezyk": self.language} if self.language else {})
        return f"{BEFORE}{self.site_id}/" + (f"?{urlencode(chosen)}" if chosen else "")

    def in_languages(self, request: HttpRequest) -> list[dict[str, Any]]:
        """This page in each language; a page that answers a sent form has no address of its own."""
        if request.method != "GET":
            return []
        here = f"{request.path_info}?{request.GET.urlencode()}".removesuffix("?").removeprefix("/")
        return [
            {
                "code": code,
                "name": get_language_info(code)["name_local"].capitalize(),
                "url": f"{replace(self, language=code).before}{here}",
                "current": code == request.LANGUAGE_CODE,
            }
            for code, _name in settings.LANGUAGES
        ]


def frame_of(request: HttpRequest) -> Frame | None:
    return getattr(request, "frame", None)


def chosen_around(request: HttpRequest, what: str) -> bool:
    """The page around has chosen it already, so it is not asked for again."""
    frame = frame_of(request)
    return frame is not None and what in frame.presets
