"""The time that somebody fills in the form for: held under a key that only their browser knows.

A hold is no booking and leaves no history; it ends by its time, whatever else runs or does not.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.time import WARSAW
from okienko.features.visits import queries, rules
from okienko.features.visits.models import Service
from okienko.features.visits.rush import gate
from okienko.features.visits.rush.hours import horizon
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots import taking
from okienko.kernel.slots.models import Resource
from okienko.kernel.slots.taking import Held

_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


def new_key() -> str:
    return secrets.token_urlsafe(32)


def is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def one_at_a_time(what: str) -> None:
    """Whoever does the same at the same moment (a double click) waits until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"visits:{what}"])


@atomic
def hold(
    service: Service,
    start: datetime,
    *,
    counters: list[Resource],
    key: str,
    at: datetime,
    kept_too: bool = False,
    minutes: int = 0,
    turn: str | None = "",
) -> Held:
    """Hold a time under the key; what the key held before is given back once the new time is sure.

    `kept_too`: also what is kept for walk-ins and the phone; `minutes`: for another time than to fill in the form;
    `turn`: the token of a place in the line, where new times go by turns; None for the office, which needs no turn.
    """
    first, last = horizon(service, at)
    if not first <= start.astimezone(WARSAW).date() <= last:
        raise Refused(_("This time is not offered. Please choose one of those shown."), code="not-offered")
    one_at_a_time(key)
    if queries.by_key(key) is not None:
        raise Refused(_("This visit is booked already."), code="already-booked")
    if turn is not None and not kept_too:
        gate.demand_turn(service, start, token=turn, key=key, at=at)
    return taking.hold(
        [one.pk for one in counters],
        start,
        minutes=service.lengths_at(counters),
        key=key,
        at=at,
        until=at + timedelta(minutes=minutes or service.hold_minutes),
        replacing=True,
        kept_too=kept_too,
    )


@atomic
def give_back(key: str, *, by: Actor, at: datetime) -> None:
    """Whoever held the time does not want it; what is booked is cancelled, not given back."""
    one_at_a_time(key)
    if queries.by_key(key) is not None:
        raise Refused(_("This visit is booked already."), code="already-booked")
    claim = queries.held(key, now=at)
    if claim is not None:
        slots.release(claim, by=by, at=at)


def extend(key: str, *, extended: int, by: Actor, at: datetime, minutes: int) -> datetime:
    """More time to fill in, as many times as the rules say."""
    if extended >= rules.MOST_EXTENSIONS:
        raise Refused(_("The time cannot be made longer any more."), code="no-more-time")
    until = at + timedelta(minutes=minutes)
    return slots.extend(key, by=by, at=at, until=until).expires_at or until
