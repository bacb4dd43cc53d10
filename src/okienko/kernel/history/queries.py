from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet

from okienko.kernel.history import rules
from okienko.kernel.history.actions import subject_key
from okienko.kernel.history.models import Entry


def entries_of(subject: models.Model) -> QuerySet[Entry]:
    """The record of one thing, first to last. Whoever may see the thing may see its record."""
    type_, id_ = subject_key(subject)
    return (
        Entry.objects.filter(subject_type=type_, subject_id=id_).select_related("person").order_by("number")
    )


def entries_of_kinds(subject_type: str, kinds: Collection[str]) -> QuerySet[Entry]:
    """The record of many things of one type; the caller keeps to those that may be seen."""
    return Entry.objects.filter(subject_type=subject_type, kind__in=kinds)


@dataclass(frozen=True, slots=True)
class Broken:
    subject_type: str
    subject_id: int
    number: int
    what: str


def verify(subject: models.Model | None = None) -> Iterator[Broken]:
    """Walk the chain of one subject, or of all, and name every entry that is not as it was written."""
    entries = Entry.objects.order_by("subject_type", "subject_id", "number")
    if subject is not None:
        type_, id_ = subject_key(subject)
        entries = entries.filter(subject_type=type_, subject_id=id_)
    current: tuple[str, int] | None = None
    number, previous = 0, rules.START
    for entry in entries.iterator(chunk_size=5000):
        key = (entry.subject_type, entry.subject_id)
        if key != current:
            current, number, previous = key, 0, rules.START
        for what in _faults(entry, number + 1, previous):
            yield Broken(*key, entry.number, what)
        number, previous = entry.number, bytes(entry.hash)


def _faults(entry: Entry, expected_number: int, previous: bytes) -> Iterator[str]:
    if entry.number != expected_number:
        yield "missing"
    elif bytes(entry.previous_hash) != previous:
        yield "unlinked"
    if not entry.forgotten and rules.seal(entry.before, entry.after, entry.note) != bytes(entry.sealed):
        yield "content"
    expected = rules.chain(
        bytes(entry.previous_hash),
        subject=(entry.subject_type, entry.subject_id),
        number=entry.number,
        kind=entry.kind,
        at=entry.at,
        happened_at=entry.happened_at,
        person_id=entry.person_id,
        actor=entry.actor,
        channel=entry.channel,
        sealed=bytes(entry.sealed),
    )
    if expected != bytes(entry.hash):
        yield "altered"
