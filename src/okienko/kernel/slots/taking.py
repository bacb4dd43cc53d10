"""Holding a time: the hot path of a rush, one statement when all is well.

The statement, a function of the database, looks for the first place that is free in the order of priority and takes it; the exclusion
constraint decides between those who look at the same moment. Hours are checked before, from what the process
keeps of them; the statement takes nothing where their version has changed since, and then they are read anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.kernel.history.statements import prepared
from okienko.kernel.slots import queries, rules

_TAKE = """
SELECT current, free, claim_id, claim_resource, claim_place
FROM slots_take(%(resources)s::bigint[], %(versions)s::int[], %(places)s::int[], %(froms)s::timestamptz[],
                %(tos)s::timestamptz[], %(key)s, %(at)s::timestamptz, %(until)s::timestamptz)
"""

_SWEEP = """
DELETE FROM slots_claim
WHERE resource_id = ANY(%(resources)s) AND expires_at <= %(at)s
  AND during && tstzrange((SELECT min(t) FROM unnest(%(froms)s::timestamptz[]) t),
                          (SELECT max(t) FROM unnest(%(tos)s::timestamptz[]) t))
"""


@dataclass(frozen=True, slots=True)
class Held:
    claim_id: int
    resource_id: int
    place: int
    until: datetime


def hold(
    resource_ids: Sequence[int],
    start: datetime,
    *,
    minutes: int | Mapping[int, int],
    key: str,
    at: datetime,
    until: datetime,
    replacing: bool = False,
    kept_too: bool = False,
) -> Held:
    """Hold a time at the first of the resources that is free then.

    `minutes` may be another at each resource; `kept_too` also gives what is kept for walk-ins and the phone.
    `replacing` gives back what the same key held before, once the new time is sure. A single statement is atomic
    by itself; only replacing needs a transaction around two.
    """
    if start <= at:
        raise Refused(_("This time has already passed. Please choose another."), code="time-passed")
    if not replacing:
        return _hold(resource_ids, start, minutes, key, at, until, kept_too)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM slots_claim WHERE key = %s AND kind = 'hold'", [key])
        return _hold(resource_ids, start, minutes, key, at, until, kept_too)


def _hold(
    resource_ids: Sequence[int],
    start: datetime,
    minutes: int | Mapping[int, int],
    key: str,
    at: datetime,
    until: datetime,
    kept_too: bool,
) -> Held:
    wanted = _wanted(resource_ids, start, minutes, kept_too, fresh=False)
    tries = 2 + sum(wanted["places"])
    for _try in range(tries):
        if not wanted["resources"]:
            wanted = _wanted(resource_ids, start, minutes, kept_too, fresh=True)
            if not wanted["resources"]:
                raise Refused(
                    _("This time is not offered. Please choose one of those shown."), code="not-offered"
                )
        values: dict[str, Any] = {**wanted, "key": key, "at": at, "until": until}
        with prepared() as cursor:
            cursor.execute(_TAKE, values)
            current, free, claim_id, resource_id, place = cursor.fetchone()
            if claim_id is not None:
                return Held(claim_id, resource_id, place, until)
            if current < len(wanted["resources"]):
                wanted = _wanted(resource_ids, start, minutes, kept_too, fresh=True)
                continue
            if not free:
                break
            cursor.execute(_SWEEP, values)
    raise Refused(_("Somebody was faster and has just taken this time."), code="somebody-was-faster")


def _wanted(
    resource_ids: Sequence[int],
    start: datetime,
    minutes: int | Mapping[int, int],
    kept_too: bool,
    *,
    fresh: bool,
) -> dict[str, list[Any]]:
    """Those of the resources that offer this very time, in the order given, with what each would have to take."""
    wanted: dict[str, list[Any]] = {name: [] for name in ("resources", "versions", "places", "froms", "tos")}
    known = queries.receptions(resource_ids, fresh=fresh)
    for pk in resource_ids:
        reception = known.get(pk)
        length = minutes if isinstance(minutes, int) else minutes[pk]
        hours = reception.offers(start, length, kept_too=kept_too) if reception else None
        if reception is None or hours is None:
            continue
        low, high = rules.blocked(start, length, hours.pause)
        for name, value in (
            ("resources", pk),
            ("versions", reception.version),
            ("places", hours.places),
            ("froms", low),
            ("tos", high),
        ):
            wanted[name].append(value)
    return wanted
