from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from threading import Lock
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from okienko.base.time import WARSAW
from okienko.kernel.calendars import rules as calendars
from okienko.kernel.calendars.queries import Hours, OwnDay
from okienko.kernel.people.access import Someone, scope_of
from okienko.kernel.slots import rules
from okienko.kernel.slots.models import Claim, Resource


def visible_to(person: Someone, permission: str = "slots.see") -> QuerySet[Resource]:
    scope = scope_of(person, permission)
    if not scope:
        return Resource.objects.none()
    return Resource.objects.all() if scope.everywhere else Resource.objects.filter(unit_id__in=scope.units)


_kept: dict[int, rules.Reception] = {}
_keeping = Lock()


def receptions(resource_ids: Iterable[int], *, fresh: bool = False) -> dict[int, rules.Reception]:
    """When the resources receive. Kept by the process: whoever relies on it checks the version that it was read at."""
    wanted = list(resource_ids)
    missing = wanted if fresh else [pk for pk in wanted if pk not in _kept]
    if missing:
        read = _read_receptions(missing)
        with _keeping:
            for pk in missing:
                _kept.pop(pk, None)
            _kept.update(read)
    return {pk: _kept[pk] for pk in wanted if pk in _kept}


def _read_receptions(resource_ids: Sequence[int]) -> dict[int, rules.Reception]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, r.hours_version, c.timezone, c.week, c.statutory,
                   (SELECT json_object_agg(e.date, e.hours) FROM calendars_calendarexception e
                    WHERE e.calendar_id = c.id),
                   (SELECT json_agg(json_build_array(lower(h.dates), upper(h.dates) - 1, h.week, h.step, h.places, h.pause, h.kept_back)
                                    ORDER BY h.dates)
                    FROM slots_receptionhours h WHERE h.resource_id = r.id)
            FROM slots_resource r LEFT JOIN calendars_calendar c ON c.id = r.calendar_id
            WHERE r.id = ANY(%s) AND r.active
            """,
            [list(resource_ids)],
        )
        return {row[0]: _reception(*row) for row in cursor.fetchall()}


def _reception(
    resource_id: int, version: int, zone: str | None, week: Any, statutory: bool, exceptions: Any, hours: Any
) -> rules.Reception:
    rows = tuple(_hours(*row) for row in _parsed(hours) or ())
    if zone is None:
        return rules.Reception(resource_id, version, WARSAW, rows, _always)
    own_days = calendars.parse_exceptions(_parsed(exceptions))
    works = _working_days(zone, week, statutory, own_days)
    unusual = {day: tuple((_clock(first), _clock(last)) for first, last in own) for day, own in own_days}
    return rules.Reception(resource_id, version, ZoneInfo(zone), rows, works, unusual)


def _always(day: date) -> bool:
    return True


def _working_days(
    zone: str, week: Any, statutory: bool, own_days: calendars.Exceptions
) -> Callable[[date], bool]:
    exceptions = {day: OwnDay(hours) for day, hours in own_days}
    reckoned = Hours(zone, calendars.Week.parse(_parsed(week)), statutory, exceptions).reckon()

    def works(day: date) -> bool:
        return reckoned.day(day).works

    return works


def _clock(seconds: int) -> time:
    """A time of day; the end of the day is 0:00."""
    return time(seconds // 3600 % 24, seconds // 60 % 60)


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _hours(
    first: str, last: str | None, week: Any, step: int, places: int, pause: int, kept_back: int
) -> rules.Hours:
    return rules.Hours(
        date.fromisoformat(first),
        date.fromisoformat(last) if last else None,
        intervals_of(week),
        step,
        places,
        pause,
        kept_back,
    )


def intervals_of(week: Mapping[str, Iterable[Sequence[str]]]) -> dict[str, rules.Intervals]:
    return {
        day: tuple((time.fromisoformat(opens), _until(closes)) for opens, closes in pairs)
        for day, pairs in week.items()
    }


def _until(text: str) -> time:
    return time() if text == "24:00" else time.fromisoformat(text)


class Free(NamedTuple):
    """A time at which a visit may begin. Thousands are made at once and few are looked at: who is free then is found
    out by those who ask."""

    start: datetime
    piece: int
    there: Sequence[tuple[int, bytes]]
    """Each place of each resource with the pieces of time from which it is free, as bits."""

    @property
    def resource_ids(self) -> tuple[int, ...]:
        """Where, the first in the order of priority first."""
        byte, bit = divmod(self.piece, 8)
        return tuple(dict.fromkeys(pk for pk, free in self.there if free[byte] >> bit & 1))

    def only_at(self, resource_ids: Container[int]) -> Free:
        return self._replace(there=[(pk, free) for pk, free in self.there if pk in resource_ids])

    @property
    def places(self) -> int:
        byte, bit = divmod(self.piece, 8)
        return sum(free[byte] >> bit & 1 for _pk, free in self.there)


def free_times(
    resource_ids: Sequence[int],
    first: date,
    last: date,
    *,
    minutes: int | Mapping[int, int],
    not_before: datetime,
    now: datetime,
    own_key: str = "",
    kept_too: bool = False,
) -> list[Free]:
    """All free times from one day to another. One's own hold does not hide one's own time.

    `minutes` may be another at each resource; `kept_too` adds those that are kept for walk-ins and the phone.
    """
    lengths = dict.fromkeys(resource_ids, minutes) if isinstance(minutes, int) else minutes
    known = receptions(resource_ids)
    axis = _axis(known, lengths, first, last)
    versions, taken = _taken(resource_ids, axis, now=now, own_key=own_key)
    if any(reception.version != versions.get(pk) for pk, reception in known.items()):
        known = receptions(resource_ids, fresh=True)
        axis = _axis(known, lengths, first, last)
        _versions, taken = _taken(resource_ids, axis, now=now, own_key=own_key)
    there, anywhere, ahead = [], 0, axis.since(not_before)
    for pk, reception in known.items():
        for offer in reception.offered(axis, lengths[pk]):
            for place in range(1, offer.places + 1):
                free = offer.free(taken.get((pk, place), 0), kept_too=kept_too) & ahead
                if free:
                    there.append((pk, free.to_bytes(axis.size // 8 + 1, "little")))
                    anywhere |= free
    return [Free(start, piece, there) for piece, start in axis.moments(anywhere)]


def _axis(
    known: Mapping[int, rules.Reception], lengths: Mapping[int, int], first: date, last: date
) -> rules.Axis:
    return rules.axis_of(first, last, ((reception, lengths[pk]) for pk, reception in known.items()))


def _taken(
    resource_ids: Sequence[int], axis: rules.Axis, *, now: datetime, own_key: str
) -> tuple[dict[int, int], rules.Taken]:
    """The versions at which hours stand now, and what is taken: one question to the database.

    Planned anew each time: how to find the claims of a day and those of a year are two different plans.
    """
    values: dict[str, Any] = {
        "resources": list(resource_ids), "now": now, "key": own_key, "origin": axis.origin, "unit": axis.unit,
        "size": axis.size, "start": axis.begins, "end": axis.ends,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, r.hours_version, c.place, c.length, c.begins
            FROM slots_resource r
            LEFT JOIN (
                SELECT resource_id, place, after - first AS length, string_agg(int4send(first), '') AS begins
                FROM (
                    SELECT resource_id, place,
                        greatest(floor((date_part('epoch', lower(during)) / 60 - %(origin)s) / %(unit)s)::int, 0) AS first,
                        least(ceil((date_part('epoch', upper(during)) / 60 - %(origin)s) / %(unit)s)::int, %(size)s) AS after
                    FROM slots_claim
                    WHERE resource_id = ANY(%(resources)s) AND during && tstzrange(%(start)s, %(end)s)
                      AND (expires_at IS NULL OR expires_at > %(now)s) AND (key = '' OR key <> %(key)s)
                ) claim
                GROUP BY 1, 2, 3
            ) c ON c.resource_id = r.id
            WHERE r.id = ANY(%(resources)s) AND r.active
            """,
            values,
        )
        rows = cursor.fetchall()
    taken = axis.taken_together(
        (pk, place, length, _unpacked(begins)) for pk, _version, place, length, begins in rows if begins
    )
    return {row[0]: row[1] for row in rows}, taken


def _unpacked(packed: bytes) -> array[int]:
    """Numbers of four bytes each, the way they go over a network."""
    numbers = array("i", packed)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


@dataclass(frozen=True, slots=True)
class Closed:
    """Time in one piece at which nobody is received, and why."""

    resource_id: int
    start: datetime
    end: datetime
    note: str


def closed_times(resource_ids: Iterable[int], *, now: datetime) -> list[Closed]:
    """What is closed and not over yet, pieces that touch as one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT resource_id, lower(span), upper(span), (
                SELECT note FROM slots_claim one
                WHERE one.resource_id = piece.resource_id AND one.kind = 'closed' AND one.during && span
                ORDER BY one.during LIMIT 1)
            FROM (SELECT resource_id, unnest(range_agg(during)) AS span FROM slots_claim
                  WHERE kind = 'closed' AND resource_id = ANY(%s) GROUP BY resource_id) piece
            WHERE upper(span) > %s ORDER BY 2, 3, 1
            """,
            [list(resource_ids), now],
        )
        return [Closed(*row) for row in cursor.fetchall()]


def minutes_offered(resource_ids: Iterable[int], start: datetime, end: datetime) -> dict[int, float]:
    """For how long each receives between two moments, all its places together, but for what is closed."""
    known = receptions(resource_ids, fresh=True)
    found = {pk: reception.minutes_open(start, end) for pk, reception in known.items()}
    closed = Claim.objects.filter(
        kind=Claim.Kind.CLOSED, resource_id__in=list(known), during__overlap=(start, end)
    )
    for pk, place, during in closed.values_list("resource_id", "place", "during"):
        found[pk] -= known[pk].minutes_open(max(start, during.lower), min(end, during.upper), place)
    return found


def claims_between(
    resource_ids: Iterable[int], start: datetime, end: datetime, *, now: datetime
) -> list[Claim]:
    """What is held, taken or closed; what was held too long is nobody's any more."""
    stands = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    found = Claim.objects.filter(stands, resource_id__in=list(resource_ids), during__overlap=(start, end))
    return list(found.order_by("during", "pk"))


def misfits(resource_ids: Iterable[int], *, now: datetime, instead: rules.Hours | None = None) -> list[Claim]:
    """What was given away and no longer lies within the hours: to be re-booked.

    `instead`: as if these hours were laid over those that stand.
    """
    wanted = list(resource_ids)
    known = receptions(wanted, fresh=True)
    if instead is not None:
        known = {pk: replace(one, hours=(instead, *one.hours)) for pk, one in known.items()}
    claims = Claim.objects.filter(
        resource_id__in=wanted, kind=Claim.Kind.TAKEN, during__endswith__gt=now
    ).order_by("during", "pk")
    return [
        claim
        for claim in claims
        if claim.resource_id not in known or not _fits(known[claim.resource_id], claim)
    ]


def _fits(reception: rules.Reception, claim: Claim) -> bool:
    """A visit taken under earlier hours stays good while somebody receives all the time, whatever the step now."""
    local_day = claim.during.lower.astimezone(reception.zone).date()
    hours = reception.on(local_day)
    if hours is None or claim.place > hours.places:
        return False
    base = rules.midnight(local_day, reception.zone)
    slack = hours.pause * rules.MINUTE
    return any(
        base + first * rules.MINUTE - slack <= claim.during.lower
        and claim.during.upper <= base + last * rules.MINUTE + slack
        for first, last in reception.open_minutes(local_day)
    )
