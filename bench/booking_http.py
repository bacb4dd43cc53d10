"""Holding a time over real HTTP beside pretix: our API and theirs, eight clients, every hold of a time of its own."""

from __future__ import annotations

import http.client
import json
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

from bench.booking import DAYS, MINUTES, PRETIX, Times, counters, given_twice
from bench.open311 import _free_port, _running, _wait_for
from bench.peers import load, peer, result, times

WANTED = 20  # times theirs
CLIENTS, SECONDS = 8, 6.0


def measure() -> list[dict[str, Any]]:
    """Every client holds times of its own; each answer says that it is held."""
    from django.db import connection

    theirs = peer(PRETIX, "bench.peer.pretix_settings")
    theirs.run("pretix", "migrate", "--skip-checks")
    shop = theirs.ask("prepare")
    service, free, token = _service()
    port = _free_port()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    bodies = [json.dumps({"service": service, "start": start.isoformat()}) for _, start in free]
    with _running("web", "--port", str(port), "--processes", str(os.cpu_count() or 1)):
        _wait_for(port)
        ours = _rate(port, "/api/v1/visits/holds", headers, bodies)
    connection.close()
    twice = given_twice()
    item_times = theirs.ask("add_times", shop["event"], CLIENTS * 400, 1)
    item = theirs.ask("item", shop["event"])
    headers = {"Content-Type": "application/json", "Authorization": f"Token {shop['token']}"}
    bodies = [json.dumps({"item": item, "subevent": time, "price": "0.00"}) for time in item_times]
    path = f"/api/v1/organizers/{shop['organizer']}/events/{shop['event']}/cartpositions/"
    port = _free_port()
    with theirs.serving("pretix.wsgi:application", port, PRETIX_PRETIX_URL=f"http://127.0.0.1:{port}"):
        their = _rate(port, path, headers, bodies)
    name = f"holds over HTTP, {CLIENTS} clients"
    return [
        *times(name, ours, their, WANTED, PRETIX, "/s"),
        result(f"{name}: given twice", twice, limit=0, ok=twice == 0),
        load(),
    ]


def _service() -> tuple[str, Times, str]:
    from okienko.base.time import now
    from okienko.features.visits.factories import make_service
    from okienko.kernel.history.actors import Actor
    from okienko.kernel.people.actions import create_token
    from okienko.kernel.people.factories import make_staff
    from okienko.kernel.slots.models import Resource

    by, at, name = Actor.system("bench"), now(), secrets.token_hex(4)
    (free,) = counters(1)
    counter = Resource.objects.get(pk=free[0][0])
    code = f"bench-{name}"
    make_service(
        [counter], by=by, at=at, code=code, title=f"Bench {name}", minutes=MINUTES, nearest_days=0, farthest_days=DAYS
    )  # fmt: skip
    clerk = make_staff(f"bench-{name}@okienko.example", "administrator", by=by, at=at)
    own = Actor(clerk.pk, clerk.name)
    return code, free[:-300], create_token(clerk, by=own, at=at, name="bench", scopes=["visits.book"])[1]


def _rate(port: int, path: str, headers: dict[str, str], bodies: list[str]) -> float:
    """After a few to warm up; until the time is over or each has no more."""

    def client(own: list[str]) -> float:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        began, done = monotonic(), 0
        for number, body in enumerate(own):
            if number == warming:
                began = monotonic()
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 201:
                raise RuntimeError(f"{answer.status} {text.decode()[:300]}")
            done += number >= warming
            if number >= warming and monotonic() > began + SECONDS:
                break
        return done / (monotonic() - began)

    warming = 10
    with ThreadPoolExecutor(CLIENTS) as clients:
        return sum(clients.map(client, [bodies[number::CLIENTS] for number in range(CLIENTS)]))
