"""The public map: counts of any window of it, from the whole country to a few streets."""

from __future__ import annotations

import random
from time import perf_counter
from typing import Any

LIMIT = 100.0
WINDOWS = 300


def measure(size: int) -> list[dict[str, Any]]:
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    settings.ALLOWED_HOSTS = ["testserver"]
    client: Any = Client()
    chance, times = random.Random(size), list[float]()
    client.get(
        reverse("faults:window"), {"okno": "50,19,51,20", "zoom": 10}
    )  # the first request loads the code
    for _ in range(WINDOWS):
        zoom = chance.randint(5, 18)
        # A window of 1280 by 800 pixels somewhere over the city.
        wide, high = 1280 / 256 * 360 / 2**zoom, 800 / 256 * 230 / 2**zoom
        south, west = 50.1 + chance.uniform(-0.1, 0.1) - high / 2, 19.1 + chance.uniform(-0.1, 0.1) - wide / 2
        box = f"{max(south, -85)},{max(west, -180)},{min(south + high, 85)},{min(west + wide, 180)}"
        start = perf_counter()
        answer = client.get(reverse("faults:window"), {"okno": box, "zoom": zoom})
        times.append((perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{box} at {zoom}: {answer.status_code}")
    slow = sorted(times)[int(WINDOWS * 0.95)]
    found: dict[str, Any] = {"unit": "ms", "peer": "", "peer_value": None, "limit": LIMIT}
    return [
        {"name": f"map of {size:,} reports, any window (p95)", "value": slow, "ok": slow <= LIMIT, **found},
        {
            "name": f"map of {size:,} reports, worst window",
            "value": max(times),
            "ok": max(times) <= LIMIT,
            **found,
        },
    ]
