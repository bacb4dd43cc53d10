"""Lines as the office sees them: now, and kept so that their order can be checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from okienko.base.decisions import Missing
from okienko.features.visits.models import Service
from okienko.features.visits.rush import rules
from okienko.features.visits.rush.models import Line, Release
from okienko.features.visits.rush.rules import State
from okienko.kernel.people.access import Someone, scope_of


@dataclass(frozen=True, slots=True)
class Record:
    """What came of a line: how many came and what became of them, how long they waited, whether the order held."""

    came: int
    drawn: int
    called: int
    states: Counter[State]
    usual_wait: timedelta | None
    longest_wait: timedelta | None
    wrong: list[rules.Wrong]


def release_of(service: Service) -> Release | None:
    """Also one that is switched off, with its settings kept."""
    return Release.objects.filter(service=service).first()


def visible_to(person: Someone) -> QuerySet[Line]:
    """For what is handled within the reach of the reader."""
    scope = scope_of(person, "visits.see")
    lines = Line.objects.select_related("release__service").annotate(came=Count("places"))
    if not scope:
        return lines.none()
    if scope.everywhere:
        return lines
    return lines.filter(release__service__in=Service.objects.filter(counters__unit_id__in=scope.units))


def line_for(person: Someone, line_id: int) -> Line:
    found = visible_to(person).filter(pk=line_id).first()
    if found is None:
        raise Missing
    return found


def record_of(line: Line, *, now: datetime) -> Record:
    rows = list(line.places.order_by("number", "pk"))
    stood = [
        rules.Stood(
            one.pk, one.number, one.came_at, one.called_at, one.passed_at, one.ended_at, one.end
        )
        for one in rows
    ]  # fmt: skip
    called = [one for one in stood if one.called_at is not None]
    waits = sorted(rules.waited(one, line.hour_at) for one in called)
    states = Counter(
        rules.state(
            number=one.number, arrived=one.arrived_at is not None, until=one.until, end=one.end, at=now
        )
        for one in rows
    )
    return Record(
        came=len(rows),
        drawn=line.drawn,
        called=len(called),
        states=states,
        usual_wait=waits[len(waits) // 2] if waits else None,
        longest_wait=waits[-1] if waits else None,
        wrong=rules.wrong_in(line.seed, line.drawn, stood) if line.drawn_at else [],
    )
