"""Deadlines many at once: a calendar or a rule has changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from okienko.base.events import publish
from okienko.kernel.calendars import queries, rules
from okienko.kernel.calendars.events import DeadlinesMoved, Moved
from okienko.kernel.calendars.models import Calendar, Clock
from okienko.kernel.calendars.queries import Reckoning
from okienko.kernel.history.actions import Line, record_many
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic


@atomic
def change_rule(
    subject_type: str,
    code: str,
    *,
    by: Actor,
    at: datetime,
    rule: rules.Rule,
    counts_from: rules.CountsFrom,
    note: str = "",
) -> list[Moved]:
    """A procedure has a new rule: every open deadline of that name is reckoned by it, its past stops kept."""
    clocks = Clock.objects.filter(subject_type=subject_type, code=code, ended_at__isnull=True)
    return change_rule_of(clocks, by=by, at=at, rule=rule, counts_from=counts_from, note=note)


@atomic
def change_rule_of(
    clocks: QuerySet[Clock],
    *,
    by: Actor,
    at: datetime,
    rule: rules.Rule,
    counts_from: rules.CountsFrom,
    note: str = "",
) -> list[Moved]:
    """The same for these open deadlines alone."""
    editions = sorted(set(clocks.values_list("calendar_id", "calendar_version")))
    moves: list[Moved] = []
    for calendar_id, version in editions:
        by_these_hours = (
            clocks.filter(calendar=calendar_id, calendar_version=version).select_for_update().order_by("id")
        )
        hours = queries.hours_in_version(calendar_id, version)
        found = queries.reckon_anew(by_these_hours, hours.reckon(), rule, counts_from)
        Clock.objects.filter(id__in=found.clock_ids).update(
            rule=rule.as_json(), counts_from=counts_from.value
        )
        move(
            found.moves,
            by=by,
            at=at,
            why={"rule": rule.as_json(), "counts_from": counts_from.value},
            note=note,
        )
        moves += found.moves
    return moves


@atomic
def recompute(calendar: Calendar, found: Reckoning, *, by: Actor, at: datetime, note: str) -> list[Moved]:
    why = {"calendar": calendar.code, "calendar_version": calendar.version}
    move(found.moves, by=by, at=at, why=why, note=note, version=calendar.version)
    unmoved = queries.open_clocks_by(calendar).exclude(calendar_version=calendar.version)
    unmoved.order_by().update(calendar_version=calendar.version)
    return found.moves


@atomic
def move(
    moves: list[Moved],
    *,
    by: Actor,
    at: datetime,
    why: Mapping[str, Any],
    note: str,
    version: int | None = None,
) -> None:
    if not moves:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE calendars_clock
            SET due_at = moved.due_at, calendar_version = coalesce(%s::integer, calendar_version)
            FROM unnest(%s::bigint[], %s::timestamptz[]) AS moved(id, due_at)
            WHERE calendars_clock.id = moved.id
            """,
            [version, [move.clock_id for move in moves], [move.after for move in moves]],
        )
    was = lru_cache(None)(lambda due: {"due": iso(due)} if due else None)
    now = lru_cache(None)(lambda code, due: {"deadline": code, "due": iso(due) if due else None, **why})
    lines = [
        Line(
            (move.subject_type, move.subject_id),
            "deadline.moved",
            was(move.before),
            now(move.code, move.after),
            note,
        )
        for move in moves
    ]
    record_many(lines, by=by, at=at)
    publish(DeadlinesMoved(tuple(moves), at))


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
