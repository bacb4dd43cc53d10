"""Rows of a list as markup, made here and not in a template: of a long list they are most of the page's time.

What is the same in every row is asked once per page; every value passes `safe` on its way into the markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from okienko.ui.lists.columns import Column
from okienko.ui.markup import safe
from okienko.ui.moments import Write, writer


def cell(column: Column, row: Any, write: Write) -> str:
    """As the column shows it, or by the type of its value."""
    value = column.of(row)
    if column.show is not None:
        return safe(column.show(row, value))
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, date):
        return write(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float | Decimal):
        return f'<span class="number">{formats.number_format(value)}</span>'
    return safe(value)


def body(
    columns: Sequence[Column],
    rows: Sequence[Any],
    *,
    url_of: Callable[[Any], str] | None,
    is_late: Callable[[Any], bool] | None,
    tick: Callable[[Any], str] | None,
) -> SafeString:
    heads = [
        f'<td role="cell" class="{column.align}{" wide" if column.wide else ""}" data-title="{safe(column.title)}">'
        for column in columns
    ]
    write = writer("short")

    def parts() -> Iterator[str]:
        for row in rows:
            yield (
                '<tr role="row" data-row class="late">'
                if is_late and is_late(row)
                else '<tr role="row" data-row>'
            )
            if tick:
                yield tick(row)
            opens = url_of
            for head, column in zip(heads, columns, strict=True):
                shown = cell(column, row, write)
                if opens:
                    shown, opens = f'<a data-open href="{safe(opens(row))}">{shown}</a>', None
                yield f"{head}{shown}</td>"
            yield "</tr>"

    return mark_safe("".join(parts()))


def ticks(list_id: str, key_of: Callable[[Any], str], name_of: Callable[[Any], str]) -> Callable[[Any], str]:
    """The box by which a row is chosen."""
    select = _("Select %(name)s")

    def tick(row: Any) -> str:
        return (
            f'<td role="cell" class="select"><input type="checkbox" form="{safe(list_id)}-bulk" name="selected"'
            f' value="{safe(key_of(row))}" aria-label="{safe(select % {"name": name_of(row)})}"></td>'
        )

    return tick
