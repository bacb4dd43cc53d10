"""Ten thousand visits cancelled at once, the worker killed again and again: each resident is told once, and how long it takes.

`BENCH_VISITS` says how many. The worker is the real one, which sends the messages too; whoever takes its place waits until its
heart has not beaten for a while.
"""

from __future__ import annotations

import os
import secrets
import signal
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from bench import sink
from bench.open311 import _running
from bench.peers import load, result

if TYPE_CHECKING:
    from okienko.features.visits.models import Booking

VISITS = int(os.environ.get("BENCH_VISITS", "10000"))
KILLS, MOST_SECONDS = 4, 1500.0
COUNTERS, MINUTES = 20, 15
WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def measure() -> list[dict[str, Any]]:
    from okienko.base.time import now
    from okienko.features.visits import actions
    from okienko.features.visits.models import MassChange
    from okienko.kernel.history.actors import Actor

    by, bookings = Actor.system("bench"), _bookings()
    with sink.running() as server:
        mail = replace(server, whose=bookings[0].email.partition("-")[2])
        os.environ["OKIENKO_SMTP_URL"] = f"smtp://127.0.0.1:{mail.port}"
        began = monotonic()
        change = actions.order_mass_change(
            bookings, by=by, at=now(), way=MassChange.Way.CANCEL, why="Awaria prądu."
        )
        ordered = monotonic() - began
        killed = sum(_killed(change) for _ in range(KILLS))
        with _running("worker"):
            cancelled = _until(lambda: _waiting(change) == 0, began)
            sent = _until(lambda: mail.taken() >= VISITS, began)
        twice, never = mail.taken() - mail.addresses(), VISITS - mail.addresses()
    written = _written(bookings)
    name = f"{VISITS:,} visits cancelled, the worker killed {killed} times"
    return [
        result(f"{name}: seconds to order it", ordered, "s"),
        result(f"{name}: minutes until all are cancelled", cancelled / 60, "min"),
        result(f"{name}: minutes until all are told", sent / 60, "min"),
        result(f"{name}: messages written twice", sum(count - 1 for count in written.values()), limit=0,
               ok=all(count == 1 for count in written.values())),
        result(f"{name}: visits without a message", VISITS - len(written), limit=0, ok=len(written) == VISITS),
        result(f"{name}: residents told twice", twice, limit=0, ok=twice == 0),
        result(f"{name}: residents not told", never, limit=0, ok=never == 0),
        load(),
    ]  # fmt: skip


def _killed(change: Any) -> bool:
    """Whether it was in the middle of it when it was killed."""
    before, patience = _waiting(change), monotonic() + 120
    with _running("worker") as worker:
        while _waiting(change) == before and monotonic() < patience:
            sleep(0.05)
        sleep(Random(before).uniform(1, 5))
        os.kill(worker, signal.SIGKILL)
        return _waiting(change) > 0


def _until(done: Any, began: float) -> float:
    while not done() and monotonic() < began + MOST_SECONDS:
        sleep(0.5)
    return monotonic() - began


def _waiting(change: Any) -> int:
    return int(change.steps.filter(state="waiting").count())


def _written(bookings: list[Booking]) -> Counter[int]:
    from okienko.kernel.messages.models import Message

    keys = {one.pk for one in bookings}
    told = Message.objects.filter(notice="visit.cancelled", subject_id__in=keys)
    return Counter(told.values_list("subject_id", flat=True))


def _bookings() -> list[Booking]:
    """Written as they stand after booking; making each by itself would take longer than what is measured."""
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from okienko.base.time import now
    from okienko.features.visits import queries
    from okienko.features.visits.factories import make_service
    from okienko.features.visits.models import Booking
    from okienko.kernel.history.actors import Actor
    from okienko.kernel.slots import actions
    from okienko.kernel.slots.models import Claim
    from okienko.kernel.units.models import Unit

    by, at, run = Actor.system("bench"), now(), secrets.token_hex(4)
    unit, counters = Unit.objects.filter(parent__isnull=True)[0], []
    for number in range(COUNTERS):
        counter = actions.add_resource(by=by, at=at, kind="counter", name=f"Bench {run} {number}", unit=unit)
        actions.set_hours(counter, by=by, at=at, first=at.date(), last=None, week=WEEK, step=MINUTES)
        counters.append(counter)
    service = make_service(
        counters, by=by, at=at, code=f"bench-{run}", title=f"Bench {run}", minutes=MINUTES, farthest_days=60
    )  # fmt: skip
    free = queries.free_times(service, counters, now=at)
    times = [(pk, one.start) for one in free for pk in one.resource_ids][:VISITS]
    assert len(times) == VISITS
    length = timedelta(minutes=MINUTES)
    claims = Claim.objects.bulk_create(
        [
            Claim(resource_id=pk, during=DateTimeTZRange(start, start + length), kind=Claim.Kind.TAKEN,
                  key=f"{run}-{number}", made_at=at)
            for number, (pk, start) in enumerate(times)
        ],
        batch_size=1000,
    )  # fmt: skip
    return Booking.objects.bulk_create(
        [
            Booking(
                number=f"B{run}{number}", service=service, resource_id=claim.resource_id, claim=claim, hold_key=claim.key,
                secret=f"{run}-{number}", start=claim.during.lower, end=claim.during.upper, name="Anonim Przykładowy",
                email=f"osoba{number}-{run}@okienko.example", language="pl", state=Booking.State.CONFIRMED,
                source=Booking.Source.WEB, created_at=at, confirmed_at=at,
            )
            for number, claim in enumerate(claims)
        ],
        batch_size=1000,
    )  # fmt: skip
