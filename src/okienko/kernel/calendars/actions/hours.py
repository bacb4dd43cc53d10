"""Calendars: when an office works, and what a change of it moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.events import publish
from okienko.kernel.calendars import queries, rules, words
from okienko.kernel.calendars.actions.moving import recompute
from okienko.kernel.calendars.events import CalendarChanged, Moved
from okienko.kernel.calendars.models import Calendar, CalendarException, Edition
from okienko.kernel.calendars.queries import Hours, OwnDay
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.units.models import Unit

Running = Literal["keep", "recompute"]


@atomic
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


@atomic
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
    return recompute(calendar, queries.what_would_move(calendar, hours), by=by, at=at, note=note)


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
