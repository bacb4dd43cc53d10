"""What reports come to, counted in the scope of whoever looks: one question for all the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from okienko.base.time import WARSAW
from okienko.features.faults.models import Area, Category
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.models import Case, Channel
from okienko.kernel.cases.queries import visible_to
from okienko.kernel.documents.counting import WHOLE, counted
from okienko.kernel.people.access import Someone
from okienko.kernel.units.models import Group, Unit

_READ = (
    "kind", "unit_id", "group_id", "channel", "report__area_id", "open", "received_at", "closed_at",
    "report__passed_at", "report__taken_up_at", "report__in_time", "report__times_returned", "report__times_rejected",
    "report__times_reopened",
)  # fmt: skip
# Rows that are alike in everything by which they are grouped are counted first: what is left for six groupings is a few
# thousand rows instead of all.
_COUNTS = """
    WITH report(kind, unit, held_by, channel, area, open, received_at, closed_at, passed_at, taken_up_at,
        in_time, returned, rejected, reopened) AS NOT MATERIALIZED ({rows}),
    alike AS (
        SELECT kind, unit, held_by, channel, area,
            count(*) AS reports, count(*) FILTER (WHERE NOT open) AS finished,
            count(in_time) AS judged, count(*) FILTER (WHERE in_time) AS in_time,
            sum(taken_up_at - passed_at) AS waited, count(taken_up_at - passed_at) AS taken_up,
            sum(closed_at - received_at) AS lasted, count(closed_at) AS closed,
            count(*) FILTER (WHERE returned > 0) AS returned, count(*) FILTER (WHERE rejected > 0) AS rejected,
            count(*) FILTER (WHERE reopened > 0) AS reopened
        FROM report
        GROUP BY kind, unit, held_by, channel, area
    )
    SELECT grouping(kind, unit, held_by, channel, area), kind, unit, held_by, channel, area,
        coalesce(sum(reports), 0)::bigint, coalesce(sum(finished), 0)::bigint, coalesce(sum(judged), 0)::bigint,
        coalesce(sum(in_time), 0)::bigint,
        (extract(epoch FROM sum(waited)) / nullif(sum(taken_up), 0) / 3600)::float8,
        (extract(epoch FROM sum(lasted)) / nullif(sum(closed), 0) / 86400)::float8,
        coalesce(sum(returned), 0)::bigint, coalesce(sum(rejected), 0)::bigint, coalesce(sum(reopened), 0)::bigint
    FROM alike
    GROUP BY GROUPING SETS ((kind), (unit), (held_by), (channel), (area), ())
    ORDER BY 1, 7 DESC, 2, 3, 4, 5, 6
"""
_DIMENSIONS = ("category", "unit", "group", "channel", "district")


@dataclass(frozen=True, slots=True)
class Row:
    key: Any
    reports: int
    finished: int
    judged: int  # finished reports of which it is known whether they were in time
    in_time: int
    hours_to_take_up: float | None
    days_to_finish: float | None
    returned: int
    rejected: int
    reopened: int

    @property
    def share_in_time(self) -> float | None:
        return self.in_time / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Statistics:
    whole: Row = Row(None, 0, 0, 0, 0, None, None, 0, 0, 0)
    tables: dict[str, list[Row]] = field(default_factory=dict)


def received(person: Someone, first: date, last: date) -> QuerySet[Case]:
    start = datetime.combine(first, time.min, WARSAW)
    end = datetime.combine(last + timedelta(days=1), time.min, WARSAW)
    return visible_to(person, PROCEDURE).filter(received_at__gte=start, received_at__lt=end)


def statistics(person: Someone, first: date, last: date) -> Statistics:
    tables: dict[str, list[Row]] = {name: [] for name in (WHOLE, *_DIMENSIONS)}
    for name, key, counts in counted(_COUNTS, received(person, first, last).values_list(*_READ), _DIMENSIONS):
        tables[name].append(Row(key, *counts))
    whole = tables.pop(WHOLE)
    return Statistics(whole[0] if whole else Statistics().whole, tables)


def names(found: Statistics) -> dict[str, dict[Any, str]]:
    """How the keys of each table are called."""
    keys = {name: [row.key for row in rows] for name, rows in found.tables.items()}
    categories = Category.objects.filter(code__in=keys["category"])
    return {
        "category": dict(categories.values_list("code", "name")),
        "unit": dict(Unit.objects.filter(pk__in=keys["unit"]).values_list("pk", "name")),
        "group": dict(Group.objects.filter(pk__in=keys["group"]).values_list("pk", "name")),
        "channel": {key: str(name) for key, name in Channel.choices},
        "district": dict(Area.objects.filter(pk__in=keys["district"]).values_list("pk", "name")),
    }
