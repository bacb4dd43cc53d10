from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.events import publish
from okienko.base.text import sort_key
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.slots import queries, rules
from okienko.kernel.slots.events import HoursChanged, TimeFreed
from okienko.kernel.slots.models import Claim, ReceptionHours, Resource
from okienko.kernel.units.models import Unit

NOTE = 200

_TAKE = """
UPDATE slots_claim SET kind = 'taken', expires_at = NULL, subject_id = %(subject)s
WHERE key = %(key)s AND kind = 'hold' AND expires_at > %(at)s RETURNING *
"""


@atomic
def add_resource(*, by: Actor, at: datetime, kind: str, name: str, unit: Unit, **details: Any) -> Resource:
    demand(by, "slots.change", unit=unit)
    resource = Resource.objects.create(kind=kind, name=name, unit=unit, sort_key=sort_key(name), **details)
    record(resource, "resource.added", by=by, at=at, after={"name": name, "unit": unit.symbol})
    return resource


@atomic
def change_resource(resource: Resource, *, by: Actor, at: datetime, version: int, **values: Any) -> Resource:
    demand(by, "slots.change", unit=resource.unit)
    resource = Resource.objects.select_for_update().get(pk=resource.pk)
    changes.check_version(resource, version)
    before, after = changes.apply(resource, values)
    resource.sort_key = sort_key(resource.name)
    resource.version += 1
    resource.hours_version += 1
    resource.save()
    record(resource, "resource.changed", by=by, at=at, before=before, after=after)
    publish(HoursChanged(resource.pk, at))
    return resource


@atomic
def set_hours(
    resource: Resource,
    *,
    by: Actor,
    at: datetime,
    first: date,
    last: date | None,
    week: Mapping[str, Sequence[Sequence[str]]],
    step: int,
    pause: int = 0,
    places: int = 1,
    kept_back: int = 0,
) -> list[Claim]:
    """Lay hours over a range of dates, cutting what lay there before; gives back the visits that no longer fit."""
    demand(by, "slots.change", unit=resource.unit)
    if last is not None and last < first:
        raise Refused(_("The last day is before the first."), code="dates-reversed", field="last")
    clean = _checked_week(week, step)
    resource = Resource.objects.select_for_update().get(pk=resource.pk)
    dates = DateRange(first, last + timedelta(days=1) if last else None)
    _cut_out(resource, dates)
    row = ReceptionHours.objects.create(
        resource=resource, dates=dates, week=clean, step=step, pause=pause, places=places, kept_back=kept_back
    )
    _hours_changed(resource, at)
    record(
        resource,
        "resource.hours_set",
        by=by,
        at=at,
        after={
            "first": first,
            "last": last,
            "week": clean,
            "step": step,
            "pause": pause,
            "places": row.places,
            "kept_back": row.kept_back,
        },
    )
    return queries.misfits([resource.pk], now=at)


@atomic
def remove_hours(
    resource: Resource, *, by: Actor, at: datetime, first: date, last: date | None
) -> list[Claim]:
    demand(by, "slots.change", unit=resource.unit)
    resource = Resource.objects.select_for_update().get(pk=resource.pk)
    _cut_out(resource, DateRange(first, last + timedelta(days=1) if last else None))
    _hours_changed(resource, at)
    record(resource, "resource.hours_removed", by=by, at=at, before={"first": first, "last": last})
    return queries.misfits([resource.pk], now=at)


def _hours_changed(resource: Resource, at: datetime) -> None:
    Resource.objects.filter(pk=resource.pk).update(hours_version=F("hours_version") + 1)
    publish(HoursChanged(resource.pk, at))


def _checked_week(week: Mapping[str, Sequence[Sequence[str]]], step: int) -> dict[str, list[list[str]]]:
    clean: dict[str, list[list[str]]] = {}
    for day, intervals in week.items():
        if day not in rules.WEEKDAYS:
            raise Refused(_("There is no such day of the week."), code="unknown-weekday", field="week")
        clean[day] = sorted([_clock(first, day), _clock(last, day)] for first, last in intervals)
        previous = ""
        for first, last in clean[day]:
            if not previous <= first < last:
                raise Refused(
                    _("Hours must end after they begin and must not overlap."),
                    code="hours-overlap",
                    field=f"week_{day}",
                )
            previous = last
    if not 1 <= step <= 1440:
        raise Refused(_("A visit begins every 1 to 1440 minutes."), code="step-out-of-range", field="step")
    return clean


def _clock(text: str, day: str) -> str:
    """A time of day as it is kept: five characters, so that their order is the order of time."""
    if text != "24:00":
        try:
            text = time.fromisoformat(text).strftime("%H:%M")
        except (ValueError, TypeError):
            raise Refused(_("Give the hours like 08:00."), code="not-a-time", field=f"week_{day}") from None
    return text


def _cut_out(resource: Resource, dates: DateRange) -> None:
    """Free the range of dates: what lies across its edges keeps what is outside."""
    for row in list(ReceptionHours.objects.filter(resource=resource, dates__overlap=dates)):
        before = (row.dates.lower, dates.lower) if row.dates.lower < dates.lower else None
        after = None
        if dates.upper is not None and (row.dates.upper is None or row.dates.upper > dates.upper):
            after = (dates.upper, row.dates.upper)
        row.delete()
        for edge in (before, after):
            if edge is not None:
                row.pk = None
                row.dates = DateRange(*edge)
                row.save(force_insert=True)


@atomic
def take(key: str, *, by: Actor, at: datetime, subject_id: int, subject: str) -> Claim:
    """What was held becomes taken, for good; too late when the hold has run out."""
    held = Claim.objects.raw(_TAKE, {"key": key, "at": at, "subject": subject_id})
    claim = next(iter(held), None)
    if claim is None:
        raise Refused(_("The time to finish is over. Please choose a time again."), code="hold-over")
    resource = Resource(pk=claim.resource_id)
    record(resource, "time.taken", by=by, at=at, after={"start": claim.during.lower, "subject": subject})
    return claim


@atomic
def extend(key: str, *, by: Actor, at: datetime, until: datetime) -> Claim:
    claim = Claim.objects.select_for_update().filter(key=key, kind=Claim.Kind.HOLD, expires_at__gt=at).first()
    if claim is None:
        raise Refused(_("The time to finish is over. Please choose a time again."), code="hold-over")
    claim.expires_at = max(until, claim.expires_at or until)
    claim.save(update_fields=["expires_at"])
    record(claim, "hold.extended", by=by, at=at, after={"until": claim.expires_at})
    return claim


@atomic
def release(*claims: Claim, by: Actor, at: datetime, why: str = "") -> None:
    """Give the time back. A hold leaves no trace; a time that was taken does."""
    gone = _locked(claims)
    Claim.objects.filter(pk__in=[one.pk for one in gone]).delete()
    for one in gone:
        before = {"start": one.during.lower, "kind": one.kind}
        record(one.resource, "time.released", by=by, at=at, before=before, note=why)
    freed = [one for one in gone if one.kind == Claim.Kind.TAKEN]
    for resource_id in sorted({one.resource_id for one in freed}):
        first = min(one.during.lower for one in freed if one.resource_id == resource_id)
        publish(TimeFreed(resource_id, first, at))


@atomic
def shut(*claims: Claim, by: Actor, at: datetime, why: str = "") -> None:
    """Whoever had the time has it no more, and nobody else gets it."""
    shut = _locked(claims)
    Claim.objects.filter(pk__in=[one.pk for one in shut]).update(
        kind=Claim.Kind.CLOSED, expires_at=None, key="", subject_id=None, note=why[:NOTE]
    )
    for one in shut:
        record(one.resource, "time.shut", by=by, at=at, after={"start": one.during.lower}, note=why)


def _locked(claims: Iterable[Claim]) -> list[Claim]:
    locked = Claim.objects.select_for_update(of=("self",)).select_related("resource")
    return list(locked.filter(pk__in=[one.pk for one in claims]).order_by("pk"))


@atomic
def close(
    resource: Resource, start: datetime, end: datetime, *, by: Actor, at: datetime, note: str
) -> list[Claim]:
    """Nobody is received from one moment to another; gives back what was taken there, which stays until moved."""
    demand(by, "slots.change", unit=resource.unit)
    if end <= start:
        raise Refused(_("The end is before the beginning."), code="times-reversed", field="end")
    there = Claim.objects.filter(resource=resource, during__overlap=(start, end))
    holds = there.filter(kind=Claim.Kind.HOLD)
    while True:
        holds.delete()
        # Whoever holds a time there at this very moment is found by the next turn.
        with suppress(IntegrityError), transaction.atomic():
            _close_gaps(resource, start, end, at=at, note=note)
            if not holds.exists():
                break
    record(resource, "resource.closed", by=by, at=at, after={"from": start, "to": end}, note=note)
    return list(there.filter(kind=Claim.Kind.TAKEN).order_by("during"))


def _close_gaps(resource: Resource, start: datetime, end: datetime, *, at: datetime, note: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO slots_claim (resource_id, place, during, kind, key, made_at, note)
            SELECT %(resource)s, place, gap, 'closed', '', %(at)s, %(note)s
            FROM generate_series(1, %(places)s) AS place,
                 unnest(tstzmultirange(tstzrange(%(start)s, %(end)s)) - coalesce(
                     (SELECT range_agg(during) FROM slots_claim
                      WHERE resource_id = %(resource)s AND slots_claim.place = place.place
                        AND during && tstzrange(%(start)s, %(end)s)), '{}')) AS gap
            """,
            {
                "resource": resource.pk,
                "at": at,
                "note": note[:NOTE],
                "start": start,
                "end": end,
                "places": _most_places(resource),
            },
        )


@atomic
def reopen(resource: Resource, start: datetime, end: datetime, *, by: Actor, at: datetime) -> None:
    """What was closed between these moments is free again; what was taken there stays taken."""
    demand(by, "slots.change", unit=resource.unit)
    closed = Claim.objects.filter(
        resource=resource, kind=Claim.Kind.CLOSED, during__contained_by=(start, end)
    )
    gone, _rows = closed.delete()
    if not gone:
        raise Refused(_("This time is open already."), code="not-closed")
    record(resource, "resource.reopened", by=by, at=at, before={"from": start, "to": end})
    publish(TimeFreed(resource.pk, start, at))


def _most_places(resource: Resource) -> int:
    return max([row.places for row in resource.hours.all()], default=1)
