"""The text of an article: Markdown in, safe HTML or plain words out."""

from __future__ import annotations

import re

import nh3
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from okienko.base.lemmas import base_forms
from okienko.base.text import fold

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "tel"}
_WORD = re.compile(r"[^\W_]+")
_SNIPPET = 240
_BEFORE = 80

_reader = MarkdownIt("commonmark", {"html": False}).enable("table")


def html(body: str) -> SafeString:
    """Headings of a text begin one level below the title of the page."""
    lowered = re.sub(r"^(#{1,3})(?=\s)", r"#\1", body, flags=re.MULTILINE)
    return mark_safe(
        nh3.clean(
            _reader.render(lowered),
            tags=_TAGS,
            attributes={"a": {"href"}},
            url_schemes=_SCHEMES,
            link_rel="noopener noreferrer",
        )
    )


def plain(body: str) -> str:
    text = nh3.clean(_reader.render(body), tags=set())
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return " ".join(text.split())


def snippet(text: str, typed: str) -> SafeString:
    """A piece of the text around the first word that was looked for, with all such words marked."""
    places = _found(text, typed)
    start = max(places[0][0] - _BEFORE, 0) if places else 0
    if start:
        start = text.find(" ", start) + 1
    end = start + _SNIPPET
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + _SNIPPET // 2)
    parts: list[tuple[str]] = []
    here = start
    for first, last in places:
        if first < here or last > end:
            continue
        parts.append((conditional_escape(text[here:first]),))
        parts.append((marked(text[first:last]),))
        here = last
    parts.append((conditional_escape(text[here:end]),))
    shown = format_html_join("", "{}", parts)
    return mark_safe(f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}")


def marked(word: str) -> SafeString:
    return mark_safe(f"<mark>{conditional_escape(word)}</mark>")


def _found(text: str, typed: str) -> list[tuple[int, int]]:
    """Where words stand that are forms of those typed, or begin as the last one does."""
    wanted: set[str] = set()
    asked = _WORD.findall(typed)
    for word in asked:
        wanted |= {fold(word)} | base_forms(word, marks_left_out=True)
    beginning = fold(asked[-1]) if asked else ""
    found = []
    for match in _WORD.finditer(text):
        folded = fold(match[0])
        if (beginning and folded.startswith(beginning)) or wanted & ({folded} | base_forms(match[0])):
            found.append(match.span())
    return found
