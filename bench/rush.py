"""The rush: thousands of visitors in the minute around the release hour, for a few hundred times, over real HTTP.

Every visitor does what a browser does: opens the page of the line, does the piece of work, takes a place, asks when
told to, and in turn looks at the free times, holds one, fills in the form and books.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import secrets
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from bench.open311 import _free_port, _running, _wait_for

VISITORS, ARRIVING, AHEAD = 5000, 60.0, 45.0
COUNTERS, DAY = 5, [["08:00", "16:20"]]  # a hundred times of five minutes at each
AT_ONCE, DAYS_AHEAD = 20, 10
MOST_SECONDS, MOST_TRIES, SLOWEST = 200.0, 8, 2.0
BITS = 6  # the work of thousands of browsers is done by this one process

_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_TASK = re.compile(r'data-task="([^"]+)"')
_TIME = re.compile(r'name="start" value="([^"]+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')
_BOX = re.compile(r'<input type="checkbox" name="([^"]+)"')
_PLACE = re.compile(r'name="miejsce" value="([^"]+)"')


def measure() -> list[dict[str, Any]]:
    code, hour_at, last_day = _office()
    port = _free_port()
    os.environ["OKIENKO_VISITS_WORK_BITS"] = str(BITS)
    processes = str(os.cpu_count() or 1)
    with _running("worker"), _running("web", "--port", str(port), "--processes", processes):
        _wait_for(port)
        rush = Rush(port, code, last_day)
        asyncio.run(rush.run((hour_at - datetime.now(hour_at.tzinfo)).total_seconds() - ARRIVING / 2))
    return [*rush.latencies(), *_checked(code, rush)]


def _office() -> tuple[str, datetime, str]:
    """A matter with five counters, of which only the day that opens now can be booked."""
    from okienko.base.time import WARSAW, now
    from okienko.features.visits.factories import make_service
    from okienko.features.visits.rush.factories import make_release
    from okienko.kernel.history.actors import Actor
    from okienko.kernel.slots import actions as slots
    from okienko.kernel.units.actions import add_location
    from okienko.kernel.units.models import Unit

    by, at = Actor.system("bench"), now()
    unit, name = Unit.objects.filter(parent__isnull=True)[0], secrets.token_hex(3)
    place = add_location(by=by, at=at, unit=unit, name=f"Bench {name}")
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), DAY)
    counters = []
    for number in range(COUNTERS):
        counter = slots.add_resource(
            by=by, at=at, kind="counter", name=f"Bench {name} {number}", unit=unit, location=place
        )
        slots.set_hours(counter, by=by, at=at, first=at.date(), last=None, week=week, step=5)
        counters.append(counter)
    service = make_service(
        counters, by=by, at=at, code=f"bench-{name}", title=f"Bench {name}", minutes=5,
        nearest_days=DAYS_AHEAD, farthest_days=DAYS_AHEAD,
    )  # fmt: skip
    hour_at = (at + timedelta(seconds=AHEAD)).astimezone(WARSAW).replace(microsecond=0)
    make_release(service, by=by, at=at, hour=hour_at.time(), at_once=AT_ONCE)
    return service.code, hour_at, (hour_at + timedelta(days=DAYS_AHEAD)).date().isoformat()


@dataclass
class Answer:
    status: int
    text: str
    location: str


@dataclass
class Rush:
    port: int
    code: str
    last_day: str
    taken: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ends: Counter[str] = field(default_factory=Counter)
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def run(self, begin: float) -> None:
        await asyncio.sleep(max(begin, 0))
        visits = [asyncio.create_task(self._visit(number)) for number in range(VISITORS)]
        done, late = await asyncio.wait(visits, timeout=MOST_SECONDS)
        for visit in late:
            visit.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        self.ends["not finished"] += len(late)
        for visit in done:
            if (problem := visit.exception()) is not None:
                self.ends[f"{type(problem).__name__} {problem}"[:200]] += 1

    async def _visit(self, number: int) -> None:
        await asyncio.sleep(number * ARRIVING / VISITORS)
        end = await Visitor(self, f"10.{number // 250}.{number % 250}.1", number).come()
        self.ends[end] += 1

    async def ask(
        self, kind: str, method: str, path: str, headers: str, body: str
    ) -> tuple[Answer, list[str]]:
        """One request on a connection that nobody uses; every answer is measured from before it is asked for."""
        began = monotonic()
        form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        told = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}{form if method == 'POST' else ''}\r\n"
        )
        while True:
            used = bool(self.idle)
            reader, writer = (
                self.idle.pop() if used else await asyncio.open_connection("127.0.0.1", self.port)
            )
            writer.write((told + body).encode())
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                if not used:
                    raise
                continue  # the server had closed what nobody used for long; a browser opens another one
            break
        named = [line.partition(": ") for line in head[1:]]
        length = next((int(value) for name, _, value in named if name.lower() == "content-length"), 0)
        text = (await reader.readexactly(length)).decode()
        self.idle.append((reader, writer))
        self.taken[kind].append(monotonic() - began)
        cookies = [value.partition(";")[0] for name, _, value in named if name.lower() == "set-cookie"]
        location = next((value for name, _, value in named if name.lower() == "location"), "")
        return Answer(int(head[0].split()[1]), text, location), cookies

    def latencies(self) -> list[dict[str, Any]]:
        found = []
        for kind, times in self.taken.items():
            ordered = sorted(times)
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
                value = ordered[int(len(ordered) * share)]
                found.append(_result(f"rush, {kind} ({len(ordered)}), {name}", value * 1000, "ms"))
            found.append(_result(f"rush, {kind}, slowest", ordered[-1], "s", SLOWEST, ordered[-1] <= SLOWEST))
        return found


@dataclass
class Visitor:
    rush: Rush
    address: str
    number: int
    cookies: dict[str, str] = field(default_factory=lambda: {"okienko_language": "pl"})
    csrf: str = ""

    async def ask(
        self, kind: str, path: str, given: dict[str, str] | None = None, *, bare: bool = False
    ) -> Answer:
        headers = f"X-Forwarded-For: {self.address}\r\nAccept-Language: pl\r\n"
        if path.endswith("/miejsce/"):
            headers += "Accept: application/json\r\n"
        if not bare:
            headers += f"Cookie: {'; '.join(f'{name}={value}' for name, value in self.cookies.items())}\r\n"
        body = "" if given is None else urlencode({"csrfmiddlewaretoken": self.csrf, **given})
        answer, cookies = await self.rush.ask(kind, "GET" if given is None else "POST", path, headers, body)
        self.cookies.update(cookie.split("=", 1) for cookie in cookies)
        if answer.status >= 500:
            raise RuntimeError(f"{path} {answer.status}")
        if (found := _CSRF.search(answer.text)) is not None:
            self.csrf = found[1]
        return answer

    async def come(self) -> str:
        line = f"/wizyty/kolejka/{self.rush.code}/"
        door = await self.ask("the page of the line", line)
        token = _TOKEN.search(door.text)
        if token is not None:
            taken = {"token": token[1], "work": _work(door.text)}
            told = json.loads((await self.ask("taking a place", f"{line}miejsce/", taken)).text)
            if "go" not in told and await self._wait(told) != "turn":
                return "gone"
        return await self._book()

    async def _wait(self, told: dict[str, Any]) -> str:
        look = told["look"]
        while "go" not in told:
            if told["gone"]:
                return "gone"
            await asyncio.sleep(told["after"])
            told = json.loads((await self.ask("asking again", look, {}, bare=True)).text)
        return "turn"

    async def _book(self) -> str:
        day = f"/wizyty/?{urlencode({'usluga': self.rush.code, 'dzien': self.rush.last_day})}"
        page = await self.ask("free times", day)
        for _ in range(MOST_TRIES):
            times = _TIME.findall(page.text)
            if not times:
                return "nothing free"
            given = {"usluga": self.rush.code, "start": random.choice(times)}
            given |= {"key": _one(_KEY, page.text), "miejsce": _one(_PLACE, page.text)}
            page = await self.ask("holding", "/wizyty/zatrzymaj/", given)
            if page.location == "/wizyty/dane/":
                return await self._fill_in()
            if page.location:
                return "sent back to the line"
        return "always too late"

    async def _fill_in(self) -> str:
        form = await self.ask("the form", "/wizyty/dane/")
        given = {"name": "Anonim Przykładowy", "email": f"osoba{self.number}@example.org"}
        await self.ask("the form", "/wizyty/dane/", given | dict.fromkeys(_BOX.findall(form.text), "on"))
        summary = await self.ask("the summary", "/wizyty/podsumowanie/")
        given = {"key": _one(_KEY, summary.text), "work": _work(summary.text)}
        done = await self.ask("booking", "/wizyty/podsumowanie/", given)
        return "booked" if "/wizyty/w/" in done.location else f"not booked: {done.status} {done.location}"


def _one(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _work(text: str) -> str:
    task = _one(_TASK, text)
    number = 0
    while task and sha256(f"{task}:{number}".encode()).digest()[0] >> (8 - BITS):
        number += 1
    return str(number)


def _checked(code: str, rush: Rush) -> list[dict[str, Any]]:
    from django.db import connection

    from okienko.base.time import now
    from okienko.features.visits.models import Booking
    from okienko.features.visits.rush.models import Line
    from okienko.features.visits.rush.queries import record_of

    connection.close()
    line = Line.objects.get(release__service__code=code)
    record = record_of(line, now=now())
    bookings = Booking.objects.filter(service__code=code)
    times = Counter(bookings.filter(claim__isnull=False).values_list("resource", "start"))
    lost = VISITORS - rush.ends["booked"] - rush.ends["gone"] - rush.ends["nothing free"]
    for end, count in rush.ends.most_common():
        print(f"{count} visitors: {end}", file=sys.stderr)
    twice = sum(count - 1 for count in times.values())
    told = [
        _result("rush: places in the record", record.came, "", VISITORS, record.came == VISITORS),
        _result("rush: visits booked", len(times), "", COUNTERS * 100, len(times) == COUNTERS * 100),
        _result("rush: times given twice", twice, "", 0, twice == 0),
        _result("rush: told booked, but not in the record", rush.ends["booked"] - len(times), "", 0,
                rush.ends["booked"] == len(times)),
        _result("rush: visitors lost", lost, "", 0, lost == 0),
        _result("rush: breaches of the promised order", len(record.wrong), "", 0, not record.wrong),
    ]  # fmt: skip
    if record.usual_wait and record.longest_wait:
        told.append(_result("rush: wait of half of those called", record.usual_wait.total_seconds(), "s"))
        told.append(_result("rush: longest wait", record.longest_wait.total_seconds(), "s"))
    return told


def _result(
    name: str, value: float, unit: str, limit: float | None = None, ok: bool = True
) -> dict[str, Any]:
    told = {"name": name, "value": value, "unit": unit, "limit": limit, "ok": ok}
    return told | {"peer": "", "peer_value": None}
