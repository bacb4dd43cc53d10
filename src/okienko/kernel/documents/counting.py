"""Many rows counted along several dimensions at once: one statement, however many tables come of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

WHOLE = ""


def counted(
    statement: str, rows: QuerySet[Any, Any], dimensions: Sequence[str], *before: Any
) -> Iterator[tuple[str, Any, list[Any]]]:
    """A dimension, one of its keys and what was counted there; all that there is under `WHOLE`.

    The statement takes its rows from `{rows}`, and answers with grouping() of the columns of the dimensions, these
    columns, and the counts. `before`: its values that stand before the rows.
    """
    try:
        sql, values = rows.order_by().query.sql_with_params()
    except EmptyResultSet:
        return
    every = 2 ** len(dimensions) - 1
    # The bits of grouping(): nought for the column by which a row is grouped, the first column first.
    names = {every - 2**place: name for place, name in enumerate(reversed(dimensions))}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(rows=sql), [*before, *values])
        for grouped, *found in cursor.fetchall():
            keys, counts = found[: len(dimensions)], found[len(dimensions) :]
            yield names.get(grouped, WHOLE), next((key for key in keys if key is not None), None), counts
