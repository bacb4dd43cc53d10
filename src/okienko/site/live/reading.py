"""What changed since the last look, in at most three short statements however many people watch.

Changes of cases and hours stand in a table of their own, written with the record of each change. A held time
leaves no such trace, so that holding stays one statement: what is held is read from the claims themselves, by the
ids that are new, those that are gone, and the times at which holds end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from okienko.kernel.cases.models import Case
from okienko.kernel.slots.models import Resource
from okienko.site.live.topics import Changed, procedures_of

CASE, RESOURCE = Case._meta.label_lower, Resource._meta.label_lower
# A claim may become visible later than one of a greater id, by as long as its transaction lasts.
LATE = timedelta(seconds=5)
MOST_CASES = 2000
UNNAMED = 0  # stands for any of its kind: too many changed at once

_CHANGES = """
SELECT s.oldest, c.id, c.subject_type, c.subject_id
FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest) s
LEFT JOIN live_change c ON c.transaction >= %s
"""
_CLAIMS = """
SELECT id, resource_id, expires_at FROM slots_claim
WHERE resource_id = ANY(%s) AND (id > %s OR id = ANY(%s))
"""
_HOLDS = "SELECT id, resource_id, expires_at FROM slots_claim WHERE resource_id = ANY(%s) AND expires_at > %s"


_NOWHERE = 2**62


def _rows(since: int) -> list[tuple[int, int | None, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, [since])
        rows: list[tuple[int, int | None, str, int]] = cursor.fetchall()
        return rows


@dataclass
class Changes:
    """Reads the table of changes from a transaction on; none is missed and none told twice."""

    since: int | None = None
    told: set[int | None] = field(default_factory=set)

    def read(self) -> tuple[set[int], set[int]]:
        if self.since is None:
            # The first look only finds the place; what is there already is no change.
            self.since = _rows(_NOWHERE)[0][0]
            self.told = {row[1] for row in _rows(self.since)}
            return set(), set()
        rows = _rows(self.since)
        self.since = rows[0][0]
        found = [row for row in rows if row[1] is not None and row[1] not in self.told]
        # Of transactions that had all ended when we looked, nothing is read again.
        self.told = {row[1] for row in rows}
        cases = {row[3] for row in found if row[2] == CASE}
        return cases, {row[3] for row in found if row[2] == RESOURCE}


@dataclass
class Claims:
    """Follows what is held of the resources that somebody watches."""

    watched: frozenset[int] = frozenset()
    holds: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)
    marks: deque[tuple[datetime, int]] = field(default_factory=deque)

    def read(self, watched: frozenset[int], now: datetime) -> set[int]:
        fresh = watched - self.watched
        self.watched = watched
        self.holds = {pk: hold for pk, hold in self.holds.items() if hold[0] in watched}
        if not watched:
            self.marks.clear()
            return set()
        with connection.cursor() as cursor:
            if not self.marks:
                cursor.execute("SELECT coalesce(max(id), 0) FROM slots_claim")
                self.marks.append((now, cursor.fetchone()[0]))
            if fresh:
                cursor.execute(_HOLDS, [list(fresh), now])
                self.holds |= {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
                self.told |= self.holds.keys()
            cursor.execute(_CLAIMS, [list(watched), self.marks[0][1], list(self.holds)])
            rows = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
        return self._compare(rows, now)

    def _compare(self, rows: dict[int, tuple[int, datetime | None]], now: datetime) -> set[int]:
        gone = {pk for pk, (_resource, until) in self.holds.items() if pk not in rows or until <= now}
        changed = {self.holds[pk][0] for pk in gone}
        changed |= {resource for pk, (resource, _until) in rows.items() if pk not in self.told}
        self.holds = {
            pk: (resource, until) for pk, (resource, until) in rows.items() if until and until > now
        }
        self.told |= rows.keys()
        self._move_on(rows, now)
        return changed

    def _move_on(self, rows: Iterable[int], now: datetime) -> None:
        newest = max([self.marks[-1][1], *rows])
        self.marks.append((now, newest))
        while len(self.marks) > 1 and self.marks[1][0] <= now - LATE:
            self.marks.popleft()
        low = self.marks[0][1]
        self.told = {pk for pk in self.told if pk > low or pk in self.holds}


def _changed(cases: set[int], resources: set[int], held: Collection[int] = ()) -> Changed:
    many_cases = UNNAMED in cases or len(cases) > MOST_CASES
    return Changed(
        {} if many_cases else procedures_of(cases),
        frozenset(resources.union(held) - {UNNAMED}),
        many_cases=many_cases,
        many_resources=UNNAMED in resources,
    )


@dataclass
class Reader:
    changes: Changes = field(default_factory=Changes)
    claims: Claims = field(default_factory=Claims)

    def read(self, watched: Collection[int], now: datetime) -> Changed:
        case_ids, resources = self.changes.read()
        held = self.claims.read(frozenset(watched), now)
        return _changed(case_ids, resources, held)


def here() -> int:
    """The place up to which everything can be read now."""
    changes = Changes()
    changes.read()
    return changes.since or 0


def since(transaction: int) -> Changed:
    cases, resources = Changes(since=transaction).read()
    return _changed(cases, resources)


def is_kept(transaction: int) -> bool:
    """Whether all changes from that transaction on are still there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(transaction) FROM live_change")
        oldest = cursor.fetchone()[0]
    return oldest is not None and oldest <= transaction
