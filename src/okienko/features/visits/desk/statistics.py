"""What visits come to, counted in the scope of whoever looks: one question for all the tables, two for the hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from okienko.base.time import WARSAW
from okienko.features.visits.models import Booking, Service
from okienko.features.visits.queries import COUNTER, visible_to
from okienko.kernel.documents.counting import WHOLE, counted
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
        WHERE booking.id IN ({rows})
    )
    SELECT grouping(day, service_id, location_id, resource_id, source), day, service_id, location_id, resource_id, source,
        count(*), count(*) FILTER (WHERE state = 'confirmed'), count(*) FILTER (WHERE state = 'cancelled'),
        count(*) FILTER (WHERE state = 'lapsed'), count(*) FILTER (WHERE absent),
        avg(ahead), avg(served), coalesce(sum(minutes) FILTER (WHERE state = 'confirmed'), 0)
    FROM visit
    GROUP BY GROUPING SETS ((day), (service_id), (location_id), (resource_id), (source), ())
    ORDER BY 1, 2, 7 DESC
"""


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

    def share(self, number: int) -> float | None:
        return number / self.booked if self.booked else None


@dataclass(frozen=True, slots=True)
class Statistics:
    whole: Row
    tables: dict[str, list[Row]] = field(default_factory=dict)
    offered: dict[int, float] = field(default_factory=dict)

    def occupancy(self, row: Row) -> float | None:
        """Minutes booked of those at which the counter received, or all counters for the whole."""
        rows = self.tables["counter"] if row is self.whole else [row]
        known = [one for one in rows if one.key in self.offered]
        offered = sum(self.offered[one.key] for one in known)
        return sum(one.minutes for one in known) / offered if offered else None


def statistics(person: Someone, first: date, last: date, *, now: datetime) -> Statistics:
    """A day or a counter that nobody has booked is there with nothing."""
    start = datetime.combine(first, time.min, WARSAW)
    end = datetime.combine(last + timedelta(days=1), time.min, WARSAW)
    tables: dict[str, list[Row]] = {name: [] for name in (WHOLE, *DIMENSIONS)}
    bookings = visible_to(person).filter(start__gte=start, start__lt=end)
    for name, key, counts in counted(_COUNTS, bookings.select_related(None).values("pk"), DIMENSIONS, now):
        tables[name].append(_row(key, *counts))
    whole = tables.pop(WHOLE) or [_row(None)]
    booked = {row.key: row for row in tables["day"]}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    tables["day"] = [booked.get(day) or _row(day) for day in days]
    idle = _counters(person).exclude(pk__in=[row.key for row in tables["counter"]])
    tables["counter"] += [_row(pk) for pk in idle.values_list("pk", flat=True)]
    offered = slots.minutes_offered([row.key for row in tables["counter"]], start, end)
    return Statistics(whole[0], tables, offered)


def _counters(person: Someone) -> QuerySet[Resource]:
    """Those that receive: one that nobody has come to counts for how busy they are."""
    return slots.visible_to(person, "visits.see").filter(kind=COUNTER, active=True)


def _row(
    key: Any, booked: int = 0, confirmed: int = 0, cancelled: int = 0, lapsed: int = 0, absent: int = 0,
    ahead: Decimal | None = None, served: Decimal | None = None, minutes: Decimal | int = 0,
) -> Row:  # fmt: skip
    return Row(
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
