"""Holding a time: how many a second, beside the bare insert that nothing can be faster than."""

from __future__ import annotations

import multiprocessing
import secrets
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any

WORKERS = 16
SECONDS = 4.0
SLOTS = 20
AT = datetime(2026, 11, 20, 7, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def measure() -> list[dict[str, Any]]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from okienko.kernel.slots import queries, taking

    counter = _counter()
    starts = _starts(counter)
    queries.receptions([counter], fresh=True)
    with CaptureQueriesContext(connection) as seen:
        taking.hold([counter], starts[0], minutes=15, key="one", at=AT, until=AT + timedelta(minutes=5))
    statements = len(seen)
    _clear()
    connection.close()
    ours = _race(_hold, counter, starts)
    double = _given_twice()
    _clear()
    connection.close()
    bare = _race(_insert, counter, starts)
    _clear()
    share = ours / bare
    return [
        _result("holding a time: statements", statements, "", None, None, 3, ok=statements <= 3),
        _result(
            f"holding, {WORKERS} workers on {SLOTS} slots",
            ours,
            "attempts/s",
            "bare INSERT",
            bare,
            None,
            ok=True,
        ),
        _result("holding as a share of the bare insert", share, "", None, None, 0.4, ok=share >= 0.4),
        _result("times given twice", double, "", None, None, 0, ok=double == 0),
    ]


def _result(
    name: str,
    value: float,
    unit: str,
    peer: str | None,
    peer_value: float | None,
    limit: float | None,
    *,
    ok: bool,
) -> dict[str, Any]:
    return {
        "name": name, "value": value, "unit": unit, "peer": peer or "", "peer_value": peer_value, "limit": limit, "ok": ok,
    }  # fmt: skip


def _counter() -> int:
    from okienko.kernel.history.actors import Actor
    from okienko.kernel.slots import actions
    from okienko.kernel.units.models import Unit

    unit = Unit.objects.filter(parent__isnull=True)[0]
    by = Actor.system("bench")
    counter = actions.add_resource(
        by=by, at=AT, kind="bench", name=f"Bench {secrets.token_hex(3)}", unit=unit
    )
    week = {"mon": [["08:00", "13:00"]]}
    actions.set_hours(counter, by=by, at=AT, first=date(2026, 1, 1), last=None, week=week, step=15)
    return counter.pk


def _starts(counter: int) -> list[datetime]:
    from okienko.kernel.slots.queries import free_times

    free = free_times([counter], MONDAY, MONDAY, minutes=15, not_before=AT, now=AT)
    assert len(free) == SLOTS
    return [time.start for time in free]


def _clear() -> None:
    from okienko.kernel.slots.models import Claim

    Claim.objects.filter(resource__kind="bench").delete()


def _given_twice() -> int:
    from okienko.kernel.slots.models import Claim

    claims = Claim.objects.filter(resource__kind="bench").values_list("resource", "during")
    return sum(count - 1 for count in Counter((pk, during.lower) for pk, during in claims).values())


def _race(work: Any, counter: int, starts: list[datetime]) -> float:
    """All begin at once; each goes on through the same times until the time is up."""
    context = multiprocessing.get_context("fork")
    ready, done = context.Barrier(WORKERS + 1), context.Queue()
    workers = [
        context.Process(target=_work, args=(work, counter, starts, ready, done)) for _ in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    ready.wait()
    attempts: int = sum(done.get() for _ in workers)
    for worker in workers:
        worker.join()
    return attempts / SECONDS


def _work(work: Any, counter: int, starts: list[datetime], ready: Any, done: Any) -> None:
    from django.db import connection

    connection.ensure_connection()
    work(counter, starts[0], "warm")
    ready.wait()
    end, attempts = monotonic() + SECONDS, 0
    while monotonic() < end:
        work(counter, starts[attempts % len(starts)], secrets.token_hex(8))
        attempts += 1
    connection.close()
    done.put(attempts)


def _hold(counter: int, start: datetime, key: str) -> None:
    from okienko.base.decisions import Refused
    from okienko.kernel.slots import taking

    try:
        taking.hold([counter], start, minutes=15, key=key, at=AT, until=AT + timedelta(minutes=5))
    except Refused:
        return


def _insert(counter: int, start: datetime, key: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO slots_claim (resource_id, place, during, kind, expires_at, key, made_at, note)"
            " VALUES (%s, 1, tstzrange(%s, %s), 'hold', %s, %s, %s, '') ON CONFLICT DO NOTHING RETURNING id",
            [counter, start, start + timedelta(minutes=15), AT + timedelta(minutes=5), key, AT],
        )
        cursor.fetchone()
