"""The small language of templates: text with named places, nothing that runs.

    {{number}}                      what stands behind the name
    {{count|dzień|dni|dni}}         the form of a word that goes with a number, as many as the language has
    {{date:on}}                     a date inflected: “we wtorek 24 grudnia 2026”

Values are put in once and never read again as a template, so what a resident typed can do nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from okienko.base.time import WARSAW
from okienko.kernel.messages.rules import inflection


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    LINK = "link"


FORMS = {
    Kind.TEXT: frozenset[str](),
    Kind.LINK: frozenset[str](),
    Kind.NUMBER: frozenset[str](),
    Kind.DATE: frozenset({"long", "on", "short"}),
    Kind.MOMENT: frozenset({"long", "on", "short", "date", "time"}),
}

_PLACE = re.compile(r"\{\{(?P<inside>[^{}]*)\}\}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class WrongWording(ValueError):
    """`code` says what is wrong, `part` where, `near` what may have been meant."""

    def __init__(self, code: str, part: str, near: str = "") -> None:
        super().__init__(f"{code}: {part}")
        self.code = code
        self.part = part
        self.near = near


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    form: str = ""
    plurals: tuple[str, ...] = ()


Part = str | Place


def parse(text: str, known: Mapping[str, Kind], language: str) -> tuple[Part, ...]:
    """The parts of a template; refused as a whole when a place in it cannot be filled."""
    parts: list[Part] = []
    end = 0
    for match in _PLACE.finditer(text):
        parts.append(_plain(text[end : match.start()]))
        parts.append(_place(match["inside"], known, language))
        end = match.end()
    parts.append(_plain(text[end:]))
    return tuple(part for part in parts if part != "")


def _plain(text: str) -> str:
    for brace in ("{{", "}}"):
        if brace in text:
            raise WrongWording("brace", text[text.index(brace) :][:40])
    return text


def _place(inside: str, known: Mapping[str, Kind], language: str) -> Place:
    head, *plurals = (piece.strip() for piece in inside.split("|"))
    name, _, form = (piece.strip() for piece in head.partition(":"))
    if not _NAME.fullmatch(name) or name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        raise WrongWording("unknown", name or inside, near[0] if near else "")
    if plurals:
        if known[name] is not Kind.NUMBER:
            raise WrongWording("not-a-number", name)
        if len(plurals) != inflection.FORMS[language] or not all(plurals):
            raise WrongWording("forms", name, str(inflection.FORMS[language]))
    if ":" in head and form not in FORMS[known[name]]:
        raise WrongWording("form", f"{name}:{form}", ", ".join(sorted(FORMS[known[name]])))
    return Place(name, form, tuple(plurals))


def fill(parts: Iterable[Part], data: Mapping[str, Any], language: str) -> str:
    return "".join(
        part if isinstance(part, str) else _value(part, data[part.name], language) for part in parts
    )


def _value(place: Place, value: Any, language: str) -> str:
    if place.plurals:
        return place.plurals[inflection.form_of(int(value), language)]
    match value:
        case None:
            return ""
        case datetime():
            local = value.astimezone(WARSAW) if value.tzinfo else value
            if place.form == "time":
                return f"{local:%H:%M}"
            day = inflection.day(local.date(), language, "" if place.form == "date" else place.form)
            return day if place.form else f"{day}, {local:%H:%M}"
        case date():
            return inflection.day(value, language, place.form)
        case int() if not isinstance(value, bool):
            return inflection.number(value, language)
        case _:
            return str(value)
