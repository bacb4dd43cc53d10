"""Answers of GeoReport v2 in both of its forms: the same names, in XML and in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

FORMATS = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
# What XML 1.0 cannot hold at all, not even as a reference.
_FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
# How the members of a list are called in XML; in JSON they have no name.
_MEMBERS = {"attributes": "attribute", "values": "value", "endpoints": "endpoint", "formats": "format"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`member`: what each row is called in XML; without it the answer is one thing and no list."""

    root: str
    content: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    member: str = ""


def written(answer: Answer, form: str) -> bytes:
    return _json(answer) if form == "json" else _xml(answer)


def _json(answer: Answer) -> bytes:
    return json.dumps(answer.content, ensure_ascii=False, default=_plain).encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    return moment(value) if isinstance(value, datetime) else str(value)


def _xml(answer: Answer) -> bytes:
    root = ElementTree.Element(answer.root)
    if isinstance(answer.content, Mapping):
        _fill(root, answer.content)
    else:
        for row in answer.content:
            _fill(ElementTree.SubElement(root, answer.member), row)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _fill(element: ElementTree.Element, content: Mapping[str, Any]) -> None:
    for name, value in content.items():
        inner = ElementTree.SubElement(element, name)
        match value:
            case None:
                pass
            case bool():
                inner.text = "true" if value else "false"
            case datetime():
                inner.text = moment(value)
            case list():
                for one in value:
                    member = ElementTree.SubElement(inner, _MEMBERS[name])
                    if isinstance(one, Mapping):
                        _fill(member, one)
                    else:
                        member.text = _FORBIDDEN.sub("", str(one))
            case _:
                inner.text = _FORBIDDEN.sub("", str(value))


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
