"""A row that may be there already, written with one statement."""

from __future__ import annotations

from django.db import connection, models


def insert_once(row: models.Model) -> bool:
    """Write it unless the table has one like it already; whether it was written. Nobody waits, nothing fails."""
    fields = [field for field in row._meta.concrete_fields if not field.generated and not field.primary_key]
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {row._meta.db_table} ({columns}) VALUES ({places}) "  # noqa: S608
            "ON CONFLICT DO NOTHING RETURNING id",
            values,
        )
        written = cursor.fetchone()
    if written is None:
        return False
    row.pk, row._state.adding, row._state.db = written[0], False, connection.alias
    return True
