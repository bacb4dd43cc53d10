"""The time that somebody fills in the form for: held under a key that only their browser knows.

A hold is no booking and leaves no history; it ends by its time, whatever else runs or does not.
"""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import connection
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.time import WARSAW
from okienko.features.visits import asking, queries, rules
from okienko.features.visits.models import NetworkHolds, Service
from okienko.features.visits.rush import gate
from okienko.features.visits.rush.hours import horizon, release_of
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


def one_at_a_time(*what: str) -> None:
    """Whoever does the same at the same moment (a double click) waits until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(one, 0)) FROM unnest(%s::text[]) one",
            [[f"visits:{one}" for one in what]],
        )


@atomic
def hold(
    service: Service,
    start: datetime,
    *,
    counters: list[Resource],
    key: str,
    at: datetime,
    kept_too: bool = False,
    until: datetime | None = None,
    turn: str | None = "",
    network: str = "",
) -> Held:
    """Hold a time under the key; what the key held before is given back once the new time is sure.

    `kept_too`: also what is kept for walk-ins and the phone; `until`: where it is not the time to fill in the form;
    `turn`: the token of a place in the line, where new times go by turns; None for the office, which needs no turn;
    `network`: from where it is asked, as a mark; nothing where that is not limited.
    """
    _demand_offered(service, start, at)
    one_at_a_time(key)
    known = asking.count_hold(service, key, network=network, now=at)
    if known.booked:
        raise Refused(_("This visit is booked already."), code="already-booked")
    by_turn = (
        turn is not None and not kept_too and gate.demand_turn(service, start, token=turn, key=key, at=at)
    )
    # Who has stood in the line has been counted there; at the hour of new times many come by one network.
    if not (known.allowed or by_turn):
        raise _held_too_often(known.since or at)
    until = until or at + timedelta(minutes=service.hold_minutes)
    return _taken(service, start, counters, key, at, until, replacing=known.held, kept_too=kept_too)


def hold_anew(
    service: Service, start: datetime, *, counters: list[Resource], at: datetime, turn: str | None
) -> tuple[str, Held]:
    """The same under a key of its own: nobody else can hold or book anything under it, so one statement does it."""
    key = new_key()
    if turn is not None and release_of(service) is not None:
        return key, hold(service, start, counters=counters, key=key, at=at, turn=turn)
    _demand_offered(service, start, at)
    return key, _taken(service, start, counters, key, at, at + timedelta(minutes=service.hold_minutes))


def _held_too_often(since: datetime) -> Refused:
    again = formats.time_format(timezone.localtime(since + rules.NETWORK_SPAN), "H:i")
    words = _(
        "As many times as may be held within an hour were held from your network. From %(hour)s you can choose one."
    )
    return Refused(words % {"hour": again}, code="too-many-holds")


def forget_networks(*, at: datetime) -> None:
    """Those whose hour is over count no more."""
    NetworkHolds.objects.filter(since__lte=at - rules.NETWORK_SPAN).delete()


def _demand_offered(service: Service, start: datetime, at: datetime) -> None:
    first, last = horizon(service, at)
    with suppress(OverflowError):  # at the ends of what a calendar can hold
        if first <= start.astimezone(WARSAW).date() <= last:
            return
    raise Refused(_("This time is not offered. Please choose one of those shown."), code="not-offered")


def _taken(
    service: Service, start: datetime, counters: list[Resource], key: str, at: datetime, until: datetime,
    *, replacing: bool = False, kept_too: bool = False,
) -> Held:  # fmt: skip
    return taking.hold(
        [one.pk for one in counters],
        start,
        minutes=service.lengths_at(counters),
        key=key,
        at=at,
        until=until,
        replacing=replacing,
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
