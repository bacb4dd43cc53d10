"""With the real server and real sockets."""

from __future__ import annotations

import asyncio
import json
import os
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client as Browser

from okienko.features.faults.actions import add_category, report_fault
from okienko.kernel.calendars.factories import make_calendar
from okienko.kernel.cases import actions as cases
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.actions import take_role
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Grant, Person
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots import taking
from okienko.kernel.units.actions import add_group, add_unit
from okienko.kernel.units.models import Group
from okienko.site.live.hub import Hub
from okienko.site.live.stream import with_live

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.processes,
    pytest.mark.xdist_group("processes"),
]

AT = datetime.now(UTC) - timedelta(days=1)
BY = Actor.system("test")
ORIGIN = "http://127.0.0.1:8000"


@dataclass
class Stream:
    sock: socket.socket
    received: bytes = b""

    def read_until(self, wanted: bytes, seconds: float = 5.0) -> float:
        """How long it took; fails when it does not come."""
        began = time.monotonic()
        while wanted not in self.received:
            left = seconds - (time.monotonic() - began)
            assert left > 0, (wanted, self.received)
            self.sock.settimeout(left)
            try:
                piece = self.sock.recv(65536)
            except TimeoutError:
                continue
            assert piece, self.received
            self.received += piece
        return time.monotonic() - began

    def silent_for(self, seconds: float) -> bool:
        self.received = b""
        self.sock.settimeout(seconds)
        try:
            return b"event: change" not in self.sock.recv(65536)
        except TimeoutError:
            return True

    @property
    def last_id(self) -> str:
        return re.findall(rb"id: (\d+)", self.received)[-1].decode()


class Live:
    def __init__(self, port: int, process: subprocess.Popen[bytes], ending: ExitStack) -> None:
        self.port, self.process, self.ending = port, process, ending

    def ask(self, topics: str, person: Person | None = None, **headers: str) -> Stream:
        lines = [f"GET /live/?topics={topics} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        if person is not None:
            lines.append(f"Cookie: {cookie_of(person)}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        self.ending.callback(sock.close)
        sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        stream = Stream(sock)
        stream.read_until(b"\r\n\r\n")
        return stream

    def watch(self, topics: str, person: Person, **headers: str) -> Stream:
        stream = self.ask(topics, person, **headers)
        assert b" 200 " in stream.received, stream.received
        stream.read_until(b"event: open")
        return stream


_cookies: dict[int, str] = {}


def cookie_of(person: Person) -> str:
    browser = Browser()
    browser.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


@pytest.fixture
def live() -> Iterator[Live]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    known = connection.settings_dict
    address = psycopg_address(known)
    environment = {
        **os.environ,
        "OKIENKO_DATABASE_URL": address,
        "OKIENKO_MODE": "test",
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "OKIENKO_PUBLIC_ADDRESS": ORIGIN,
    }
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "okienko.site.command", "live", "--port", str(port)], env=environment
    )
    with ExitStack() as ending:
        try:
            wait_for_port(port, process)
            yield Live(port, process, ending)
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def psycopg_address(known: dict[str, object]) -> str:
    from psycopg.conninfo import make_conninfo

    parts = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return make_conninfo(**{name: known[key] for name, key in parts.items() if known[key]})


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        assert process.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the live process does not listen")


class Office:
    def __init__(self) -> None:
        make_calendar(by=BY, at=AT)
        self.unit = add_unit(by=BY, at=AT, symbol="UM", name="Urząd")
        kind = Group.Kind.COORDINATORS
        self.group = add_group(by=BY, at=AT, unit=self.unit, symbol="A", name="Grupa A", kind=kind)
        self.other = add_group(by=BY, at=AT, unit=self.unit, symbol="B", name="Grupa B")
        self.operator = make_staff("operator@okienko.example", "operator", by=BY, at=AT)
        self.clerk = make_staff("urzednik@okienko.example", "clerk", by=BY, at=AT, unit=self.unit)
        self.mine = make_staff("a@okienko.example", "executor", by=BY, at=AT, group=self.group)
        self.stranger = make_staff("b@okienko.example", "executor", by=BY, at=AT, group=self.other)
        category = add_category(by=BY, at=AT, code="drogi", shortcut="DR", name="Drogi")
        self.case = report_fault(
            by=BY, at=AT, channel="phone", category=category, place="ul. Zmyślona", description="Dziura"
        )
        self.case = self.step(self.case, "pass-to-coordinator", group=self.group)

    def step(self, case, code, **inputs):
        return cases.take_step(case.pk, code, by=Actor(self.operator.pk, "operator"), at=AT, **inputs)

    def change(self, case, subject: str) -> None:
        by = Actor(self.operator.pk, "operator")
        case.refresh_from_db()
        cases.change_details(case.pk, by=by, at=AT, version=case.version, subject=subject)


@pytest.fixture
def office(transactional_db) -> Office:
    return Office()


def a_second_at_most(stream: Stream, change: Callable[[], object], topic: str) -> None:
    stream.received = b""
    change()
    seconds = stream.read_until(json.dumps({"topics": [topic]}).encode())
    assert seconds <= 1.0


@pytest.mark.req("CORE-03")
def test_changes_are_seen_within_a_second_by_those_who_may_and_by_nobody_else(office, live):
    number = office.case.number
    case, listed = live.watch(f"case:{number}", office.mine), live.watch("list:zgloszenia", office.operator)
    strangers = live.watch("list:zgloszenia", office.stranger)
    a_second_at_most(case, lambda: office.change(office.case, "Dwie dziury"), f"case:{number}")
    listed.read_until(b'{"topics": ["list:zgloszenia"]}')
    assert strangers.silent_for(1.5)

    for person, topics in (
        (office.stranger, f"case:{number}"),
        (None, f"case:{number}"),
        (office.clerk, "list:zgloszenia"),
        (office.mine, "list:nothing"),
        (office.mine, "case:12"),
        (office.mine, "slots:1"),
        (office.mine, ""),
        (office.mine, "%00%ff"),
    ):
        assert b" 404 " in live.ask(topics, person).received, topics
    assert b" 400 " in live.ask(f"case:{number}" + "&topics=" * 200, office.mine).received
    both = live.watch(f"case:{number}%20case:99999", office.mine)
    a_second_at_most(both, lambda: office.change(office.case, "Trzy"), f"case:{number}")

    take_role(Grant.objects.get(person=office.mine), by=BY, at=datetime.now(UTC))
    case.silent_for(0.7)
    office.change(office.case, "Cztery")
    assert case.silent_for(1.5)


def test_without_a_database_one_is_asked_to_come_back_later(monkeypatch):
    sent = []

    async def away(*_asked):
        raise OperationalError

    async def send(message):
        sent.append(message)

    monkeypatch.setattr(Hub, "open", away)
    scope = {
        "type": "http",
        "path": "/live/",
        "method": "GET",
        "headers": [],
        "query_string": b"topics=case:1",
    }
    asyncio.run(with_live(None)(scope, None, send))
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"60") in sent[0]["headers"]


@pytest.mark.req("CORE-66")
def test_only_our_own_pages_may_read_across_origins(office, live):
    topic = f"case:{office.case.number}"
    ours = live.watch(topic, office.mine, Origin=ORIGIN).received.lower()
    assert f"access-control-allow-origin: {ORIGIN}".encode() in ours
    assert b"access-control-allow-credentials: true" in ours
    others = live.watch(topic, office.mine, Origin="https://elsewhere.example.org").received.lower()
    assert b"access-control" not in others


def test_who_comes_back_is_told_what_was_missed(office, live):
    topic = f"case:{office.case.number}"
    first = live.watch(topic, office.mine)
    last = first.last_id
    first.sock.close()
    nothing_new = live.watch(topic, office.mine, Last_Event_ID=last)
    assert nothing_new.silent_for(1.0)
    office.change(office.case, "W przerwie")
    back = live.watch(topic, office.mine, Last_Event_ID=last)
    back.read_until(json.dumps({"topics": [topic]}).encode(), 1.0)
    lost = live.watch(topic, office.mine, Last_Event_ID="rubbish")
    lost.read_until(b"event: change", 1.0)


@pytest.mark.req("CORE-66")
def test_held_times_are_seen_and_seen_again_when_the_hold_runs_out(office, live):
    counter = slots.add_resource(by=BY, at=AT, kind="counter", name="1", unit=office.unit)
    day = (datetime.now(UTC) + timedelta(days=7)).date()
    week = {name: [["00:00", "24:00"]] for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    slots.set_hours(counter, by=BY, at=AT, first=day, last=None, week=week, step=60)
    stream = live.watch(f"slots:{counter.pk}", office.clerk)
    start = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=10)
    time.sleep(0.7)

    def hold() -> None:
        now = datetime.now(UTC)
        taking.hold([counter.pk], start, minutes=30, key="k", at=now, until=now + timedelta(seconds=2))

    a_second_at_most(stream, hold, f"slots:{counter.pk}")
    stream.received = b""
    assert stream.read_until(b"event: change", 3.5) > 0.5


def test_two_hundred_watch_and_all_are_told_and_the_end_is_quick(office, live):
    topic = f"case:{office.case.number}"
    people = [
        make_staff(f"osoba{number}@okienko.example", "executor", by=BY, at=AT, group=office.group)
        for number in range(10)
    ]
    streams = [live.watch(topic, people[number % 10]) for number in range(200)]
    for stream in streams:
        stream.received = b""
    began = time.monotonic()
    office.change(office.case, "Wszyscy patrzą")
    waiting = selectors.DefaultSelector()
    for stream in streams:
        waiting.register(stream.sock, selectors.EVENT_READ, stream)
    left = set(map(id, streams))
    while left and time.monotonic() - began < 5:
        for key, _mask in waiting.select(0.2):
            key.data.received += key.data.sock.recv(65536)
            if b"event: change" in key.data.received:
                left.discard(id(key.data))
    took = time.monotonic() - began
    assert not left
    assert took <= 1.5
    began = time.monotonic()
    live.process.terminate()
    assert live.process.wait(5) == 0
    assert time.monotonic() - began < 4
