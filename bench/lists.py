"""The list of cases for every role: first page, filtered, sorted, searched and page 500, with one thousand and one million."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

ROUNDS = 15
MOST_QUERIES = 8
MOST_MS = 50.0

VIEWS = {
    "first page": "",
    "filtered by state": "?state=executor",
    "filtered by category and open": "?category=zielen&open=yes",
    "late": "?time=late",
    "sorted by deadline": "?sort=due",
    "sorted by number": "?sort=number",
    "searched": "?q=dziura+Zmyślonej",
    "searched, rare": "?q=Hipotetyczna+wrak+Żaneta",
}


@dataclass
class Timing:
    view: str
    role: str
    p95: float
    queries: int


def measure(size: int) -> list[dict[str, Any]]:
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    timings = list(_timings())
    worst = max(timings, key=lambda timing: timing.p95)
    most = max(timings, key=lambda timing: timing.queries)
    results = [
        _result(f"list of {size:,}: {timing.view}, {timing.role}, p95", timing.p95, "ms", MOST_MS)
        for timing in timings
    ]
    results.append(
        _result(f"list of {size:,}: worst p95 ({worst.view}, {worst.role})", worst.p95, "ms", MOST_MS)
    )
    results.append(
        _result(f"list of {size:,}: most queries ({most.view}, {most.role})", most.queries, "", MOST_QUERIES)
    )
    return results


def _result(name: str, value: float, unit: str, limit: float) -> dict[str, Any]:
    return {
        "name": name, "value": value, "unit": unit, "peer": "", "peer_value": None, "limit": limit, "ok": value <= limit,
    }  # fmt: skip


def _timings() -> Iterator[Timing]:
    from django.test import Client

    from okienko.kernel.people.models import Person

    for role, email in _people():
        client = Client()
        client.force_login(Person.objects.get(email=email))
        for view, query in VIEWS.items():
            yield _timed(client, role, view, f"/sprawy/zgloszenia/{query}")
        deep = _page(client, 500)
        if deep:
            yield _timed(client, role, "page 500 (or the last)", deep)


def _people() -> list[tuple[str, str]]:
    names = ("administrator", "supernadzorca", "operator", "nadzorca", "koordynator", "realizator")
    people = [(name, f"{name}@okienko.example") for name in names]
    from okienko.kernel.people.models import Person

    busy = Person.objects.filter(email__startswith="koordynator.jm").order_by("pk").first()
    return [*people, ("koordynator of a big unit", busy.email)] if busy else people


def _timed(client: Any, role: str, view: str, address: str) -> Timing:
    from django.db import connection

    client.get(address)
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        client.get(address)
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        response = client.get(address)
        times.append((perf_counter() - start) * 1000)
        assert response.status_code == 200
    return Timing(view, role, sorted(times)[int(ROUNDS * 0.95)], len(asked))


def _page(client: Any, number: int) -> str:
    """The address of page 500, found from the row that it follows."""
    from okienko.kernel.cases.models import Case
    from okienko.kernel.cases.queries import visible_to
    from okienko.kernel.people.models import Person
    from okienko.ui.lists import Cursor

    person = Person.objects.get(pk=client.session["_auth_user_id"])
    seen = visible_to(person).order_by("-received_at", "-pk")
    before = seen[(number - 1) * 50 : (number - 1) * 50 + 1].first() or seen.last()
    if not isinstance(before, Case):
        return ""
    return f"/sprawy/zgloszenia/?after={Cursor('-received', (before.received_at, before.pk)).encode()}"
