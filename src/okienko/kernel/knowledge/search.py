"""One search over everything: each kind of thing says how it is found, and shows only what the person may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from okienko.base import numbers
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import visible_to as cases_visible_to
from okienko.kernel.people.access import Someone

Words = Any


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    url: str
    text: str = ""
    badge: Words = ""


Find = Callable[[Someone, str, int], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class Source:
    code: str
    name: Words
    find: Find


@dataclass(frozen=True, slots=True)
class Found:
    source: Source
    hits: Sequence[Hit]
    more: bool


_sources: dict[str, Source] = {}


def searchable(code: str, name: Words, find: Find) -> None:
    """Called once per kind of thing when the system starts; shown in the order of the calls."""
    _sources[code] = Source(code, name, find)


def everything(person: Someone, typed: str, limit: int) -> list[Found]:
    """Groups that have something, each with at most so many."""
    typed = typed.strip()
    if not typed:
        return []
    groups = []
    for source in _sources.values():
        hits = source.find(person, typed, limit + 1)
        if hits:
            groups.append(Found(source, hits[:limit], len(hits) > limit))
    return groups


def case_of_number(person: Someone, typed: str) -> Case | None:
    """The case whose whole number was typed, however it was spaced."""
    number = numbers.from_speech(typed)
    if any(letter.isalpha() for letter in typed) or not numbers.is_whole(number):
        return None
    return cases_visible_to(person).filter(number=number).first()
