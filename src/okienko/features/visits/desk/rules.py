"""Whose turn it is in a waiting room: one rule for those who booked and those who just came."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from okienko.kernel.people.roles import Permission

PERMISSIONS = (Permission("visits.receive", _("Call and receive visitors at a counter")),)
MORE_FOR_ROLES = {
    role: frozenset({"visits.receive"}) for role in ("administrator", "unit-administrator", "clerk")
}


class State(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    DONE = "done"
    GONE = "gone"


def turn(
    came_at: datetime, booked_for: datetime | None, *, walk_in_minutes: int, late_minutes: int
) -> datetime:
    """The moment from which somebody has their turn; the earliest is called first.

    Who booked and came in time has it at the hour of the visit. Who came without booking, or too late for it, has it
    some minutes after coming: the more of them, the better it is to book.
    """
    if booked_for is not None and came_at <= booked_for + timedelta(minutes=late_minutes):
        return booked_for
    return came_at + timedelta(minutes=walk_in_minutes)
