from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from okienko.kernel.history import rules
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.models import Entry

Change = Mapping[str, Any]
_PLAIN = frozenset({str, int, bool, type(None)})
_MANY = 200  # from here on a COPY is quicker than rows made into objects and back


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
    happened_at: datetime | None = field(default=None)


@transaction.atomic
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
) -> Entry:
    line = Line(subject_key(subject), kind, before, after, note, happened_at)
    return record_many([line], by=by, at=at)[0]


@transaction.atomic
def record_many(lines: Sequence[Line], *, by: Actor, at: datetime) -> list[Entry]:
    """Write entries for many subjects with two statements; those of one subject chain in the order given."""
    if not lines:
        return []
    subjects = sorted({line.subject for line in lines})
    heads = _lock_heads(subjects)
    entries = []
    for line in lines:
        entry = _entry(line, *heads[line.subject], by=by, at=at)
        heads[line.subject] = (entry.number, bytes(entry.hash))
        entries.append(entry)
    if len(entries) > _MANY:
        _copy(entries)
    else:
        Entry.objects.bulk_create(entries)
    return entries


def _entry(line: Line, number: int, previous: bytes, *, by: Actor, at: datetime) -> Entry:
    before, after = plain(line.before), plain(line.after)
    sealed = rules.seal(before, after, line.note)
    happened_at = line.happened_at or at
    return Entry(
        subject_type=line.subject[0],
        subject_id=line.subject[1],
        number=number + 1,
        kind=line.kind,
        at=at,
        happened_at=happened_at,
        person_id=by.person_id,
        actor=by.label,
        channel=by.channel,
        before=before,
        after=after,
        note=line.note,
        sealed=sealed,
        previous_hash=previous,
        hash=rules.chain(
            previous,
            subject=line.subject,
            number=number + 1,
            kind=line.kind,
            at=at,
            happened_at=happened_at,
            person_id=by.person_id,
            actor=by.label,
            channel=by.channel,
            sealed=sealed,
        ),
    )


_COLUMNS = (
    "subject_type", "subject_id", "number", "kind", "at", "happened_at", "person_id", "actor", "channel", "before",
    "after", "note", "sealed", "forgotten", "previous_hash", "hash",
)  # fmt: skip


def _copy(entries: Sequence[Entry]) -> None:
    columns = ", ".join(_COLUMNS)
    with connection.cursor() as cursor, cursor.copy(f"COPY history_entry ({columns}) FROM STDIN") as copy:
        for entry in entries:
            values = [getattr(entry, column) for column in _COLUMNS]
            for place in (9, 10):
                values[place] = (
                    None if values[place] is None else json.dumps(values[place], ensure_ascii=False)
                )
            copy.write_row(values)


_LOCK_KEY = "hashtextextended(%s || ':' || %s::text, 0)"


def _lock_heads(subjects: Sequence[tuple[str, int]]) -> dict[tuple[str, int], tuple[int, bytes]]:
    """The last entry of each subject. Writers of one subject wait for each other; of different ones never do."""
    types = [subject[0] for subject in subjects]
    ids = [subject[1] for subject in subjects]
    with connection.cursor() as cursor:
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


@transaction.atomic
def forget(subject: models.Model, *, by: Actor, at: datetime, kind: str = "history.forgotten") -> int:
    """Remove what the entries of a subject say about people; the chain and the bare facts stay."""
    type_, id_ = subject_key(subject)
    forgotten = Entry.objects.filter(subject_type=type_, subject_id=id_, forgotten=False).update(
        before=None, after=None, note="", forgotten=True
    )
    record(subject, kind, by=by, at=at, after={"entries": forgotten})
    return forgotten
