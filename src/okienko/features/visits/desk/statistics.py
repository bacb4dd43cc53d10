"""What visits come to, counted in the scope of whoever looks: one question for all the tables, one for the hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from okienko.base.time import WARSAW
from okienko.features.visits.models import Booking, Service
from okienko.features.visits.queries import visible_to
from okienko.kernel.people.access import Someone
from okienko.kernel.slots import queries as slots
from okienko.kernel.slots.models import Resource

LONGEST = timedelta(days=366)
DIMENSIONS = ("day", "service", "place", "counter", "source")

# Somebody who booked did not come: called in vain, or never seen where there was a waiting room to be seen in.
# Who was still at the counter in the evening is ended with by the next call, in the morning: that is no time of service.
_COUNTS = """
    WITH visit AS (
        SELECT booking.id, booking.state, booking.source, booking.service_id, booking.resource_id,
            resource.location_id, (booking.start AT TIME ZONE 'Europe/Warsaw')::date AS day,
            extract(epoch FROM booking."end" - booking.start) / 60 AS minutes,
            extract(epoch FROM booking.start - booking.created_at) / 86400 AS ahead,
            booking.state = 'confirmed' AND booking."end" < %s AND (ticket.state = 'gone' OR (
                ticket.id IS NULL AND EXISTS (SELECT FROM desk_ticket other JOIN desk_waitingroom room
                    ON room.id = other.room_id WHERE room.location_id = resource.location_id
                    AND other.day = (booking.start AT TIME ZONE 'Europe/Warsaw')::date))) AS absent,
            CASE WHEN ticket.state = 'done' AND (ticket.ended_at AT TIME ZONE 'Europe/Warsaw')::date = ticket.day
                THEN extract(epoch FROM ticket.ended_at - ticket.called_at) / 60 END AS served
        FROM visits_booking booking
        JOIN slots_resource resource ON resource.id = booking.resource_id
        LEFT JOIN desk_ticket ticket ON ticket.booking_id = booking.id
        WHERE booking.id IN ({bookings})
    )
    SELECT grouping(day, service_id, location_id, resource_id, source), day, service_id, location_id, resource_id, source,
        count(*), count(*) FILTER (WHERE state = 'confirmed'), count(*) FILTER (WHERE state = 'cancelled'),
        count(*) FILTER (WHERE state = 'lapsed'), count(*) FILTER (WHERE absent),
        avg(ahead), avg(served), coalesce(sum(minutes) FILTER (WHERE state = 'confirmed'), 0)
    FROM visit
    GROUP BY GROUPING SETS ((day), (service_id), (location_id), (resource_id), (source), ())
    ORDER BY 1, 2, 7 DESC
"""
# The bits of grouping(): nought for the column by which a row is grouped.
_GROUPED = {0b01111: "day", 0b10111: "service", 0b11011: "place", 0b11101: "counter", 0b11110: "source"}


@dataclass(frozen=True, slots=True)
class Row:
    key: Any
    booked: int
    confirmed: int
    cancelled: int
    lapsed: int
    absent: int
    ahead_days: float | None
    served_minutes: float | None
    minutes: float

    def share(self, number: int) -> float:
        return number / self.booked if self.booked else 0.0


@dataclass(frozen=True, slots=True)
class Statistics:
    whole: Row
    tables: dict[str, list[Row]] = field(default_factory=dict)
    offered: dict[int, float] = field(default_factory=dict)

    def occupancy(self, counter: Row) -> float | None:
        """Minutes booked of those at which the counter received."""
        offered = self.offered.get(counter.key)
        return counter.minutes / offered if offered else None


def between(person: Someone, first: date, last: date) -> QuerySet[Booking]:
    start = datetime.combine(first, time.min, WARSAW)
    end = datetime.combine(last + timedelta(days=1), time.min, WARSAW)
    return visible_to(person).filter(start__gte=start, start__lt=end)


def statistics(person: Someone, first: date, last: date, *, now: datetime) -> Statistics:
    tables: dict[str, list[Row]] = {name: [] for name in DIMENSIONS}
    whole = Row(None, 0, 0, 0, 0, 0, None, None, 0.0)
    for grouped, row in _counted(between(person, first, last), now):
        if grouped in _GROUPED:
            tables[_GROUPED[grouped]].append(row)
        else:
            whole = row
    return Statistics(whole, tables, _offered([row.key for row in tables["counter"]], first, last))


def _counted(bookings: QuerySet[Booking], now: datetime) -> Iterator[tuple[int, Row]]:
    try:
        sql, values = bookings.select_related(None).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(bookings=sql), [now, *values])
        for (
            grouped,
            *keys,
            booked,
            confirmed,
            cancelled,
            lapsed,
            absent,
            ahead,
            served,
            minutes,
        ) in cursor.fetchall():
            key = next((key for key in keys if key is not None), None)
            yield grouped, Row(
                key, booked, confirmed, cancelled, lapsed, absent,
                None if ahead is None else float(ahead), None if served is None else float(served), float(minutes),
            )  # fmt: skip


def names(found: Statistics) -> dict[str, dict[Any, str]]:
    """How the keys of each table are called."""
    services = Service.objects.in_bulk([row.key for row in found.tables["service"]])
    counters = Resource.objects.select_related("location").in_bulk(
        [row.key for row in found.tables["counter"]]
    )
    places = {one.location_id: one.location.name for one in counters.values() if one.location}
    return {
        "service": {key: one.title for key, one in services.items()},
        "counter": {key: one.name for key, one in counters.items()},
        "place": places,
        "source": {key: str(name) for key, name in Booking.Source.choices},
    }


def _offered(counters: list[int], first: date, last: date) -> dict[int, float]:
    """How many minutes, times places, each counter received."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return {
        key: sum(
            (closes - opens) * hours.places
            for on in days
            if (hours := reception.on(on)) is not None
            for opens, closes in reception.open_minutes(on)
        )
        for key, reception in slots.receptions(counters).items()
    }
