"""The deadlines of a case: started, stopped and ended by the rows of its procedure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from okienko.kernel.calendars import actions as calendars
from okienko.kernel.calendars import rules as deadlines
from okienko.kernel.calendars.events import DeadlinesMoved, Moved
from okienko.kernel.calendars.models import Clock
from okienko.kernel.calendars.queries import clocks_of, open_clock, tell
from okienko.kernel.calendars.words import Told
from okienko.kernel.cases.models import NEVER, Case
from okienko.kernel.cases.rules import ClockMove, ClockRule, Procedure, Step, all_procedures
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand

SUBJECT = Case._meta.label_lower


def start_those_from_receipt(case: Case, *, by: Actor, at: datetime) -> None:
    """Before the row of the case is written: its deadline goes into the row."""
    started = {
        row.code: _start(case, row, case.received_at, by=by, at=at)
        for row in case.table.clocks
        if row.from_receipt
    }
    _show(case, started.get(case.table.main_clock))


def move(case: Case, step: Step, *, by: Actor, at: datetime, happened_at: datetime | None) -> None:
    """What the step does to the clocks. A deadline that has passed can no longer be stopped, only met late."""
    then = happened_at or at
    entered: Any = {"by": by, "at": at, "happened_at": then}
    for on_clock in step.clocks:
        clock = open_clock(case, on_clock.clock)
        match on_clock.move:
            case ClockMove.START:
                if clock is not None:
                    calendars.cancel_clock(clock, **entered)
                _start(case, case.table.clock(on_clock.clock), then, by=by, at=at)
            case ClockMove.STOP if clock is not None and _runs(clock, then):
                calendars.stop_clock(clock, **entered)
            case ClockMove.RESUME if clock is not None and clock.state == Clock.State.STOPPED:
                calendars.resume_clock(clock, **entered)
            case ClockMove.MEET if clock is not None:
                calendars.meet_clock(clock, **entered)
            case ClockMove.CANCEL if clock is not None:
                calendars.cancel_clock(clock, **entered)
    if not case.open:
        cancel_all(case, by=by, at=at)
    _show_main(case)


def _runs(clock: Clock, at: datetime) -> bool:
    return clock.state == Clock.State.RUNNING and clock.due_at is not None and clock.due_at > at


def _start(case: Case, row: ClockRule, started_at: datetime, *, by: Actor, at: datetime) -> Clock:
    return calendars.start_clock(
        case,
        row.code,
        by=by,
        at=at,
        calendar=case.table.calendar,
        rule=rule_of(row),
        counts_from=deadlines.CountsFrom(row.counts_from),
        started_at=started_at,
    )


def rule_of(row: ClockRule) -> deadlines.Rule:
    return deadlines.Rule.parse({**row.rule, "basis": row.basis})


def by_another_rule(table: Procedure, row: ClockRule) -> QuerySet[Clock]:
    """Open deadlines that began by a rule which the procedure has changed since: they keep it until somebody chooses."""
    cases = Case.objects.filter(procedure=table.code).values("pk")
    running = Clock.objects.filter(
        subject_type=SUBJECT, subject_id__in=cases, code=row.code, ended_at__isnull=True
    )
    return running.exclude(rule=rule_of(row).as_json(), counts_from=row.counts_from)


@atomic
def reckon_by_present_rule(
    table: Procedure, row: ClockRule, *, by: Actor, at: datetime, note: str = ""
) -> list[Moved]:
    demand(by, "calendars.change")
    return calendars.change_rule_of(
        by_another_rule(table, row),
        by=by,
        at=at,
        rule=rule_of(row),
        counts_from=deadlines.CountsFrom(row.counts_from),
        note=note,
    )


def cancel_all(case: Case, *, by: Actor, at: datetime) -> None:
    for clock in clocks_of(case).filter(ended_at__isnull=True):
        calendars.cancel_clock(clock, by=by, at=at)
    _show_main(case)


def _show_main(case: Case) -> None:
    """The deadline that the list shows: the main one of the procedure while it is open."""
    _show(case, open_clock(case, case.table.main_clock) if case.table.main_clock else None)


def _show(case: Case, clock: Clock | None) -> None:
    case.due_at = clock.due_at if clock else None
    case.due_order = case.due_at or NEVER


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline of a case as everybody is told of it, on its page, by the API and on paper."""

    clock: Clock
    name: str
    late: bool
    told: Told


def deadlines_of(case: Case, now: datetime) -> list[Deadline]:
    names = {row.code: str(row.name) for row in case.table.clocks}
    return [
        Deadline(clock, names.get(clock.code, clock.code), clock.is_late(now), tell(clock))
        for clock in clocks_of(case)
    ]


def follow_moved_deadlines(event: DeadlinesMoved) -> None:
    """A calendar or a rule moved deadlines: the cases show the new ones, in one statement however many."""
    moves = [move for move in event.moves if move.subject_type == SUBJECT]
    if moves:
        _write_due(
            [move.subject_id for move in moves], [move.code for move in moves], [move.after for move in moves]
        )


def _write_due(ids: Sequence[int], codes: Sequence[str], due: Sequence[datetime | None]) -> None:
    mains = {table.code: table.main_clock for table in all_procedures()}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE cases_case SET due_at = moved.due, due_order = coalesce(moved.due, %s)
            FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS moved(id, code, due),
                 unnest(%s::text[], %s::text[]) AS main(procedure, code)
            WHERE cases_case.id = moved.id AND main.procedure = cases_case.procedure AND main.code = moved.code
            """,
            [NEVER, list(ids), list(codes), list(due), list(mains), list(mains.values())],
        )
