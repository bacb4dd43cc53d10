"""What is free: a month and a year at twenty counters, the earliest of three hundred, beside pretix's calendar of as many times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from bench.peers import load, peer, result

if TYPE_CHECKING:
    from okienko.features.visits.models import Service

PRETIX = "pretix"
ROUNDS, ENOUGH, FULL = 20, 0.5, 0.6
COUNTERS, MANY, PLACES = 20, 300, 30
WEEK = {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
MINUTES, MONTH, YEAR = 15, 30, 364
MONTH_MS, YEAR_MS, EARLIEST_MS, MOST_QUERIES = 5.0, 30.0, 20.0, 2


def measure() -> list[dict[str, Any]]:
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    month, year = _service(COUNTERS, 1, MONTH), _service(COUNTERS, 1, YEAR)
    far = _service(MANY, PLACES, MONTH)
    here = f"{COUNTERS} counters"
    told = [
        *_looked(f"free times of a month at {here}", lambda: _free(month), MONTH_MS, MOST_QUERIES),
        *_looked(f"free times of a year at {here}", lambda: _free(year), YEAR_MS, MOST_QUERIES),
        *_looked(f"the earliest of each place, {MANY} counters", lambda: _earliest(far), EARLIEST_MS, None),
        *_page("the page with a month", month.code, COUNTERS),
        *_page(f"the page with {PLACES} places, {MANY} counters", far.code, MANY),
    ]
    return [*told, *_beside(_cpu(lambda: _free(month)), len(_free(month))), load()]


# --- Ours ---------------------------------------------------------------------------------------------------


def _service(counters: int, places: int, days: int) -> Service:
    """Made once a day, since so much takes long to fill."""
    from okienko.base.time import now
    from okienko.features.visits.factories import make_service
    from okienko.features.visits.queries import offered
    from okienko.kernel.history.actors import Actor
    from okienko.kernel.slots import actions
    from okienko.kernel.units.actions import add_location
    from okienko.kernel.units.models import Unit

    by, at = Actor.system("bench"), now()
    name = f"free-{at:%Y%m%d}-{counters}-{days}"
    if (known := offered(name)) is not None:
        return known
    unit = Unit.objects.filter(parent__isnull=True)[0]
    where = [add_location(by=by, at=at, unit=unit, name=f"Bench {name} {number}") for number in range(places)]
    made = []
    for number in range(counters):
        counter = actions.add_resource(
            by=by, at=at, kind="counter", name=f"Bench {name} {number}", unit=unit, location=where[number % places]
        )  # fmt: skip
        actions.set_hours(counter, by=by, at=at, first=at.date(), last=None, week=WEEK, step=MINUTES)
        made.append(counter)
    _fill([one.pk for one in made], at, days)
    return make_service(
        made, by=by, at=at, code=name, title=f"Bench {name}", minutes=MINUTES, nearest_days=0, farthest_days=days
    )  # fmt: skip


def _fill(counters: list[int], at: datetime, days: int) -> None:
    """So much of every counter is taken, here and there; the dearest case, since nothing lies together."""
    from django.db import connection

    from okienko.kernel.slots.queries import free_times

    chance, last = Random(7), at.date() + timedelta(days=days)
    free = free_times(counters[:1], at.date(), last, minutes=MINUTES, not_before=at, now=at)
    starts = [one.start for one in free]
    with connection.cursor() as cursor:
        for pk in counters:
            cursor.execute(
                "INSERT INTO slots_claim (resource_id, place, during, kind, key, made_at, note)"
                " SELECT %s, 1, tstzrange(t, t + make_interval(mins => %s)), 'taken', 'bench', %s, '' FROM unnest(%s::timestamptz[]) t",
                [pk, MINUTES, at, sorted(chance.sample(starts, int(len(starts) * FULL)))],
            )
        cursor.execute("ANALYZE slots_claim")


def _free(service: Service) -> list[Any]:
    """As the pages and the API ask: where it is given, and what is free there."""
    from okienko.base.time import now
    from okienko.features.visits import queries

    return queries.free_times(service, queries.counters_of(service), now=now())


def _earliest(service: Service) -> list[Any]:
    from okienko.base.time import now
    from okienko.features.visits import queries

    counters, at = queries.counters_of(service), now()
    return queries.earliest_by_place(
        service, counters, until=(at + timedelta(days=service.farthest_days)).date(), now=at
    )


def _looked(name: str, ask: Callable[[], Any], limit: float, most: int | None) -> list[dict[str, Any]]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    assert ask()  # the first one reads the hours, which the process keeps
    with CaptureQueriesContext(connection) as seen:
        ask()
    cpu, took = _cpu(ask), _took(ask)
    return [
        result(f"{name}: queries", len(seen), limit=most, ok=most is None or len(seen) <= most),
        result(f"{name}: CPU", cpu, "ms", limit=limit, ok=cpu <= limit),
        result(f"{name}: time", took, "ms"),
    ]


def _cpu(ask: Callable[[], Any]) -> float:
    """The least of a few goes: what else runs on the machine only ever adds."""
    return min(_measured(ask, process_time) for _ in range(3))


def _took(ask: Callable[[], Any]) -> float:
    return _measured(ask, perf_counter)


def _measured(ask: Callable[[], Any], clock: Callable[[], float]) -> float:
    start, rounds = clock(), 0
    while rounds < ROUNDS and (rounds == 0 or clock() < start + ENOUGH):
        ask()
        rounds += 1
    return (clock() - start) / rounds * 1000


def _page(name: str, code: str, counters: int) -> list[dict[str, Any]]:
    from django.test import Client
    from django.urls import reverse

    client, address = Client(), f"{reverse('visits:choose')}?usluga={code}"
    answer: Any = client.get(address)
    assert answer.status_code == 200
    return [result(f"{name}: CPU", _cpu(lambda: client.get(address)), "ms")]


# --- Theirs -------------------------------------------------------------------------------------------------


def _beside(ours: float, starts: int) -> list[dict[str, Any]]:
    """As kindly as can be: one sub-event for each start with a quota as large as there are counters."""
    theirs = peer(PRETIX, "bench.peer.pretix_settings")
    theirs.run("pretix", "migrate", "--skip-checks")
    told = []
    for count, size, meaning in (
        (starts, COUNTERS, "a sub-event for each start"),
        (starts * COUNTERS, 1, "a sub-event for each start of each counter"),
    ):
        shop = theirs.ask("prepare")
        found = theirs.ask("availability", shop["event"], count, size, FULL)
        told += [
            result(f"a month beside {PRETIX}, {meaning} ({count:,}): CPU", ours, "ms", peer_name=f"{PRETIX}'s calendar",
                   peer_value=found["calendar"]),
            result(f"a month beside {PRETIX}, {meaning} ({count:,}): CPU of its quotas alone", ours, "ms",
                   peer_name=PRETIX, peer_value=found["quotas"]),
            result(f"statements of {PRETIX}'s calendar", found["statements"]),
        ]  # fmt: skip
    return told
