"""Deadlines one by one: started, stopped, resumed and ended."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.events import publish
from okienko.kernel.calendars import queries, rules
from okienko.kernel.calendars.actions.moving import iso
from okienko.kernel.calendars.events import DeadlinesMoved, Moved
from okienko.kernel.calendars.models import Calendar, Clock
from okienko.kernel.history.actions import Line, record_many, subject_key
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.statements import insert, prepared
from okienko.kernel.history.transactions import atomic


@atomic
def start_clock(
    subject: models.Model,
    code: str,
    *,
    by: Actor,
    at: datetime,
    calendar: Calendar | str,
    rule: rules.Rule,
    counts_from: rules.CountsFrom = rules.CountsFrom.AS_IT_CAME,
    started_at: datetime | None = None,
) -> Clock:
    """A deadline begins to run, from now or from when the event really happened. A calendar may be given by its code."""
    type_, id_ = subject_key(subject)
    named = calendar if isinstance(calendar, str) else calendar.code
    calendar_id, version, edition_id, runs = _before_start(named, type_, id_, code)
    if runs:
        raise Refused(_("This deadline is already running."), code="clock-runs")
    clock = Clock(
        subject_type=type_,
        subject_id=id_,
        code=code,
        calendar_id=calendar_id,
        calendar_version=version,
        rule=rule.as_json(),
        counts_from=counts_from.value,
        started_at=started_at or at,
    )
    # An edition that came while its calendar was waited for is not seen by the statement that waited.
    hours = (
        queries.hours_of_edition(edition_id) if edition_id else queries.hours_in_version(calendar_id, version)
    )
    clock.due_at = queries.due_of(clock, hours)
    insert(clock)
    _record(clock, "deadline.started", by=by, at=at, happened_at=clock.started_at)
    return clock


@atomic
def stop_clock(
    clock: Clock, *, by: Actor, at: datetime, happened_at: datetime | None = None, note: str = ""
) -> Clock:
    """It waits for the other side; from now on no time is used up."""
    clock = _locked(clock, Clock.State.RUNNING, _("This deadline does not run now."))
    since, before = happened_at or at, clock.due_at
    if clock.stops and since < datetime.fromisoformat(clock.stops[-1][1]):
        raise Refused(
            _("The deadline was still stopped at that time."), code="stop-overlaps", field="happened_at"
        )
    clock.stops = [*clock.stops, [iso(since), None]]
    # What was already late when it was stopped stays due when it was.
    clock.due_at = _due_of(clock)
    clock.state = Clock.State.STOPPED
    return _changed(clock, "deadline.stopped", before, by=by, at=at, happened_at=since, note=note)


@atomic
def resume_clock(
    clock: Clock, *, by: Actor, at: datetime, happened_at: datetime | None = None, note: str = ""
) -> Clock:
    """It goes on from where it stood."""
    clock = _locked(clock, Clock.State.STOPPED, _("This deadline is not stopped."))
    until = happened_at or at
    since = clock.stops[-1][0]
    if until < datetime.fromisoformat(since):
        raise Refused(_("It must end later than it begins."), code="reversed", field="happened_at")
    clock.stops = [*clock.stops[:-1], [since, iso(until)]]
    before, clock.due_at = clock.due_at, _due_of(clock)
    clock.state = Clock.State.RUNNING
    return _changed(clock, "deadline.resumed", before, by=by, at=at, happened_at=until, note=note)


@atomic
def meet_clock(
    clock: Clock, *, by: Actor, at: datetime, happened_at: datetime | None = None, note: str = ""
) -> Clock:
    """What was due has been done, in time or late."""
    return _end(clock, Clock.State.MET, "deadline.met", by=by, at=at, happened_at=happened_at, note=note)


@atomic
def cancel_clock(
    clock: Clock, *, by: Actor, at: datetime, happened_at: datetime | None = None, note: str = ""
) -> Clock:
    """Nothing is due any more."""
    return _end(
        clock, Clock.State.CANCELLED, "deadline.cancelled", by=by, at=at, happened_at=happened_at, note=note
    )


def _before_start(
    calendar: str, subject_type: str, subject_id: int, code: str
) -> tuple[int, int, int | None, bool]:
    """The calendar with its version and edition in force, and whether the deadline runs already. A change of the
    calendar that is under way is waited for, and waits for us, so that no clock starts by hours that have just been
    replaced and escapes being reckoned anew.
    """
    with prepared() as cursor:
        cursor.execute(
            """
            SELECT id, version, (
                SELECT id FROM calendars_edition WHERE calendar_id = asked.id AND version = asked.version
            ), EXISTS (
                SELECT FROM calendars_clock
                WHERE subject_type = %s AND subject_id = %s AND code = %s AND ended_at IS NULL
            )
            FROM calendars_calendar asked WHERE code = %s FOR KEY SHARE
            """,
            [subject_type, subject_id, code, calendar],
        )
        found: tuple[int, int, int | None, bool] | None = cursor.fetchone()
    if found is None:
        raise Refused(_("There is no calendar “%(code)s”.") % {"code": calendar}, code="no-calendar")
    return found


def _locked(clock: Clock, state: Clock.State, otherwise: str) -> Clock:
    clock = Clock.objects.select_for_update().get(pk=clock.pk)
    if clock.state != state:
        raise Refused(otherwise, code="clock-" + clock.state)
    return clock


def _due_of(clock: Clock) -> datetime | None:
    return queries.due_of(clock, queries.hours_in_version(clock.calendar_id, clock.calendar_version))


def _changed(
    clock: Clock,
    kind: str,
    before: datetime | None,
    *,
    by: Actor,
    at: datetime,
    happened_at: datetime,
    note: str,
) -> Clock:
    clock.save()
    _record(clock, kind, by=by, at=at, happened_at=happened_at, before=before, note=note)
    moved = Moved(clock.pk, clock.subject_type, clock.subject_id, clock.code, before, clock.due_at)
    publish(DeadlinesMoved((moved,), at))
    return clock


def _end(
    clock: Clock,
    state: Clock.State,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    happened_at: datetime | None,
    note: str,
) -> Clock:
    clock = Clock.objects.select_for_update().get(pk=clock.pk)
    if not clock.is_open:
        raise Refused(_("This deadline has already ended."), code="clock-ended")
    ended_at = happened_at or at
    if ended_at < clock.started_at:
        raise Refused(_("It must end later than it begins."), code="reversed", field="happened_at")
    clock.state, clock.ended_at = state, ended_at
    clock.save()
    _record(clock, kind, by=by, at=at, happened_at=ended_at, note=note)
    return clock


def _record(
    clock: Clock,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    happened_at: datetime,
    before: datetime | None = None,
    note: str = "",
) -> None:
    line = Line(
        (clock.subject_type, clock.subject_id),
        kind,
        before={"due": iso(before)} if before else None,
        after={"deadline": clock.code, "due": iso(clock.due_at) if clock.due_at else None},
        note=note,
        happened_at=happened_at,
    )
    record_many([line], by=by, at=at)
