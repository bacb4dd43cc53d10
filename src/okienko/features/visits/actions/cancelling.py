"""A visit that will not take place, or many of one counter: by whoever booked it, or by the office, which says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.features.visits import asking, freeing, notices, queries, rules
from okienko.features.visits.models import Booking
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.history.writing import together
from okienko.kernel.messages import actions as messages
from okienko.kernel.people.access import demand
from okienko.kernel.slots import actions as slots


@atomic
def give_back(booking: Booking, *, by: Actor, at: datetime) -> Booking:
    """A resident cancels by the link: whoever holds it may."""
    return _cancel(booking, by=by, at=at, why="")


@atomic
def cancel(booking: Booking, *, by: Actor, at: datetime, why: str, closing: bool = False) -> Booking:
    """The office cancels, and says why. `closing`: its time goes to nobody else."""
    demand(by, "visits.change", unit=booking.resource.unit)
    if not why.strip():
        raise Refused(_("Say why: the resident will be told."), code="no-reason", field="why")
    return _cancel(booking, by=by, at=at, why=why.strip(), closing=closing)


@atomic
def cancel_many(
    seen: Mapping[int, int], *, by: Actor, at: datetime, why: str, closing: bool = False
) -> dict[int, str]:
    """The office cancels many at one counter; what cannot be cancelled, or has been changed more often than was seen,
    stays as it is. Gives back why it does, by the id of the visit.
    """
    bookings = queries.lock_all(seen)
    left = dict.fromkeys(seen, "gone")
    standing = []
    for booking in bookings:
        refused = _refusal(booking, at)
        if refused is None and booking.changes == seen[booking.pk]:
            standing.append(booking)
            del left[booking.pk]
        else:
            left[booking.pk] = "changed-meanwhile" if refused is None else refused.code
    for unit in {one.resource.unit for one in standing}:
        demand(by, "visits.change", unit=unit)
    _cancel_all(standing, by=by, at=at, why=why, closing=closing)
    return left


def _cancel(booking: Booking, *, by: Actor, at: datetime, why: str, closing: bool = False) -> Booking:
    booking = still_to_come(booking, at)
    _cancel_all([booking], by=by, at=at, why=why, closing=closing)
    return booking


def _cancel_all(bookings: Sequence[Booking], *, by: Actor, at: datetime, why: str, closing: bool) -> None:
    """Locked, and all such that can be cancelled."""
    before = {one.pk: one.state for one in bookings}
    unconfirmed = [one for one in bookings if one.state == Booking.State.UNCONFIRMED]
    claims = [one.claim for one in bookings if one.claim is not None]
    holds = asking.all_held([one.hold_key for one in unconfirmed], now=at) if unconfirmed else []
    for booking in bookings:
        booking.state, booking.claim = Booking.State.CANCELLED, None
        booking.cancelled_at, booking.why = at, why
        booking.changes += 1
    Booking.objects.filter(pk__in=before).update(
        state=Booking.State.CANCELLED, claim=None, cancelled_at=at, why=why, changes=F("changes") + 1
    )
    with together():
        give_up = slots.shut if closing else slots.release
        give_up(*claims, *holds, by=by, at=at, why=why)
        waited_for = asking.with_messages_waiting(bookings)
        for booking in bookings:
            was, now = {"state": before[booking.pk]}, {"state": booking.state}
            record(booking, "visit.cancelled", by=by, at=at, before=was, after=now, note=why)
            if booking.pk in waited_for:
                messages.cancel(f"visit:{booking.pk}:", subject=booking, by=by, at=at)
            notices.tell(notices.CANCELLED, booking, by=by, at=at)
    if holds and not closing:
        freeing.time_is_free({one.resource_id for one in holds})


def _refusal(booking: Booking, at: datetime) -> Refused | None:
    """Why it cannot be changed any more."""
    state = booking.state_at(at)
    if state == rules.State.CANCELLED:
        return Refused(_("This visit has been cancelled."), code="cancelled")
    if state == rules.State.LAPSED:
        return Refused(_("The time to confirm this visit is over."), code="confirm-over")
    if booking.start <= at:
        return Refused(_("This visit has already begun."), code="begun")
    return None


def still_to_come(booking: Booking, at: datetime) -> Booking:
    """The booking, locked, if it is one that can still be changed."""
    booking = queries.lock(booking)
    if (refused := _refusal(booking, at)) is not None:
        raise refused
    return booking
