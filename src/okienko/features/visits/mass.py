"""Many visits cancelled or moved: cancelled by the dozen, moved visit by visit, each time whole or not at all.

Killed at any point, whoever takes the job up goes on from there: what is done with a visit, the message about it and
that its turn is over are one transaction. Those cancelled together are of one counter, whose record all of them write:
with only one such lock, and the visits locked before it, nobody who waits is waited for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from okienko.base.decisions import Missing, Refused
from okienko.base.time import WARSAW
from okienko.features.visits import actions, queries
from okienko.features.visits.models import Booking, MassChange, MassStep
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.models import Person
from okienko.kernel.slots.queries import Free

BATCH, TOGETHER = 200, 40
_TRIES = 3


def carry_out(change: MassChange, *, clock: Callable[[], datetime]) -> MassChange:
    by = Actor(change.person_id, change.by, "page" if change.person_id else "system")
    waiting = change.steps.filter(state=MassStep.State.WAITING).order_by("pk").values_list("pk", flat=True)
    if change.way == MassChange.Way.CANCEL:
        while _cancel_some(change, by, clock()):
            pass
    while keys := list(waiting[:BATCH]):
        for key in keys:
            _take_turn(change, key, by, clock())
    return actions.finish_mass_change(change, by=by, at=clock())


@atomic
def _cancel_some(change: MassChange, by: Actor, at: datetime) -> bool:
    """Whether there was any that waited."""
    waiting = change.steps.filter(state=MassStep.State.WAITING).order_by("pk")
    counter_id = waiting.values_list("booking__resource_id", flat=True).first()
    if counter_id is None:
        return False
    steps = list(waiting.select_for_update(of=("self",)).filter(booking__resource_id=counter_id)[:TOGETHER])
    seen = {step.booking_id: step.seen for step in steps}
    try:
        with transaction.atomic():
            left = actions.cancel_many(seen, by=by, at=at, why=change.why, closing=change.closing)
    except Missing:
        left = dict.fromkeys(seen, "not-yours")
    for step in steps:
        step.problem = left.get(step.booking_id, "")
        step.state = MassStep.State.LEFT if step.problem else MassStep.State.DONE
    MassStep.objects.bulk_update(steps, ["state", "problem"])
    return True


@atomic
def _take_turn(change: MassChange, key: int, by: Actor, at: datetime) -> None:
    """Looked at once more under lock: another worker may have been faster."""
    step = (
        MassStep.objects.select_for_update(of=("self",)).filter(pk=key, state=MassStep.State.WAITING).first()
    )
    if step is None:
        return
    try:
        with transaction.atomic():
            booking = queries.lock(step.booking)
            if booking.changes != step.seen:
                raise Refused("", code="changed-meanwhile")
            _change(change, booking, by, at)
    except Refused as refused:
        step.state, step.problem = MassStep.State.LEFT, refused.code
    except Missing:
        step.state, step.problem = MassStep.State.LEFT, "not-yours"
    else:
        step.state = MassStep.State.DONE
    step.save(update_fields=["state", "problem"])


def _change(change: MassChange, booking: Booking, by: Actor, at: datetime) -> None:
    if change.way == MassChange.Way.COUNTER and change.counter is not None:
        if change.counter_id not in booking.service.handled_at:
            raise Refused("", code="not-handled-there")
        actions.move_by_office(
            booking, booking.start, counters=[change.counter], by=by, at=at, why=change.why
        )
    else:
        _move_near(change, booking, by, at)


def _move_near(change: MassChange, booking: Booking, by: Actor, at: datetime) -> None:
    """To the free time nearest to its own, or to the same hour of the day that was named."""
    person = Person.objects.filter(pk=change.person_id).first() if change.person_id else None
    counters = queries.counters_booked_by(person, booking.service)
    free = queries.free_times(booking.service, counters, now=at, kept_too=True)
    wanted = booking.start
    if change.day is not None:
        free = [one for one in free if one.start.astimezone(WARSAW).date() == change.day]
        wanted = datetime.combine(change.day, booking.start.astimezone(WARSAW).time(), WARSAW)

    def distance(one: Free) -> tuple[float, datetime]:
        return abs((one.start - wanted).total_seconds()), one.start

    for one in sorted(free, key=distance)[:_TRIES]:
        try:
            with transaction.atomic():
                actions.move_by_office(booking, one.start, counters=counters, by=by, at=at, why=change.why)
        except Refused as refused:
            if refused.code != "somebody-was-faster":
                raise
        else:
            return
    raise Refused("", code="nothing-free")
