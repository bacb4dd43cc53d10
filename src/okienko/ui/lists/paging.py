"""Rows of one page of a list, found by the values of the row before: page 500 costs what page 1 does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import Q, QuerySet

from okienko.ui.lists.columns import Column
from okienko.ui.lists.cursor import Cursor
from okienko.ui.lists.page import Total
from okienko.ui.lists.request import ListRequest

M = TypeVar("M", bound=models.Model)
Keys = QuerySet[Any, Any] | list[Any]
First = Callable[[Sequence[str], Q, int], Keys]
"""The keys of the first rows in an order, of those beyond a place in it: at most so many."""
COUNTED = 200  # enough to say how much there is; the numbers of a whole office are on its boards


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    rows: Sequence[M]
    total: Total
    next: Cursor | None
    previous: Cursor | None


def page_of(
    rows: QuerySet[M],
    request: ListRequest,
    *,
    first: First | None = None,
    fetched: Callable[[QuerySet[M]], QuerySet[M]] | None = None,
) -> Page[M]:
    """`rows` as filtered and searched by the caller; ordered here. A column's `sort` names a field without gaps.

    The keys of the page are found first, most often by an index alone, then its rows. `first` is for who knows a
    quicker way to the first keys, `fetched` adds what is joined to each row.
    """
    field, descending = _order(request)
    start = request.after or request.before
    if start is not None and not _belongs(rows.model, field, start):
        start = None
    backwards = start is not None and request.before is not None
    falling = descending != backwards
    order = (f"-{field}", "-pk") if falling else (field, "pk")
    first = first or partial(first_keys, rows)
    counted = list(first(order, Q(), COUNTED + 1))
    keys: Keys = counted
    if start is not None:
        keys = first(order, _beyond(field, start, falling=falling), request.size + 1)
    shown = fetched(rows.model._default_manager.all()) if fetched else rows
    found = list(shown.filter(pk__in=keys[: request.size + 1]).order_by(*order)) if counted else []
    more = len(found) > request.size
    found = found[: request.size]
    if backwards:
        found.reverse()
    return Page(
        found,
        Total(min(len(counted), COUNTED), more=len(counted) > COUNTED),
        _cursor(request, field, found[-1]) if found and (more or backwards) else None,
        _cursor(request, field, found[0])
        if found and start is not None and (more or not backwards)
        else None,
    )


def first_keys(rows: QuerySet[M], order: Sequence[str], beyond: Q, number: int) -> QuerySet[Any, Any]:
    return rows.filter(beyond).order_by(*order).values_list("pk", flat=True)[:number]


def in_order(rows: QuerySet[M], request: ListRequest) -> QuerySet[M]:
    """All rows in the order of the list: for exports."""
    field, descending = _order(request)
    return rows.order_by(f"-{field}" if descending else field, "-pk" if descending else "pk")


def _order(request: ListRequest) -> tuple[str, bool]:
    if request.sort is None:
        return "pk", True
    columns = {column.name: column for column in request.definition.columns}
    return columns[request.sort.column].sort, request.sort.descending


def _beyond(field: str, start: Cursor, *, falling: bool) -> Q:
    """After the row of the cursor. Written so that an index on the field alone can already begin there."""
    value, key = start.values
    if field == "pk":
        return Q(pk__lt=key) if falling else Q(pk__gt=key)
    if falling:
        return Q(**{f"{field}__lte": value}) & (Q(**{f"{field}__lt": value}) | Q(pk__lt=key))
    return Q(**{f"{field}__gte": value}) & (Q(**{f"{field}__gt": value}) | Q(pk__gt=key))


_KINDS: dict[type[models.Field[Any, Any]], type | tuple[type, ...]] = {
    models.DateTimeField: datetime,
    models.DateField: date,
    models.CharField: str,
    models.IntegerField: int,
    models.BooleanField: bool,
}


def _belongs(model: type[models.Model], field: str, cursor: Cursor) -> bool:
    """A cursor is text from an address: one of other values is as good as none."""
    if len(cursor.values) != 2 or not isinstance(cursor.values[1], int):
        return False
    column = model._meta.pk if field == "pk" else model._meta.get_field(field)
    kind = next((kind for of, kind in _KINDS.items() if isinstance(column, of)), object)
    value = cursor.values[0]
    if isinstance(value, datetime) and value.tzinfo is None:
        return False
    return isinstance(value, kind)


def _cursor(request: ListRequest, field: str, row: models.Model) -> Cursor:
    return Cursor(request.order, (getattr(row, field), row.pk))


def values_of(columns: Sequence[Column], row: Any) -> list[Any]:
    return [column.of(row) for column in columns]
