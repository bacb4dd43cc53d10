"""Reports sent in by other programs: Open311 POST over real HTTP, with routing, messages and their sending on."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Any
from urllib.parse import urlencode

CLIENTS, REPORTS, WARMING = 8, 1500, 80
WANTED = 150
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def measure() -> list[dict[str, Any]]:
    port = _free_port()
    with _running("worker"), _running("web", "--port", str(port), "--processes", str(os.cpu_count() or 1)):
        _wait_for(port)
        body = _body(_key())
        _send(port, body, WARMING)
        start = perf_counter()
        times = _send(port, body, REPORTS)
        rate = len(times) / (perf_counter() - start)
    late = sorted(times)[len(times) * 95 // 100] * 1000
    return [
        _result(f"reports by Open311 POST, {CLIENTS} clients", rate, "/s", WANTED, ok=rate >= WANTED),
        _result("reports by Open311 POST, p95", late, "ms", None, ok=True),
    ]


def _key() -> str:
    from okienko.base.time import now
    from okienko.kernel.history.actors import Actor
    from okienko.kernel.people.actions import create_token
    from okienko.kernel.people.factories import make_staff

    by, at = Actor.system("bench"), now()
    email = f"program-{secrets.token_hex(4)}@okienko.example"
    program = make_staff(email, "reporting-program", by=by, at=at)
    own = Actor(program.pk, program.name)
    return create_token(program, by=own, at=at, name="bench", scopes=["faults.send"])[1]


def _body(key: str) -> str:
    """Somebody who leaves an address is written to; the point is found in its district."""
    from okienko.features.faults.open311.queries import attribute_code, questions, services

    category = services()[0]
    told = {
        "api_key": key, "service_code": category.code, "lat": "50.10", "long": "19.10", "description": "Głęboka dziura",
        "email": "anonim@okienko.example", "first_name": "Anonim", "last_name": "Przykładowy",
    }  # fmt: skip
    answers = {f"attribute[{attribute_code(one)}]": "tak" for one in questions(category)}
    return urlencode(told | answers)


def _send(port: int, body: str, count: int) -> list[float]:
    def client(number: int) -> list[float]:
        connection, times = http.client.HTTPConnection("127.0.0.1", port, timeout=60), []
        for _ in range(number):
            start = perf_counter()
            connection.request("POST", "/open311/v2/requests.json", body, FORM)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise RuntimeError(text.decode())
            times.append(perf_counter() - start)
        return times

    with ThreadPoolExecutor(CLIENTS) as clients:
        return [time for times in clients.map(client, [count // CLIENTS] * CLIENTS) for time in times]


@contextmanager
def _running(*arguments: str) -> Iterator[int]:
    """A process of ours by its number; some of those that measure it look at its memory, or kill it."""
    command = [str(Path(sys.executable).parent / "okienko"), *arguments]
    environment = os.environ | {"OKIENKO_API_PER_MINUTE": "1000000"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(1200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            sleep(0.1)
    raise TimeoutError("the pages did not start")


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
