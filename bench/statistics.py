"""Reports in numbers: a year of all of them, counted for whoever sees everything and for one unit."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter
from typing import Any

LIMIT = 1.0
ROUNDS = 5


def measure(size: int) -> list[dict[str, Any]]:
    from django.utils.timezone import localdate

    from okienko.base.time import now
    from okienko.features.faults.statistics import queries
    from okienko.kernel.people.models import Person

    last = localdate(now())
    results = []
    for role in ("supernadzorca", "nadzorca"):
        person = Person.objects.get(email=f"{role}@okienko.example")
        times = []
        for _ in range(ROUNDS):
            start = perf_counter()
            found = queries.statistics(person, last - timedelta(days=364), last)
            times.append(perf_counter() - start)
        median = sorted(times)[ROUNDS // 2]
        results.append(
            {
                "name": f"a year of {size:,} in numbers, {role} ({found.whole.reports:,} counted)", "value": median,
                "unit": "s", "peer": "", "peer_value": None, "limit": LIMIT, "ok": median <= LIMIT,
            }
        )  # fmt: skip
    return results
