"""The page that a resident opens first: what it weighs and what it costs the server."""

from __future__ import annotations

import re
from time import perf_counter, process_time
from typing import Any

ROUNDS = 200


def measure() -> list[dict[str, Any]]:
    from django.conf import settings
    from django.contrib.staticfiles import finders
    from django.test import Client
    from django.urls import reverse

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    page = client.get(reverse("home"))
    weight = len(page.content) + sum(
        _weight(client, finders, path) for path in _loaded(page.content.decode())
    )
    times, cpu = [], process_time()
    for _ in range(ROUNDS):
        start = perf_counter()
        client.get(reverse("home"))
        times.append(perf_counter() - start)
    cpu = (process_time() - cpu) / ROUNDS * 1000
    median = sorted(times)[ROUNDS // 2] * 1000
    return [
        _result("resident's first page, all it loads", weight / 1000, "kB", 100, ok=weight <= 100_000),
        _result("resident's first page, server time (median)", median, "ms", 10, ok=median <= 10),
        _result("resident's first page, CPU", cpu, "ms", None, ok=True),
    ]


def _loaded(html: str) -> set[str]:
    return set(re.findall(r'(?:href|src)="(/(?:static|ui)/[^"]+\.(?:css|js|svg|webmanifest))"', html))


def _weight(client: Any, finders: Any, path: str) -> int:
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/"))
        with open(found, "rb") as file:
            return len(file.read())
    return len(client.get(path).content)


def _result(name: str, value: float, unit: str, limit: float | None, *, ok: bool) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": "",
        "peer_value": None,
        "limit": limit,
        "ok": ok,
    }
