"""How entries get into their table: each by itself, or all of a longer piece of work with one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from django.db import models

from okienko.kernel.history import rules
from okienko.kernel.history.statements import prepared
from okienko.kernel.history.transactions import memory


class Row(NamedTuple):
    """An entry as the table holds it, its columns in the order of a COPY; the changes as JSON text."""

    subject_type: str
    subject_id: int
    number: int
    kind: str
    at: datetime
    happened_at: datetime
    person_id: int | None
    actor: str
    channel: str
    before: str | None
    after: str | None
    note: str
    sealed: bytes
    forgotten: bool
    previous_hash: bytes
    hash: bytes


COLUMNS = ", ".join(Row._fields)
_TYPES = (
    "text", "bigint", "int", "text", "timestamptz", "timestamptz", "bigint", "text", "text", "jsonb", "jsonb", "text",
    "bytea", "bool", "bytea", "bytea",
)  # fmt: skip
# One statement for however many rows.
_INSERT = f"""
    INSERT INTO history_entry ({COLUMNS})
    SELECT {COLUMNS} FROM unnest({", ".join(f"%s::{one}[]" for one in _TYPES)}) WITH ORDINALITY AS row ({COLUMNS}, place)
    ORDER BY place
"""  # noqa: S608


def write(rows: Sequence[Row]) -> None:
    """Every action comes by here, most of them several times: not the way by models with its many small steps."""
    held = memory().together
    if held is not None:
        held.extend(rows)
        return
    with prepared() as cursor:
        cursor.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])


@contextmanager
def together() -> Iterator[None]:
    """What is recorded inside is written by one statement at the end.

    Inside an action, around what neither reads the record nor goes on after a failure.
    """
    if memory().together is not None:
        yield
        return
    held = memory().together = []
    try:
        yield
    finally:
        memory().together = None
    if held:
        write(held)


def begin_chain(subject: models.Model) -> None:
    """It is being made under a key that nobody else can have: no writer to wait for, no last entry to look for."""
    memory().keep((subject._meta.label_lower, int(subject.pk)), (0, rules.START))
