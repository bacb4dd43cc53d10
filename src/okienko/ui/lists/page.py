"""One page of a list, ready to be shown: the query side fills it, `ui/lists/list.html` shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from okienko.ui.lists import cells
from okienko.ui.lists.columns import Column, Dates, Filter, Sort, Words
from okienko.ui.lists.cursor import Cursor
from okienko.ui.lists.request import ListRequest


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows there are; `more` when counting stopped at that number because it would have taken long."""

    number: int
    more: bool = False

    def __str__(self) -> str:
        shown = formats.number_format(self.number, force_grouping=True)
        if self.more:
            return _("more than %(number)s") % {"number": shown}
        return ngettext("%(number)s row", "%(number)s rows", self.number) % {"number": shown}


@dataclass(frozen=True, slots=True)
class SavedView:
    name: str
    url: str
    current: bool = False
    shared: bool = False
    forget_url: str = ""
    """Where its owner removes it by POST."""


@dataclass(frozen=True, slots=True)
class BulkAction:
    """`code` comes back as `action`, the chosen rows as `selected`; with `everything=1` all that the filter shows,
    whose address comes as `view`. An action that cannot be undone leads to a page that asks."""

    code: str
    title: Words
    kind: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    column: Column
    url: str = ""
    sorted: str = ""
    """"ascending", "descending" or nothing: aria-sort."""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    name: str
    title: str
    chosen: bool
    up: str
    down: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    text: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """
    name         of the list, unique on the page: ids in the markup are made of it
    title        for screen readers and the caption
    request      what was asked for
    rows         the things themselves, in order, at most `request.size` of them
    total        how many there are in all
    next         cursor of the last row when more follow, previous that of the first when some go before
    key_of       what stands for a row when it is selected; name_of: how it is called; url_of: where it opens
    views        saved views of this list, save_url: where a view is saved by POST (`name`, `shared`, `view`)
    exports      where the view can be had as a file: name and address; the view is added to the address
    bulk         what can be done to many, bulk_url: where it is posted
    """

    name: str
    title: Words
    request: ListRequest
    rows: Sequence[Any]
    total: Total
    next: Cursor | None = None
    previous: Cursor | None = None
    key_of: Callable[[Any], str] = lambda row: str(row.pk)
    name_of: Callable[[Any], str] = str
    url_of: Callable[[Any], str] | None = None
    is_late: Callable[[Any], bool] | None = None
    views: Sequence[SavedView] = ()
    save_url: str = ""
    exports: Sequence[tuple[str, str]] = ()
    bulk: Sequence[BulkAction] = ()
    bulk_url: str = ""
    empty_title: Words = ""
    empty_text: Words = ""
    path: str = field(default="")

    @property
    def id(self) -> str:
        return f"list-{self.name}"

    @property
    def headers(self) -> Iterator[Header]:
        for column in self.request.columns:
            if not column.sort:
                yield Header(column)
                continue
            now = self.request.sort
            here = now is not None and now.column == column.name
            descending = here and now is not None and now.descending
            turned = Sort(column.name, here and not descending)
            state = ("descending" if descending else "ascending") if here else ""
            yield Header(column, self.request.address(sort=str(turned)), state)

    @property
    def body(self) -> SafeString:
        tick = cells.ticks(self.id, self.key_of, self.name_of) if self.bulk else None
        return cells.body(
            self.request.columns, self.rows, url_of=self.url_of, is_late=self.is_late, tick=tick
        )

    @property
    def chips(self) -> Iterator[Chip]:
        if self.request.search:
            yield Chip(
                _("Words: %(text)s") % {"text": self.request.search}, self.request.address(without=["q"])
            )
        for filter_ in self.request.definition.filters:
            if filter_.name in self.request.filters:
                text = f"{filter_.title}: {in_words(filter_, self.request.filters[filter_.name])}"
                yield Chip(text, self.request.without_filter(filter_.name).address())

    @property
    def view(self) -> str:
        return self.request.address()

    @property
    def first_url(self) -> str:
        return self.view if self.request.after or self.request.before else ""

    @property
    def next_url(self) -> str:
        return self.request.address(after=self.next.encode()) if self.next else ""

    @property
    def previous_url(self) -> str:
        return self.request.address(before=self.previous.encode()) if self.previous else ""

    @property
    def clear_url(self) -> str:
        return self.request.address(without=["q", *self._filter_parameters()])

    @property
    def kept_by_filters(self) -> list[tuple[str, str]]:
        """What the form of filters sends along, so that columns and order stay."""
        return self.request.parameters(without=["q", *self._filter_parameters()])

    @property
    def kept_by_columns(self) -> list[tuple[str, str]]:
        return self.request.parameters(without=["column"])

    @property
    def column_choices(self) -> SafeString:
        shown = tuple((column.name, str(column.title)) for column in self.request.columns)
        known = ((column.name, str(column.title)) for column in self.request.definition.columns)
        return _column_choices(
            get_language(), self.id, shown, tuple(one for one in known if one not in shown)
        )

    @property
    def export_links(self) -> list[tuple[str, str]]:
        return [(name, f"{address}{self.view}") for name, address in self.exports]

    def _filter_parameters(self) -> list[str]:
        return [name for filter_ in self.request.definition.filters for name in filter_.parameters]


def in_words(filter_: Filter, value: Any) -> str:
    if isinstance(value, Dates):
        first, last = (formats.date_format(day, "SHORT_DATE_FORMAT") if day else "…" for day in _ends(value))
        return f"{first} – {last}"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    names = dict(filter_.choices)
    return ", ".join(str(names.get(one, one)) for one in (value if isinstance(value, tuple) else (value,)))


def _ends(dates: Dates) -> tuple[date | None, date | None]:
    return dates.first, dates.last


@lru_cache(maxsize=200)
def _column_choices(
    language: str, list_id: str, shown: tuple[tuple[str, str], ...], hidden: tuple[tuple[str, str], ...]
) -> SafeString:
    """Kept, as a list has the same columns for almost everybody, in the words of the language that is on."""
    up, down = _("Move %(name)s up"), _("Move %(name)s down")
    choices = [
        ColumnChoice(name, title, chosen, up % {"name": title}, down % {"name": title})
        for chosen, columns in ((True, shown), (False, hidden))
        for name, title in columns
    ]
    return render_to_string("ui/lists/columns.html", {"id": list_id, "choices": choices})
