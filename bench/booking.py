"""Holding a time beside pretix inside the process, where a time is a sub-event with one quota.

`BENCH_ATTEMPTS=1000000 make bench only=booking` tries as often as that to get the same times twice.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from time import monotonic
from typing import Any

from bench.peers import Peer, load, peer, result, times

PRETIX = "pretix"
WORKERS, SECONDS = (1, 4, 16), 3.0
WANTED = 100  # times theirs
OWN_TIMES = 60
ATTEMPTS, SHORT = int(os.environ.get("BENCH_ATTEMPTS", "40000")), timedelta(milliseconds=200)
WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
DAYS, MINUTES = 14, 5

Times = list[tuple[int, datetime]]


def measure() -> list[dict[str, Any]]:
    theirs = peer(PRETIX, "bench.peer.pretix_settings")
    theirs.run("pretix", "migrate", "--skip-checks")
    shop = theirs.ask("prepare")
    told = [load(), *_statements(theirs, shop["event"])]
    for count, kind in ((20, "same"), (300, "same"), (OWN_TIMES, "disjoint")):
        for workers in WORKERS:
            told += _raced(theirs, shop["event"], count, kind, workers)
    told += _million()
    return [*told, load()]


# --- Inside the process -------------------------------------------------------------------------------------


def _statements(theirs: Peer, event: str) -> list[dict[str, Any]]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    (times,) = counters(1)
    _hold(times[0], "warm")
    with CaptureQueriesContext(connection) as seen:
        _hold(times[1], "one")
    counted = theirs.ask("statements", event)
    held = result(
        "holding a time: statements", len(seen), limit=3, peer_name=PRETIX, peer_value=counted["held"], ok=len(seen) <= 3
    )  # fmt: skip
    return [held]


def _raced(theirs: Peer, event: str, count: int, kind: str, workers: int) -> list[dict[str, Any]]:
    lists = counters(workers if kind == "disjoint" else 1)
    given = lists if kind == "disjoint" else [lists[0][:count]] * workers
    told = _race(given, once=kind == "disjoint")
    their = theirs.ask("race", event, count, workers, SECONDS, kind)
    where = f"the same {count} times" if kind == "same" else "times of its own, each really held"
    name = f"attempts to hold, {workers} workers on {where}"
    twice = given_twice()
    return [
        *times(name, told, their["rate"], WANTED, PRETIX, "/s"),
        result(f"{name}: given twice", twice, limit=0, peer_name=PRETIX, peer_value=their["twice"], ok=twice == 0),
    ]  # fmt: skip


def counters(count: int) -> list[Times]:
    """New counters with thousands of times each, so that what is held really is."""
    from okienko.base.time import now
    from okienko.kernel.history.actors import Actor
    from okienko.kernel.slots import actions
    from okienko.kernel.slots.queries import free_times
    from okienko.kernel.units.models import Unit

    by, at, unit = Actor.system("bench"), now(), Unit.objects.filter(parent__isnull=True)[0]
    found = []
    for _ in range(count):
        counter = actions.add_resource(
            by=by, at=at, kind="bench", name=f"Bench {secrets.token_hex(4)}", unit=unit
        )
        actions.set_hours(counter, by=by, at=at, first=at.date(), last=None, week=WEEK, step=MINUTES)
        first, last = at.date() + timedelta(days=1), at.date() + timedelta(days=DAYS)
        free = free_times([counter.pk], first, last, minutes=MINUTES, not_before=at, now=at)
        found.append([(counter.pk, one.start) for one in free])
    return found


def _race(lists: Sequence[Times], *, once: bool) -> float:
    """All begin at once; a list of its own each worker goes through once, else all go round in the same."""
    told = _together(lists, lambda given, ready: _go(given, ready, once=once))
    return float(sum(attempts / seconds for attempts, seconds in told))


def _go(given: Times, ready: Any, *, once: bool) -> tuple[int, float]:
    _hold(given[0], "warm")
    ready.wait()
    began, attempts = monotonic(), int(once)
    while monotonic() < began + SECONDS and not (once and attempts == len(given)):
        _hold(given[attempts % len(given)], secrets.token_hex(8))
        attempts += 1
    return attempts, monotonic() - began


def _together(lists: Sequence[Times], work: Callable[[Times, Any], Any]) -> list[Any]:
    from django.db import connection

    connection.close()
    context = multiprocessing.get_context("fork")
    ready, done = context.Barrier(len(lists) + 1), context.Queue()

    def run(given: Times) -> None:
        connection.ensure_connection()
        told = work(given, ready)
        connection.close()
        done.put(told)

    workers = [context.Process(target=run, args=(given,)) for given in lists]
    for worker in workers:
        worker.start()
    ready.wait()
    told = [done.get(timeout=3600) for _ in workers]
    for worker in workers:
        worker.join()
    return told


def _hold(
    time: tuple[int, datetime], key: str, lasting: timedelta = timedelta(minutes=30)
) -> tuple[datetime, datetime] | None:
    """From when one knows of it until when it is held, if it is. Who was kept waiting longer than a hold lasts may be
    given one that is over: that is no hold."""
    from okienko.base.decisions import Refused
    from okienko.base.time import now
    from okienko.kernel.slots import taking

    at = now()
    try:
        taking.hold([time[0]], time[1], minutes=MINUTES, key=key, at=at, until=at + lasting)
    except Refused:
        return None
    known = now()
    return (known, at + lasting) if known < at + lasting else None


def given_twice() -> int:
    """Claims of the same counter that overlap; all of this run are looked at, then given back."""
    from okienko.kernel.slots.models import Claim

    claims = Claim.objects.filter(resource__kind="bench")
    kept = defaultdict(list)
    for pk, during in claims.values_list("resource", "during"):
        kept[pk].append((during.lower, during.upper))
    claims._raw_delete(claims.db)
    return sum(_overlaps(spans) for spans in kept.values())


def _overlaps(spans: list[tuple[datetime, datetime]]) -> int:
    return sum(after[0] < before[1] for before, after in pairwise(sorted(spans)))


def _million() -> list[dict[str, Any]]:
    """Holds so short that every time is given again and again; none may be given while it still is held."""
    workers = max(WORKERS)
    each = ATTEMPTS // workers

    def work(given: Times, ready: Any) -> Any:
        ready.wait()
        held = []
        for number in range(each):
            time = given[secrets.randbelow(len(given))]
            if (span := _hold(time, f"{os.getpid()}-{number}", SHORT)) is not None:
                held.append((time, span))
        return held

    (free,) = counters(1)
    began = monotonic()
    kept = defaultdict(list)
    for held in _together([free[:300]] * workers, work):
        for time, span in held:
            kept[time].append(span)
    seconds = monotonic() - began
    twice, holds = sum(_overlaps(spans) for spans in kept.values()), sum(map(len, kept.values()))
    given_twice()
    shown = f"{each * workers:,} attempts by {workers} workers on 300 times, {holds:,} of them held"
    return [
        result(f"{shown}: given twice", twice, limit=0, ok=twice == 0),
        result(f"{shown}: seconds", seconds, "s"),
    ]
