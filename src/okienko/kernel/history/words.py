"""What an entry of the record says to a reader. Each module says what its own kinds of entry mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from okienko.kernel.history.actors import RESIDENT
from okienko.kernel.history.models import Entry

_sentences: dict[str, Any] = {}
_values: dict[tuple[str, str], dict[str, Any]] = {}
_shapes: dict[tuple[str, str], Callable[[Any], str]] = {}


def say(sentences: Mapping[str, Any]) -> None:
    _sentences.update(sentences)


def say_values(name: str, values: Mapping[str, Any], *, about: str = "") -> None:
    """What the codes of one field are called; `about` is the beginning of the kinds of entry for which this holds."""
    _values.setdefault((about, name), {}).update(values)


def say_shape(name: str, shape: Callable[[Any], str], *, about: str = "") -> None:
    """How the values of one field are written for a reader, where the bare value says little; `about` as above."""
    _shapes[about, name] = shape


def _called(entry: Entry, name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_called(entry, name, item) for item in value]
    for about in (entry.kind.split(".")[0], ""):
        if value is not None and (shape := _shapes.get((about, name))):
            return shape(value)
        known = _values.get((about, name), {})
        if isinstance(value, str) and value in known:
            return str(known[value])
    return value


def value_called(name: str, value: str) -> str:
    """What the code of a field is called in whatever it is about."""
    return str(_values.get(("", name), {}).get(value, value))


def sentence(kind: str) -> str:
    return str(_sentences.get(kind, kind))


def doer(entry: Entry) -> str:
    """Who did it, in the reader's words: parts of the system and residents stand in the record by a code."""
    if entry.person:
        return entry.person.name
    if entry.channel == "system":
        return _("by itself")
    return _("a resident") if entry.actor == RESIDENT else entry.actor


def timeline(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """For the timeline of a page; each entry with who, when and what was different before."""
    return [
        {
            "at": entry.happened_at,
            "title": capfirst(sentence(entry.kind)),
            "by": doer(entry),
            "text": "\n".join(_lines(entry)),
            "kind": "neutral",
        }
        for entry in entries
    ]


def _lines(entry: Entry) -> Iterable[str]:
    if entry.happened_at != entry.at:
        yield _("entered %(when)s") % {
            "when": formats.date_format(timezone.localtime(entry.at), "SHORT_DATETIME_FORMAT")
        }
    if entry.forgotten:
        yield _("The content has been removed, as the rules on personal data ask.")
        return
    before, after = entry.before or {}, entry.after or {}
    for name in [*after, *(name for name in before if name not in after)]:
        old, new = before.get(name), after.get(name)
        if old == new or (name not in before and new in (None, "")):
            continue
        line = f"{capfirst(sentence(name))}: {shown(_called(entry, name, new))}"
        if name in before:
            line += " " + _("(before: %(value)s)") % {"value": shown(_called(entry, name, old))}
        yield line
    if entry.note:
        yield entry.note


def shown(value: Any) -> str:
    """A value of an entry as the reader writes it."""
    match value:
        case None | "":
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case str():
            return _moment(value)
        case list():
            return ", ".join(shown(item) for item in value)
        case dict():
            return ", ".join(f"{key}: {shown(item)}" for key, item in value.items())
        case _:
            return str(value)


def _moment(text: str) -> str:
    """A day or a time as the reader writes it; any other text as it is."""
    try:
        if len(text) == len("2026-11-30"):
            return formats.date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT")
        if len(text) < len("2026-11-30T08:00:00Z") or text[10] != "T":
            return text
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment.tzinfo else text
