from __future__ import annotations

from datetime import datetime

from okienko.features.visits import notices, queries, rules
from okienko.features.visits.models import Booking
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic


@atomic
def remind(booking: Booking, *, by: Actor, at: datetime) -> bool:
    """Tell of a visit that comes soon, if a reminder of this very time is due and was not written yet."""
    booking = queries.lock(booking)
    due = rules.reminder_due(booking.start, booking.service.remind_hours, at)
    if booking.state != Booking.State.CONFIRMED or due is None or due < booking.created_at:
        return False
    if booking.reminded_due is not None and booking.reminded_due >= due:
        return False
    booking.reminded_due = due
    booking.save(update_fields=["reminded_due"])
    record(booking, "visit.reminded", by=by, at=at, after={"start": booking.start})
    notices.tell(notices.REMINDER, booking, by=by, at=at, occasion=due.isoformat())
    return True
