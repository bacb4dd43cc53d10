"""When a visit may be booked, confirmed and changed; who may do what with the bookings of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from okienko.base.time import WARSAW
from okienko.kernel.people.roles import Permission

# WCAG 2.2.1 asks that time can be extended at least ten times.
MOST_EXTENSIONS = 10
# Six digits and so few tries: one guess in two hundred thousand.
MOST_WRONG_CODES = 5
# From one address of the network within an hour; fewer where the browser has not done its piece of work.
NETWORK_SPAN = timedelta(hours=1)
MOST_FROM_NETWORK, MOST_WITHOUT_WORK = 30, 5
# At night nobody is woken by an offer that must be answered in time.
QUIET_FROM, QUIET_UNTIL = time(21), time(7)
# How long after the visit its link still works: one may want to look up where one was.
LINK_LIVES = timedelta(days=30)

PERMISSIONS = (
    Permission("visits.see", _("See booked visits")),
    Permission("visits.book", _("Book visits for residents")),
    Permission("visits.change", _("Cancel visits")),
    Permission("visits.services", _("Change what visits are booked for")),
)

MORE_FOR_ROLES = {
    "administrator": frozenset(permission.code for permission in PERMISSIONS),
    "unit-administrator": frozenset({"visits.see", "visits.book", "visits.change"}),
    "clerk": frozenset({"visits.see", "visits.book", "visits.change"}),
}


class State(StrEnum):
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Waits(StrEnum):
    """How it is with somebody who waits for an earlier time."""

    WAITING = "waiting"
    OFFERED = "offered"
    PASSED = "passed"
    OVER = "over"
    DONE = "done"
    LEFT = "left"


def waits_at(state: str, last_day: date, offered_until: datetime | None, at: datetime) -> Waits:
    """An offer passes and a wait is over by time alone."""
    if state == Waits.OFFERED and offered_until is not None and offered_until <= at:
        return Waits.PASSED
    if state == Waits.WAITING and last_day < at.astimezone(WARSAW).date():
        return Waits.OVER
    return Waits(state)


def not_at_night(at: datetime) -> datetime:
    """The moment itself, or the morning after it."""
    local = at.astimezone(WARSAW)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return at
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, WARSAW).astimezone(UTC)


def horizon(at: datetime, nearest_days: int, farthest_days: int) -> tuple[date, date]:
    """The first and the last day for which a visit may be booked now."""
    today = at.astimezone(WARSAW).date()
    return today + timedelta(days=nearest_days), today + timedelta(days=farthest_days)


def state_at(state: str, confirm_until: datetime | None, at: datetime) -> State:
    """What was not confirmed in time has lapsed, whether or not anything has run since to write it down."""
    if state == State.UNCONFIRMED and confirm_until is not None and confirm_until <= at:
        return State.LAPSED
    return State(state)


def to_confirm_until(at: datetime, minutes: int, start: datetime) -> datetime:
    return min(at + timedelta(minutes=minutes), start)


def reminder_due(start: datetime, hours: Sequence[int], at: datetime) -> datetime | None:
    """Since when the latest reminder has been due: after a night without workers nobody gets two at once."""
    if start <= at:
        return None
    return max((due for lead in hours if (due := start - timedelta(hours=lead)) <= at), default=None)


def has_shape(text: str, shape: str) -> bool:
    """A stands for a letter, 9 for a digit, everything else for itself."""
    return len(text) == len(shape) and all(
        one.isalpha() if wanted == "A" else one.isdigit() if wanted == "9" else one == wanted.upper()
        for one, wanted in zip(text, shape, strict=True)
    )
