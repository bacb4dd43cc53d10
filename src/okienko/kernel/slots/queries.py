from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import Any
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
    works = _always if zone is None else _working_days(zone, week, statutory, exceptions)
    rows = tuple(_hours(*row) for row in _parsed(hours) or ())
    return rules.Reception(resource_id, version, ZoneInfo(zone) if zone else WARSAW, rows, works)


def _always(day: date) -> bool:
    return True


def _working_days(zone: str, week: Any, statutory: bool, exceptions: Any) -> Callable[[date], bool]:
    own_days = {day: OwnDay(hours) for day, hours in calendars.parse_exceptions(_parsed(exceptions) or {})}
    reckoned = Hours(zone, calendars.Week.parse(_parsed(week)), statutory, own_days).reckon()

    def works(day: date) -> bool:
        return reckoned.day(day).works

    return works


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


@dataclass(frozen=True, slots=True)
class Free:
    """A time at which a visit may begin, and where, the first in the order of priority first."""

    start: datetime
    resource_ids: tuple[int, ...]
    places: int


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
    versions, taken = _taken(resource_ids, first, last, now=now, own_key=own_key)
    known = receptions(resource_ids)
    if any(reception.version != versions.get(pk) for pk, reception in known.items()):
        known = receptions(resource_ids, fresh=True)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    found: dict[int, list[int]] = {}  # who is free, once for each place
    for pk in resource_ids:
        reception = known.get(pk)
        if reception is None:
            continue
        length = minutes if isinstance(minutes, int) else minutes[pk]
        for day in days:
            for minute in rules.free_minutes(reception, day, length, taken, not_before, kept_too=kept_too):
                found.setdefault(minute, []).append(pk)
    return [
        Free(rules.moment(minute), tuple(dict.fromkeys(where)), len(where))
        for minute, where in sorted(found.items())
    ]


def _taken(
    resource_ids: Sequence[int], first: date, last: date, *, now: datetime, own_key: str
) -> tuple[dict[int, int], rules.Taken]:
    """The versions at which hours stand now, and what is taken: one question to the database."""
    start = datetime.combine(first, time(), UTC) - timedelta(days=1)
    end = datetime.combine(last, time(), UTC) + timedelta(days=2)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, r.hours_version, c.place, day,
                   array_agg(greatest(c.first - day * 1440, 0)),
                   array_agg(least(c.last - day * 1440, 1440) - greatest(c.first - day * 1440, 0))
            FROM slots_resource r
            LEFT JOIN (
                SELECT resource_id, place, (date_part('epoch', lower(during)) / 60)::int AS first,
                       (date_part('epoch', upper(during)) / 60)::int AS last
                FROM slots_claim
                WHERE resource_id = ANY(%s) AND during && tstzrange(%s, %s)
                  AND (expires_at IS NULL OR expires_at > %s) AND (key = '' OR key <> %s)
            ) c ON c.resource_id = r.id
            LEFT JOIN LATERAL generate_series(c.first / 1440, (c.last - 1) / 1440) AS day ON true
            WHERE r.id = ANY(%s) AND r.active
            GROUP BY r.id, c.place, day
            """,
            [list(resource_ids), start, end, now, own_key, list(resource_ids)],
        )
        rows = cursor.fetchall()
    taken = {
        (pk, place, day): rules.minutes_of(begins, lengths)
        for pk, _version, place, day, begins, lengths in rows
        if day is not None
    }
    return {row[0]: row[1] for row in rows}, taken


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
