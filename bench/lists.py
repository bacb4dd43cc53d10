"""The list of cases for every role: first page, filtered, sorted, searched and page 500, with one thousand and one million."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from time import perf_counter, process_time
from typing import Any

ROUNDS = 40
MOST_QUERIES = 8
MOST_MS = 50.0
MOST_TIMES = 1.5

VIEWS = {
    "first page": "",
    "filtered by state": "?state=executor",
    "filtered by category and open": "?category=zielen&open=yes",
    "late": "?time=late",
    "sorted by deadline": "?sort=due",
    "sorted by number": "?sort=number",
    "searched": "?q=dziura+Zmyślonej",
    "searched, of middling frequency": "?q=Hipotetyczna+wrak",
    "searched, rare": "?q=Hipotetyczna+wrak+Żaneta",
}


@dataclass
class Timing:
    view: str
    role: str
    p50: float
    p95: float
    cpu: float
    queries: int


def measure(size: int) -> list[dict[str, Any]]:
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    return [asdict(timing) for timing in _timings()]


def compare(sizes: dict[int, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Each question of each role by its server time, beside the same question among the fewest cases."""
    small = {(one["role"], one["view"]): one for one in sizes[min(sizes)]}
    return [
        _result(size, one, small.get((one["role"], one["view"])))
        for size, timings in sizes.items()
        for one in timings
    ]


def _result(size: int, one: dict[str, Any], small: dict[str, Any] | None) -> dict[str, Any]:
    times = one["p95"] / small["p95"] if small else None
    shown = f"median {one['p50']:.1f} ms, CPU {one['cpu']:.1f} ms, {one['queries']} queries"
    ok = one["p95"] <= MOST_MS and one["queries"] <= MOST_QUERIES and (times or 0) <= MOST_TIMES
    return {
        "name": f"list of {size:,}: {one['view']}, {one['role']} ({shown}): p95", "value": one["p95"], "unit": "ms",
        "limit": MOST_MS, "peer": "times that of the fewest cases", "peer_value": times, "ok": ok,
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
            yield _timed(client, role, "page 500 (or the last full one)", deep)


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
    times, cpu = [], process_time()
    for _ in range(ROUNDS):
        start = perf_counter()
        response = client.get(address)
        times.append((perf_counter() - start) * 1000)
        assert response.status_code == 200
    cpu = (process_time() - cpu) / ROUNDS * 1000
    times.sort()
    return Timing(view, role, times[ROUNDS // 2], times[int(ROUNDS * 0.95)], cpu, len(asked))


def _page(client: Any, number: int) -> str:
    """The address of page 500, or of the last that is as full, found from the row that it follows."""
    from okienko.kernel.cases.queries import visible_to
    from okienko.kernel.people.models import Person
    from okienko.ui.lists import Cursor

    person = Person.objects.get(pk=client.session["_auth_user_id"])
    seen = visible_to(person).order_by("-received_at", "-pk")
    number = min(number, (seen.count() - 1) // 50)
    if number < 2:
        return ""
    before = seen[(number - 1) * 50]
    return f"/sprawy/zgloszenia/?after={Cursor('-received', (before.received_at, before.pk)).encode()}"
