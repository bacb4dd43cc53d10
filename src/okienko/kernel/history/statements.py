"""Statements of the hot paths: what every report needs is read and planned by the server once for each connection.

Everything else goes by the ORM, whose cursors put values into the text and so never prepare anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any, TypeVar

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import DatabaseDefault

M = TypeVar("M", bound=models.Model)


class _Cursor(ServerBindingCursor):
    """Keeps the text of a statement that is only called by its name, where Django's log of statements looks for it."""

    _query: Any

    def execute(self, query: str, params: Any = None, **given: Any) -> Any:
        try:
            return super().execute(query, params, **given)  # type: ignore[misc]
        finally:
            self._query = self._query or SimpleNamespace(query=query.encode())


@contextmanager
def prepared() -> Iterator[CursorWrapper]:
    """A cursor of the connection, with its log of statements; its errors are Django's, as of any other."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = _Cursor(connection.connection)  # type: ignore[call-arg]
    with connection._prepare_cursor(cursor) as wrapped:  # type: ignore[attr-defined]
        yield wrapped


def rows_of(model: type[M], condition: str, values: Sequence[Any] = ()) -> list[M]:
    """Whole rows by a condition that is written out."""
    with prepared() as cursor:
        cursor.execute(
            f'SELECT {columns_of(model)} FROM "{model._meta.db_table}" WHERE {condition}',  # noqa: S608
            values,
        )
        found = cursor.fetchall()
    return [row_of(model, row) for row in found]


@cache
def columns_of(model: type[models.Model]) -> str:
    """What a statement selects to have whole rows, also beside those of other tables."""
    table = model._meta.db_table
    return ", ".join(f'"{table}"."{field.column}"' for field in _fields(model, True))


def width_of(model: type[models.Model]) -> int:
    return len(_fields(model, True))


def row_of(model: type[M], values: Sequence[Any]) -> M:
    fields = _fields(model, True)
    return model.from_db(
        connection.alias, [field.attname for field in fields], list(map(_read, fields, values))
    )


def _read(field: Any, value: Any) -> Any:
    convert = getattr(field, "from_db_value", None)
    return value if convert is None else convert(value, None, connection)


def insert(*rows: models.Model) -> None:
    """New rows of one table. A search vector is given as its words."""
    if rows:
        _insert(rows)


def insert_once(row: models.Model) -> bool:
    """Write it unless the table has one like it already; whether it was written. Nobody waits, nothing fails."""
    return _insert([row], "ON CONFLICT DO NOTHING") == 1


def _insert(rows: Sequence[models.Model], unless: str = "") -> int:
    """How many were written; each knows its key."""
    key = rows[0]._meta.pk
    fields = _fields(type(rows[0]), rows[0].pk is not None)
    places, values = [], []
    for row in rows:
        given = [field.pre_save(row, add=True) for field in fields]
        places.append(f"({', '.join(map(_place, fields, given))})")
        values += [
            field.get_db_prep_save(value, connection)
            for field, value in zip(fields, given, strict=True)
            if not isinstance(value, DatabaseDefault)
        ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with prepared() as cursor:
        cursor.execute(
            f'INSERT INTO "{rows[0]._meta.db_table}" ({columns}) VALUES {", ".join(places)} {unless}'  # noqa: S608
            f' RETURNING "{key.column}"',
            values,
        )
        keys = cursor.fetchall()
    for row, (pk,) in zip(rows, keys, strict=False):
        row.pk, row._state.adding, row._state.db = pk, False, connection.alias
    return len(keys)


def _place(field: Any, value: Any) -> str:
    if isinstance(value, DatabaseDefault):
        return "DEFAULT"
    return "array_to_tsvector(%s::text[])" if isinstance(field, SearchVectorField) else "%s"


@cache
def _fields(model: type[models.Model], with_key: bool) -> tuple[Any, ...]:
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not field.generated and (with_key or not field.primary_key)
    )
