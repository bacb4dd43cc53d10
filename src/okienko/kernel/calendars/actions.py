from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Literal

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.events import publish
from okienko.kernel.calendars import queries, rules, words
from okienko.kernel.calendars.events import CalendarChanged, DeadlinesMoved, Moved
from okienko.kernel.calendars.models import Calendar, CalendarException, Clock, Edition
from okienko.kernel.calendars.queries import Hours, OwnDay, Reckoning
from okienko.kernel.history import changes
from okienko.kernel.history.actions import Line, record, record_many, subject_key
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.access import demand
from okienko.kernel.units.models import Unit

Running = Literal["keep", "recompute"]

# --- Calendars ----------------------------------------------------------------------------------------------


@transaction.atomic
def create_calendar(
    *,
    by: Actor,
    at: datetime,
    code: str,
    name: str,
    week: Mapping[str, Any],
    unit: Unit | None = None,
    timezone: str = "Europe/Warsaw",
    statutory: bool = True,
    own_days: Mapping[date, OwnDay] | None = None,
) -> Calendar:
    demand(by, "calendars.change", unit=unit)
    if Calendar.objects.filter(code=code).exists():
        raise Refused(
            _("The code “%(code)s” is already taken.") % {"code": code}, code="code-taken", field="code"
        )
    hours = _hours(timezone, week, statutory, own_days or {})
    calendar = Calendar.objects.create(
        code=code, name=name, unit=unit, timezone=timezone, week=hours.week.as_json(), statutory=statutory
    )
    _write_own_days(calendar, hours)
    edition = _publish_edition(calendar, hours, at)
    record(calendar, "calendar.created", by=by, at=at, after={"name": name, **_as_json(edition)})
    return calendar


@transaction.atomic
def change_calendar(
    calendar: Calendar,
    *,
    by: Actor,
    at: datetime,
    version: int,
    running: Running,
    name: str | None = None,
    timezone: str | None = None,
    week: Mapping[str, Any] | None = None,
    statutory: bool | None = None,
    own_days: Mapping[date, OwnDay] | None = None,
    note: str = "",
) -> list[Moved]:
    """New hours. What runs keeps its deadline or gets a new one; whatever moves has it in its history."""
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    changes.check_version(calendar, version)
    hours = proposed(calendar, timezone=timezone, week=week, statutory=statutory, own_days=own_days)
    before = {"name": calendar.name, **_as_json(Edition.objects.get(calendar=calendar, version=version))}
    calendar.name = name or calendar.name
    calendar.timezone, calendar.week, calendar.statutory = (
        hours.timezone,
        hours.week.as_json(),
        hours.statutory,
    )
    calendar.version += 1
    calendar.save()
    if own_days is not None:
        _write_own_days(calendar, hours)
    after = {"name": calendar.name, **_as_json(_publish_edition(calendar, hours, at))}
    differs = [key for key in after if before[key] != after[key]]
    record(
        calendar,
        "calendar.changed",
        by=by,
        at=at,
        before={key: before[key] for key in differs},
        after={key: after[key] for key in differs} | {"running": running},
        note=note,
    )
    publish(CalendarChanged(calendar.pk, at))
    if running == "keep":
        return []
    return _recompute(calendar, queries.what_would_move(calendar, hours), by=by, at=at, note=note)


def proposed(
    calendar: Calendar,
    *,
    timezone: str | None = None,
    week: Mapping[str, Any] | None = None,
    statutory: bool | None = None,
    own_days: Mapping[date, OwnDay] | None = None,
) -> Hours:
    """The hours of the calendar with what is to be different."""
    return _hours(
        calendar.timezone if timezone is None else timezone,
        calendar.week if week is None else week,
        calendar.statutory if statutory is None else statutory,
        queries.hours_of(calendar).own_days if own_days is None else own_days,
    )


def _hours(timezone: str, week: Mapping[str, Any], statutory: bool, own_days: Mapping[date, OwnDay]) -> Hours:
    try:
        hours = Hours(timezone, rules.Week.parse(week), statutory, own_days)
        hours.reckon()
    except rules.WrongQuestion as refused:
        raise Refused(words.wrong(refused), code=refused.code, field=refused.where.split(".")[0]) from refused
    return hours


def _write_own_days(calendar: Calendar, hours: Hours) -> None:
    CalendarException.objects.filter(calendar=calendar).delete()
    CalendarException.objects.bulk_create(
        CalendarException(calendar=calendar, date=on, hours=rules.hours_as_json(day.hours), note=day.note)
        for on, day in sorted(hours.own_days.items())
    )


def _publish_edition(calendar: Calendar, hours: Hours, at: datetime) -> Edition:
    return Edition.objects.create(
        calendar=calendar,
        version=calendar.version,
        since=at,
        timezone=hours.timezone,
        week=hours.week.as_json(),
        statutory=hours.statutory,
        exceptions={
            on.isoformat(): rules.hours_as_json(day.hours) for on, day in sorted(hours.own_days.items())
        },
        notes={on.isoformat(): note for on, note in sorted(hours.notes().items())},
    )


def _as_json(edition: Edition) -> dict[str, Any]:
    fields = ("version", "timezone", "week", "statutory", "exceptions", "notes")
    return {field: getattr(edition, field) for field in fields}


# --- Clocks -------------------------------------------------------------------------------------------------


@transaction.atomic
def start_clock(
    subject: models.Model,
    code: str,
    *,
    by: Actor,
    at: datetime,
    calendar: Calendar,
    rule: rules.Rule,
    counts_from: rules.CountsFrom = rules.CountsFrom.AS_IT_CAME,
    started_at: datetime | None = None,
) -> Clock:
    """A deadline begins to run, from now or from when the event really happened."""
    type_, id_ = subject_key(subject)
    if queries.open_clock(subject, code) is not None:
        raise Refused(_("This deadline is already running."), code="clock-runs")
    clock = Clock(
        subject_type=type_,
        subject_id=id_,
        code=code,
        calendar=calendar,
        calendar_version=_version_now(calendar),
        rule=rule.as_json(),
        counts_from=counts_from.value,
        started_at=started_at or at,
    )
    clock.due_at = _due_of(clock)
    clock.save()
    _record(clock, "deadline.started", by=by, at=at, happened_at=clock.started_at)
    return clock


@transaction.atomic
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
    clock.stops = [*clock.stops, [_iso(since), None]]
    # What was already late when it was stopped stays due when it was.
    clock.due_at = _due_of(clock)
    clock.state = Clock.State.STOPPED
    return _changed(clock, "deadline.stopped", before, by=by, at=at, happened_at=since, note=note)


@transaction.atomic
def resume_clock(
    clock: Clock, *, by: Actor, at: datetime, happened_at: datetime | None = None, note: str = ""
) -> Clock:
    """It goes on from where it stood."""
    clock = _locked(clock, Clock.State.STOPPED, _("This deadline is not stopped."))
    until = happened_at or at
    since = clock.stops[-1][0]
    if until < datetime.fromisoformat(since):
        raise Refused(_("It must end later than it begins."), code="reversed", field="happened_at")
    clock.stops = [*clock.stops[:-1], [since, _iso(until)]]
    before, clock.due_at = clock.due_at, _due_of(clock)
    clock.state = Clock.State.RUNNING
    return _changed(clock, "deadline.resumed", before, by=by, at=at, happened_at=until, note=note)


@transaction.atomic
def meet_clock(
    clock: Clock, *, by: Actor, at: datetime, happened_at: datetime | None = None, note: str = ""
) -> Clock:
    """What was due has been done, in time or late."""
    return _end(clock, Clock.State.MET, "deadline.met", by=by, at=at, happened_at=happened_at, note=note)


@transaction.atomic
def cancel_clock(
    clock: Clock, *, by: Actor, at: datetime, happened_at: datetime | None = None, note: str = ""
) -> Clock:
    """Nothing is due any more."""
    return _end(
        clock, Clock.State.CANCELLED, "deadline.cancelled", by=by, at=at, happened_at=happened_at, note=note
    )


@transaction.atomic
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
        _move(
            found.moves,
            by=by,
            at=at,
            why={"rule": rule.as_json(), "counts_from": counts_from.value},
            note=note,
        )
        moves += found.moves
    return moves


def _version_now(calendar: Calendar) -> int:
    """The version in force. A change of the calendar that is under way is waited for, and waits for us, so that
    no clock starts by hours that have just been replaced and escapes being reckoned anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM calendars_calendar WHERE id = %s FOR KEY SHARE", [calendar.pk])
        (version,) = cursor.fetchone()
    return int(version)


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
        before={"due": _iso(before)} if before else None,
        after={"deadline": clock.code, "due": _iso(clock.due_at) if clock.due_at else None},
        note=note,
        happened_at=happened_at,
    )
    record_many([line], by=by, at=at)


# --- Many at once -------------------------------------------------------------------------------------------


def _recompute(calendar: Calendar, found: Reckoning, *, by: Actor, at: datetime, note: str) -> list[Moved]:
    why = {"calendar": calendar.code, "calendar_version": calendar.version}
    _move(found.moves, by=by, at=at, why=why, note=note, version=calendar.version)
    unmoved = queries.open_clocks_by(calendar).exclude(calendar_version=calendar.version)
    unmoved.order_by().update(calendar_version=calendar.version)
    return found.moves


def _move(
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
    was = lru_cache(None)(lambda due: {"due": _iso(due)} if due else None)
    now = lru_cache(None)(lambda code, due: {"deadline": code, "due": _iso(due) if due else None, **why})
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


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
