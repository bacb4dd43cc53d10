"""Which events there are to be told of: each module or the assembly names its own once."""

from __future__ import annotations

from typing import Any

Words = Any
_events: dict[str, Words] = {}


def announced(name: str, says: Words) -> None:
    _events[name] = says


def all_events() -> list[tuple[str, Words]]:
    return sorted(_events.items())
