from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from okienko.kernel.history import rules
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.models import Entry
from okienko.kernel.history.statements import prepared
from okienko.kernel.history.transactions import atomic, memory
from okienko.kernel.history.writing import COLUMNS, Row, write

Change = Mapping[str, Any]
_PLAIN = frozenset({str, int, bool, type(None)})
Head = tuple[int, bytes]  # the number and the hash of a subject's last entry
_MANY = 200  # from here on a COPY is quicker


def plain(value: Change | None) -> Any:
    """As JSON will give it back, so that the hash taken now is the hash that a verifier finds."""
    if value is None or all(type(part) in _PLAIN for part in value.values()):
        return value if value is None else dict(value)
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def subject_key(subject: models.Model) -> tuple[str, int]:
    return subject._meta.label_lower, int(subject.pk)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry to be: for writing many at once."""

    subject: tuple[str, int]
    kind: str
    before: Change | None = None
    after: Change | None = None
    note: str = ""
    happened_at: datetime | None = None


class _Content(NamedTuple):
    """What an entry says, as JSON text, and its seal."""

    before: str
    after: str
    sealed: bytes


@atomic
def record(
    subject: models.Model,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    before: Change | None = None,
    after: Change | None = None,
    note: str = "",
    happened_at: datetime | None = None,
) -> None:
    line = Line(subject_key(subject), kind, before, after, note, happened_at)
    record_many([line], by=by, at=at)


@atomic
def record_many(lines: Sequence[Line], *, by: Actor, at: datetime) -> None:
    """Write entries for many subjects with two statements; those of one subject chain in the order given."""
    if not lines:
        return
    rows = _chained(lines, by=by, at=at)
    if len(lines) > _MANY:
        _copy(rows)
    else:
        write(list(rows))


def _chained(lines: Sequence[Line], *, by: Actor, at: datetime) -> Iterator[Row]:
    heads = _heads(sorted({line.subject for line in lines}))
    # Thousands of lines may say the same by the same objects: these are written out and sealed once.
    contents: dict[tuple[int, int, str], _Content] = {}
    for line in lines:
        key = (id(line.before), id(line.after), line.note)
        content = contents.get(key)
        if content is None:
            content = contents[key] = _content(line)
        row = _row(line, content, *heads[line.subject], by=by, at=at)
        heads[line.subject] = (row.number, row.hash)
        memory().drop(line.subject)
        yield row
    if len(heads) == 1 or memory().together is not None:
        for subject, head in heads.items():
            memory().keep(subject, head)


def _content(line: Line) -> _Content:
    before, after = rules.text(plain(line.before)), rules.text(plain(line.after))
    return _Content(before, after, rules.seal_texts(before, after, line.note))


def _row(line: Line, content: _Content, last: int, previous: bytes, *, by: Actor, at: datetime) -> Row:
    happened_at = line.happened_at or at
    chained = rules.chain(
        previous,
        subject=line.subject,
        number=last + 1,
        kind=line.kind,
        at=at,
        happened_at=happened_at,
        person_id=by.person_id,
        actor=by.label,
        channel=by.channel,
        sealed=content.sealed,
    )
    return Row(
        *line.subject, last + 1, line.kind, at, happened_at, by.person_id, by.label, by.channel,
        None if line.before is None else content.before, None if line.after is None else content.after,
        line.note, content.sealed, False, previous, chained,
    )  # fmt: skip


def _copy(rows: Iterator[Row]) -> None:
    """Rows are made while the server takes in those before them."""
    first = next(rows)  # asks for the heads: a COPY has the connection to itself
    with connection.cursor() as cursor, cursor.copy(f"COPY history_entry ({COLUMNS}) FROM STDIN") as copy:
        for row in chain([first], rows):
            copy.write_row(row)


def _heads(subjects: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Head]:
    known = {subject: head for subject in subjects if (head := memory().recall(subject)) is not None}
    unknown = [subject for subject in subjects if subject not in known]
    return known | (_lock_heads(unknown) if unknown else {})


_LOCK_KEY = "hashtextextended(%s::text || ':' || %s::text, 0)"


def _lock_heads(subjects: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Head]:
    """The last entry of each subject. Writers of one subject wait for each other; of different ones never do."""
    types = [subject[0] for subject in subjects]
    ids = [subject[1] for subject in subjects]
    with prepared() as cursor:
        if len(subjects) == 1:
            cursor.execute("SELECT pg_advisory_xact_lock(" + _LOCK_KEY + ")", [types[0], str(ids[0])])
        cursor.execute(
            """
            SELECT s.type, s.id, e.number, e.hash
            FROM unnest(%s::text[], %s::bigint[]) AS s(type, id)
            LEFT JOIN LATERAL (
                SELECT number, hash FROM history_entry
                WHERE subject_type = s.type AND subject_id = s.id
                ORDER BY number DESC LIMIT 1
            ) e ON true
            """,
            [types, ids],
        )
        return {
            (row[0], row[1]): (row[2] or 0, bytes(row[3]) if row[3] is not None else rules.START)
            for row in cursor.fetchall()
        }


@atomic
def forget(
    subject: models.Model,
    *,
    by: Actor,
    at: datetime,
    kind: str = "history.forgotten",
    which: models.Q | None = None,
) -> int:
    """Remove what the entries of a subject, or `which` of them, say about people; the chain and the bare facts stay."""
    type_, id_ = subject_key(subject)
    entries = Entry.objects.filter(which or models.Q(), subject_type=type_, subject_id=id_, forgotten=False)
    forgotten = entries.update(before=None, after=None, note="", forgotten=True)
    record(subject, kind, by=by, at=at, after={"entries": forgotten})
    return forgotten
