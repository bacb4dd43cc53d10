"""Orders that concern many visits at once. They are written down here and carried out by a job (`mass.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.jobs import defer
from okienko.features.visits import queries
from okienko.features.visits.models import Booking, MassChange, MassStep
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots.models import Resource

JOB = "okienko.features.visits.jobs.change_many"
IN_ONE_STATEMENT = 1000


@atomic
def order_mass_change(
    bookings: Iterable[Booking],
    *,
    by: Actor,
    at: datetime,
    way: str,
    why: str,
    counter: Resource | None = None,
    day: date | None = None,
) -> MassChange:
    """Cancel or move all of these. Each is asked about again when its turn comes."""
    demand(by, "visits.change")
    return _ordered(bookings, by=by, at=at, way=way, why=why, counter=counter, day=day)


@atomic
def close_office(
    counters: Sequence[Resource], start: datetime, end: datetime, *, by: Actor, at: datetime, why: str
) -> MassChange:
    """Nobody receives there and then: the time is closed at once, and who had booked it is told by the job."""
    demand(by, "visits.change")
    for counter in counters:
        slots.close(counter, start, end, by=by, at=at, note=why)
    bookings = queries.standing_at(counters, start, end, now=at)
    return _ordered(bookings, by=by, at=at, way=MassChange.Way.CANCEL, why=why, closing=True)


def _ordered(bookings: Iterable[Booking], *, by: Actor, at: datetime, why: str, **what: Any) -> MassChange:
    if not why.strip():
        raise Refused(_("Say why: the resident will be told."), code="no-reason", field="why")
    change = MassChange.objects.create(
        why=why.strip(), person_id=by.person_id, by=by.label, ordered_at=at, **what
    )
    steps = [MassStep(change=change, booking=one, seen=one.changes) for one in bookings]
    MassStep.objects.bulk_create(steps, batch_size=IN_ONE_STATEMENT)
    record(
        change, "visits.mass_ordered", by=by, at=at, after={"way": change.way, "visits": len(steps)}, note=why
    )
    defer(JOB, change_id=change.pk)
    return change


@atomic
def finish_mass_change(change: MassChange, *, by: Actor, at: datetime) -> MassChange:
    change = MassChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if change.finished_at is None:
        change.finished_at = at
        change.save(update_fields=["finished_at"])
        record(change, "visits.mass_done", by=by, at=at, after=queries.progress_of(change).counted())
    return change
