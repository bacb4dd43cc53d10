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
import resource
import secrets
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from bench.open311 import _free_port, _running, _wait_for

VISITORS, ARRIVING, AHEAD = 5000, 60.0, 45.0
SERVICES = int(
    os.environ.get("BENCH_SERVICES", "1")
)  # as many matters open at the same hour and share the visitors
COUNTERS, DAY = 5, [["08:00", "16:20"]]  # a hundred times of five minutes at each
AT_ONCE, DAYS_AHEAD = 100, 10
MOST_SECONDS, MOST_TRIES, SLOWEST = 240.0, 8, 2.0
BITS = 6  # the work of thousands of browsers is done by this one process
# How long a person looks at the free times, types, and reads once more what was typed.
CHOOSES, TYPES, READS = (3.0, 8.0), (6.0, 14.0), (1.0, 4.0)

_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_LOOKS = re.compile(r'href="(/ui/(?:theme\.css|favicon\.svg)[^"]*)"')
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_TASK = re.compile(r'data-task="([^"]+)"')
_TIME = re.compile(r'name="start" value="([^"]+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')
_BOX = re.compile(r'<input type="checkbox" name="([^"]+)"')
_PLACE = re.compile(r'name="miejsce" value="([^"]+)"')


def measure() -> list[dict[str, Any]]:
    port = _free_port()
    os.environ["OKIENKO_VISITS_WORK_BITS"] = str(BITS)
    processes = os.environ.get("BENCH_WEB_PROCESSES", str(os.cpu_count() or 1))
    with _running("worker"), _running("web", "--port", str(port), "--processes", processes):
        _wait_for(port)
        codes, hour_at, last_day = _office()
        rush = Rush(port, codes, last_day, hour_at)
        asyncio.run(rush.run((hour_at - datetime.now(hour_at.tzinfo)).total_seconds() - ARRIVING / 2))
    return [*rush.latencies(), *_checked(codes, rush), *_cpu(rush)]


def _cpu(rush: Rush) -> list[dict[str, Any]]:
    served, asked = resource.getrusage(resource.RUSAGE_CHILDREN), time.process_time()
    requests = sum(map(len, rush.taken.values()))
    return [
        _result("rush: requests", requests, ""),
        _result("rush: CPU of pages and jobs", served.ru_utime + served.ru_stime, "s"),
        _result("rush: CPU of the load generator", asked, "s"),
    ]


def _office() -> tuple[list[str], datetime, str]:
    """Matters with five counters each, of which only the day that opens now can be booked."""
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
    hour_at = (at + timedelta(seconds=AHEAD)).astimezone(WARSAW).replace(microsecond=0)
    codes = []
    for matter in range(SERVICES):
        counters = []
        for number in range(COUNTERS):
            counter = slots.add_resource(
                by=by,
                at=at,
                kind="counter",
                name=f"Bench {name} {matter}.{number}",
                unit=unit,
                location=place,
            )
            slots.set_hours(counter, by=by, at=at, first=at.date(), last=None, week=week, step=5)
            counters.append(counter)
        service = make_service(
            counters, by=by, at=at, code=f"bench-{name}-{matter}", title=f"Bench {name} {matter}", minutes=5,
            nearest_days=DAYS_AHEAD, farthest_days=DAYS_AHEAD,
        )  # fmt: skip
        make_release(service, by=by, at=at, hour=hour_at.time(), at_once=AT_ONCE // SERVICES)
        codes.append(service.code)
    return codes, hour_at, (hour_at + timedelta(days=DAYS_AHEAD)).date().isoformat()


@dataclass
class Answer:
    status: int
    text: str
    location: str


@dataclass
class Rush:
    port: int
    codes: list[str]
    last_day: str
    hour_at: datetime
    taken: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ends: Counter[str] = field(default_factory=Counter)
    last_booked: datetime | None = None

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
        visitor = Visitor(self, f"10.{number // 250}.{number % 250}.1", number)
        try:
            end = await visitor.come()
        finally:
            visitor.hang_up()
        self.ends[end] += 1
        if end == "booked":
            self.last_booked = datetime.now(self.hour_at.tzinfo)

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
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def code(self) -> str:
        return self.rush.codes[self.number % len(self.rush.codes)]

    def hang_up(self) -> None:
        if self.line is not None:
            self.line[1].close()
            self.line = None

    async def ask(
        self, kind: str, path: str, given: dict[str, str] | None = None, *, bare: bool = False
    ) -> Answer:
        """One request on the connection that this browser keeps open, measured from before it is asked for."""
        began = time.monotonic()
        headers = f"X-Forwarded-For: {self.address}\r\nAccept-Language: pl\r\n"
        if path.endswith("/miejsce/"):
            headers += "Accept: application/json\r\n"
        if not bare:
            headers += f"Cookie: {'; '.join(f'{name}={value}' for name, value in self.cookies.items())}\r\n"
        body = ""
        if given is not None:
            body = urlencode({"csrfmiddlewaretoken": self.csrf, **given})
            headers += "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            headers += f"Content-Length: {len(body)}\r\n"
        method = "GET" if given is None else "POST"
        asked = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n{body}".encode()
        head, text = await self._answered(asked)
        self.rush.taken[kind].append(time.monotonic() - began)
        named = [line.partition(": ") for line in head[1:]]
        cookies = [value.partition(";")[0] for name, _, value in named if name.lower() == "set-cookie"]
        for cookie in cookies:
            name, _, value = cookie.partition("=")
            self.cookies[name] = value
        status = int(head[0].split()[1])
        if status >= 500 or status == 403:
            raise RuntimeError(f"{path} {status}")
        if (found := _CSRF.search(text)) is not None:
            self.csrf = found[1]
        return Answer(status, text, next((v for name, _, v in named if name.lower() == "location"), ""))

    async def _answered(self, asked: bytes) -> tuple[list[str], str]:
        while True:
            kept = self.line is not None
            if self.line is None:
                self.line = await asyncio.open_connection("127.0.0.1", self.rush.port)
            reader, writer = self.line
            try:
                writer.write(asked)
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                length = next(
                    (int(line[15:]) for line in head[1:] if line.lower().startswith("content-length:")), 0
                )
                return head, (await reader.readexactly(length)).decode()
            except (asyncio.IncompleteReadError, ConnectionError):
                self.hang_up()
                if not kept:
                    raise
                # The server had closed what was quiet for long; a browser opens another one.

    async def come(self) -> str:
        line = f"/wizyty/kolejka/{self.code}/"
        door = await self.ask("the page of the line", line)
        for path in _LOOKS.findall(door.text):
            await self.ask("its colours and icon", path)
        token = _TOKEN.search(door.text)
        page = f"/wizyty/?{urlencode({'usluga': self.code, 'dzien': self.rush.last_day})}"
        if token is not None:
            taken = {"token": token[1], "work": _work(door.text)}
            told, look = json.loads((await self.ask("taking a place", f"{line}miejsce/", taken)).text), ""
            while "go" not in told:
                if told["gone"]:
                    return "gone"
                look = told.get("look", look)
                await asyncio.sleep(told["after"])
                told = json.loads((await self.ask("asking again", look, {}, bare=True)).text)
            page = told["go"]
        return await self._book(page)

    async def _book(self, address: str) -> str:
        page = await self.ask("free times", address)
        for _ in range(MOST_TRIES):
            times = _TIME.findall(page.text)
            if not times:
                return "nothing free"
            await asyncio.sleep(random.uniform(*CHOOSES))
            given = {"usluga": self.code, "start": random.choice(times)}
            given |= {"key": _one(_KEY, page.text), "miejsce": _one(_PLACE, page.text)}
            page = await self.ask("holding", "/wizyty/zatrzymaj/", given)
            if page.location == "/wizyty/dane/":
                return await self._fill_in()
            if page.location:  # others were faster: new times go by turns now
                return await self.come()
        return "always too late"

    async def _fill_in(self) -> str:
        form = await self.ask("the form", "/wizyty/dane/")
        await asyncio.sleep(random.uniform(*TYPES))
        given = {"name": "Anonim Przykładowy", "email": f"osoba{self.number}@example.org"}
        await self.ask("the form", "/wizyty/dane/", given | dict.fromkeys(_BOX.findall(form.text), "on"))
        summary = await self.ask("the summary", "/wizyty/podsumowanie/")
        await asyncio.sleep(random.uniform(*READS))
        given = {"key": _one(_KEY, summary.text), "work": _work(summary.text)}
        done = await self.ask("booking", "/wizyty/podsumowanie/", given)
        if "/wizyty/w/" not in done.location:
            return f"not booked: {done.status} {done.location}"
        await self.ask("the booked visit", done.location)
        return "booked"


def _one(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _work(text: str) -> str:
    task = _one(_TASK, text)
    number = 0
    while task and sha256(f"{task}:{number}".encode()).digest()[0] >> (8 - BITS):
        number += 1
    return str(number)


def _checked(codes: list[str], rush: Rush) -> list[dict[str, Any]]:
    from django.db import connection

    from okienko.base.time import now
    from okienko.features.visits.models import Booking
    from okienko.features.visits.rush.models import Line
    from okienko.features.visits.rush.queries import record_of

    connection.close()
    records = [record_of(line, now=now()) for line in Line.objects.filter(release__service__code__in=codes)]
    bookings = Booking.objects.filter(service__code__in=codes, claim__isnull=False)
    times = Counter(bookings.values_list("resource", "start"))
    told_gone = sum(rush.ends[end] for end in ("gone", "nothing free", "always too late"))
    lost = VISITORS - rush.ends["booked"] - told_gone
    for end, count in rush.ends.most_common():
        print(f"{count} visitors: {end}", file=sys.stderr)
    came, booked = sum(record.came for record in records), sum(times.values())
    twice = booked - len(times)
    wrong = [one for record in records for one in record.wrong]
    all_times = SERVICES * COUNTERS * 100
    told = [
        _result("rush: places in the record", came, "", VISITORS, came == VISITORS),
        _result("rush: visits booked", booked, "", all_times, booked == all_times),
        _result("rush: times given twice", twice, "", 0, twice == 0),
        _result("rush: told booked, but not in the record", rush.ends["booked"] - booked, "", 0,
                rush.ends["booked"] == booked),
        _result("rush: visitors lost", lost, "", 0, lost == 0),
        _result("rush: breaches of the promised order", len(wrong), "", 0, not wrong),
    ]  # fmt: skip
    if rush.last_booked is not None:
        gone = (rush.last_booked - rush.hour_at).total_seconds()
        told.append(_result("rush: from the hour to the last visit booked", gone, "s"))
    waits = [wait for record in records if (wait := record.longest_wait) is not None]
    if waits:
        told.append(_result("rush: longest wait of those called", max(waits).total_seconds(), "s"))
    return told


def _result(
    name: str, value: float, unit: str, limit: float | None = None, ok: bool = True
) -> dict[str, Any]:
    told = {"name": name, "value": value, "unit": unit, "limit": limit, "ok": ok}
    return told | {"peer": "", "peer_value": None}
