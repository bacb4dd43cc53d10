"""Two thousand people before live calendars in one process: what it weighs, and how soon each sees a hold made elsewhere."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

WATCHERS, PEOPLE, CHANGES = 2000, 100, 5
SECONDS = 300.0
OPENED_AT_ONCE = 20


def measure() -> list[dict[str, Any]]:
    cookies, counter = _people(), _counter()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "okienko.site.command", "live", "--port", str(port)]
    process = subprocess.Popen(command)
    try:
        memory, slowest = asyncio.run(asyncio.wait_for(_watch(port, process.pid, cookies, counter), SECONDS))
    finally:
        process.terminate()
        process.wait(20)
    return [
        _result(f"{WATCHERS:,} watchers in one process, memory", memory, "MB", 250),
        _result(f"a hold reaches all {WATCHERS:,}, the slowest of {CHANGES} times", slowest, "s", 1),
    ]


def _result(name: str, value: float, unit: str, limit: float) -> dict[str, Any]:
    told = {"name": name, "value": value, "unit": unit, "limit": limit, "ok": value <= limit}
    return told | {"peer": "", "peer_value": None}


def _people() -> list[str]:
    """Cookies of clerks who are signed in."""
    from django.conf import settings
    from django.test import Client

    from okienko.kernel.history.actors import Actor
    from okienko.kernel.people.factories import make_staff
    from okienko.kernel.people.models import Person

    by, at = Actor.system("bench"), datetime.now(UTC) - timedelta(minutes=1)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cookies = []
    for number in range(PEOPLE):
        email = f"watcher{number}@okienko.example"
        known = Person.objects.filter(email=email).first()
        browser = Client()
        browser.force_login(known or make_staff(email, "administrator", by=by, at=at))
        cookies.append(
            f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
        )
    return cookies


def _counter() -> int:
    from okienko.kernel.slots.models import Resource

    return int(Resource.objects.filter(kind="counter", active=True).values_list("pk", flat=True)[0])


async def _watch(port: int, pid: int, cookies: list[str], counter: int) -> tuple[float, float]:
    while not _answers(port):
        await asyncio.sleep(0.1)
    watchers: list[asyncio.StreamReader] = []
    for first in range(0, WATCHERS, OPENED_AT_ONCE):
        numbers = range(first, min(first + OPENED_AT_ONCE, WATCHERS))
        watchers += await asyncio.gather(
            *(_open(port, cookies[number % PEOPLE], counter) for number in numbers)
        )
    slowest = 0.0
    for number in range(CHANGES):
        made = time.monotonic()
        told = asyncio.gather(*(_told(reader) for reader in watchers))
        await asyncio.to_thread(_hold, counter, number)
        await told
        slowest = max(slowest, time.monotonic() - made)
        await asyncio.sleep(1)
    return _memory(pid), slowest


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _open(port: int, cookie: str, counter: int) -> asyncio.StreamReader:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = (
        f"GET /live/?topics=slots:{counter} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n"
    )
    writer.write(asked.encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in answer:
        raise RuntimeError(answer.decode())
    await reader.readuntil(b"event: open")
    _writers.append(writer)
    return reader


_writers: list[asyncio.StreamWriter] = []  # a connection whose writer is forgotten is closed


async def _told(reader: asyncio.StreamReader) -> None:
    await reader.readuntil(b"event: change")


def _hold(counter: int, number: int) -> None:
    from django.db import connection

    from okienko.kernel.slots import queries, taking

    at = datetime.now(UTC)
    first = at.date() + timedelta(days=1)
    free = queries.free_times([counter], first, first + timedelta(days=20), minutes=15, not_before=at, now=at)
    key, until = f"bench-{os.getpid()}-{number}", at + timedelta(minutes=1)
    taking.hold([counter], free[number].start, minutes=15, key=key, at=at, until=until)
    connection.close()


def _memory(pid: int) -> float:
    """Of the process and its children, in megabytes; what they share counts once."""
    pids = [pid, *(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    kilobytes = 0
    for one in pids:
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024
