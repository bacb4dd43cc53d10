"""What is the same for everybody, kept by each process for a second: thousands ask for it within a minute."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.utils.html import escape

KEPT = timedelta(seconds=1)
MOST_KEPT = 500

T = TypeVar("T")

# Of the private use area: no page and no text of an office has these.
_PART = re.compile("\ue000([a-z_]+)\ue001")

_found: dict[Hashable, tuple[datetime, Any]] = {}


def known(key: Hashable, make: Callable[[], T], *, at: datetime) -> T:
    """What was made under the key within the last second, else made anew."""
    found = _found.get(key)
    if found is not None and found[0] <= at < found[0] + KEPT:
        kept: T = found[1]
        return kept
    fresh = make()
    if len(_found) >= MOST_KEPT:
        _found.clear()
    _found[key] = (at, fresh)
    return fresh


def forget() -> None:
    _found.clear()


def part(name: str) -> str:
    """Stands in a page where each visitor has something of their own."""
    return f"\ue000{name}\ue001"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A page with gaps: bytes that are the same for everybody, and between them the names of what is not."""

    same: tuple[bytes, ...]
    own: tuple[str, ...]

    @classmethod
    def of(cls, page: str) -> Pattern:
        pieces = _PART.split(page)
        return cls(tuple(piece.encode() for piece in pieces[::2]), tuple(pieces[1::2]))

    def filled(self, values: Mapping[str, Any]) -> bytes:
        pieces = [self.same[0]]
        for name, following in zip(self.own, self.same[1:], strict=True):
            pieces += (escape(values[name]).encode(), following)
        return b"".join(pieces)
