"""What the address of a list asks for. Whatever stands there, an answer comes: what makes no sense is left out
and said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from okienko.ui.forms.cleaning import clean_text
from okienko.ui.lists.columns import RESERVED, Column, Definition, Filter, Sort
from okienko.ui.lists.cursor import Cursor, CursorError
from okienko.ui.lists.filters import FilterForm

LONGEST_SEARCH = 200
# Left by forms and by those who count visitors: not a mistake of the reader.
SILENT = frozenset({"csrfmiddlewaretoken", "page"})


@dataclass(frozen=True, slots=True)
class ListRequest:
    """For the query side: `search`, `filters` (see `Filter`), `sort` (None: the list's own order), `size`, and
    `after` or `before` (at most one): the place to start from. For the screen: `columns` in their order."""

    definition: Definition
    columns: tuple[Column, ...]
    form: FilterForm
    search: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    sort: Sort | None = None
    size: int = 50
    after: Cursor | None = None
    before: Cursor | None = None
    problems: tuple[str, ...] = ()

    @classmethod
    def from_query(
        cls,
        query: QueryDict,
        columns: Iterable[Column] | Definition,
        filters: Iterable[Filter] = (),
        *,
        today: date | None = None,
    ) -> ListRequest:
        definition = (
            columns if isinstance(columns, Definition) else Definition(tuple(columns), tuple(filters))
        )
        problems: list[str] = []
        chosen = _columns(query, definition, problems)
        form = FilterForm(definition.filters, query, today=today)
        values = form.values()
        for name, errors in form.errors.items():
            problems += [f"{form.fields[name].label}: {error}" for error in errors]
        sort = _sort(query.get("sort", ""), definition, problems)
        order = str(sort or "")
        known = RESERVED.union(SILENT, *(one.parameters for one in definition.filters))
        sizes = {str(size): size for size in definition.sizes}
        if set(query) - known or query.get("size", "") not in ("", *sizes):
            problems.append(_("Part of this address was not understood and has been left out."))
        after = _cursor(query.get("after", ""), order, problems)
        return cls(
            definition=definition,
            columns=chosen,
            form=form,
            search=clean_text(query.get("q", ""))[:LONGEST_SEARCH].strip() if definition.search else "",
            filters=values,
            sort=sort,
            size=sizes.get(query.get("size", ""), definition.sizes[0]),
            after=after,
            before=None if after else _cursor(query.get("before", ""), order, problems),
            problems=tuple(problems),
        )

    @property
    def order(self) -> str:
        """What a cursor of this list must have been made for."""
        return str(self.sort or "")

    @property
    def narrowed(self) -> bool:
        return bool(self.search or self.filters)

    def parameters(self, *, without: Iterable[str] = ()) -> list[tuple[str, str]]:
        """The view as an address says it, without the page: the same view always has the same address."""
        left_out = set(without)
        pairs: list[tuple[str, str]] = [("q", self.search)] if self.search else []
        for filter_ in self.definition.filters:
            if filter_.name in self.filters:
                pairs += [(name, value) for name, value in self._written(filter_) if value]
        if self.columns != _default_columns(self.definition):
            pairs += [("column", column.name) for column in self.columns]
        if str(self.sort or "") != self.definition.sort:
            pairs.append(("sort", str(self.sort or "")))
        if self.size != self.definition.sizes[0]:
            pairs.append(("size", str(self.size)))
        return [(name, value) for name, value in pairs if name not in left_out]

    def address(self, *, without: Iterable[str] = (), **changes: str) -> str:
        pairs = self.parameters(without=[*without, *changes])
        pairs += [(name, value) for name, value in changes.items() if value]
        return f"?{urlencode(pairs)}"

    def without_filter(self, name: str) -> ListRequest:
        return replace(self, filters={key: value for key, value in self.filters.items() if key != name})

    def _written(self, filter_: Filter) -> list[tuple[str, str]]:
        value = self.filters[filter_.name]
        if filter_.kind == "dates":
            days = (value.first, value.last)
            return [
                (name, day.isoformat() if day else "")
                for name, day in zip(filter_.parameters, days, strict=True)
            ]
        if filter_.kind == "yes-no":
            return [(filter_.name, "yes" if value else "no")]
        return [(filter_.name, one) for one in (value if filter_.multiple else (value,))]


def _default_columns(definition: Definition) -> tuple[Column, ...]:
    return tuple(column for column in definition.columns if column.default or column.fixed)


def _columns(query: QueryDict, definition: Definition, problems: list[str]) -> tuple[Column, ...]:
    known = {column.name: column for column in definition.columns}
    asked = list(dict.fromkeys(query.getlist("column")))
    if any(name not in known for name in asked):
        problems.append(_("A column of this address no longer exists and has been left out."))
    chosen = [name for name in asked if name in known]
    if not chosen:
        chosen = [column.name for column in _default_columns(definition)]
    missing = [column.name for column in definition.columns if column.fixed and column.name not in chosen]
    chosen = missing + chosen
    name, _sign, direction = query.get("move", "").partition(":")
    if name in chosen and direction in ("up", "down"):
        place = chosen.index(name)
        other = min(max(place + (1 if direction == "down" else -1), 0), len(chosen) - 1)
        chosen[place], chosen[other] = chosen[other], chosen[place]
    return tuple(known[name] for name in chosen)


def _sort(text: str, definition: Definition, problems: list[str]) -> Sort | None:
    able = {column.name for column in definition.columns if column.sort}
    if text:
        sort = Sort.read(text)
        if sort.column in able:
            return sort
        problems.append(_("The list cannot be sorted in this way, so it is in its usual order."))
    return Sort.read(definition.sort) if definition.sort else None


def _cursor(text: str, order: str, problems: list[str]) -> Cursor | None:
    if not text:
        return None
    try:
        return Cursor.decode(text, order)
    except CursorError:
        problems.append(_("The place in the list was not understood: this is its first page."))
        return None
