"""Reports sent in over HTTP beside django-helpdesk: with mail, with routing, eight clients.

Ours come in by Open311, by a resident's page with everything on it, and by the pages step by step, as a browser walks
through them; theirs by their API, and by their form.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from statistics import median
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench import sink
from bench.open311 import CLIENTS, FORM, _body, _free_port, _key, _running, _wait_for
from bench.peers import Peer, load, peer, processor_seconds, result, times

HELPDESK = "django-helpdesk"
ROUNDS, SECONDS, WARMING, PATIENCE = 3, 4.0, 3, 60.0
WANTED = 10  # times theirs

Send = Callable[["Browser"], None]
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_CATEGORY = re.compile(r'name="category"[^>]*value="([^"]+)"')
_OPTION = re.compile(r'<option value="(\d+)"')
_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_QUESTION = re.compile(r'name="(answer_\d+)"')
_TOLD = "Głęboka dziura w jezdni, trudno ją ominąć."


def measure() -> list[dict[str, Any]]:
    with sink.running() as mail, _theirs(mail) as theirs, _ours(mail) as ours:
        ways = (*theirs, *ours)
        for _ in range(ROUNDS):  # by turns, so that what else the machine does slows all of them alike
            for way in ways:
                way.go(mail)
    api, form, browsed = theirs
    open311, one_page, pages = ours
    best = max(api, form, key=lambda way: way.rate)
    told = []
    for name, us, them in (
        ("by program", open311, best),
        ("by one page of a browser", one_page, browsed),
        ("by the pages of a browser, step by step", pages, browsed),
    ):
        title = f"reports {name}, {CLIENTS} clients"
        cheaper = them.cost / us.cost
        told += [
            *times(title, us.rate, them.rate, WANTED, HELPDESK, "/s"),
            result(f"{title}: CPU of each, database and sending included", us.cost, "ms", peer_name=HELPDESK,
                   peer_value=them.cost),
            result(f"{title}: times cheaper", cheaper),
        ]  # fmt: skip
    return [
        *told,
        result("reports by their API", api.rate, "/s"),
        result("reports by their form, posted alone", form.rate, "/s"),
        result("messages sent for each report", open311.mailed, peer_name=HELPDESK, peer_value=best.mailed),
        result("reports by Open311 until the last message is out", open311.whole_rate, "/s"),
        load(),
    ]


@dataclass
class Way:
    """One way to send a report in, and what it came to."""

    port: int
    send: Send
    pids: tuple[int, ...]
    rates: list[float] = field(default_factory=list)
    sent: int = 0
    messages: int = 0
    seconds: float = 0.0
    used: float = 0.0

    def go(self, mail: sink.Sink) -> None:
        """To the last message."""
        before, used, began = mail.taken(), processor_seconds(*self.pids), monotonic()
        rate, sent = _rate(self.port, self.send)
        self.messages += mail.wait_for(before + sent, seconds=PATIENCE) - before
        self.seconds += monotonic() - began
        self.used += processor_seconds(*self.pids) - used
        self.sent += sent
        self.rates.append(rate)

    @property
    def rate(self) -> float:
        return median(self.rates)

    @property
    def cost(self) -> float:
        return self.used / self.sent * 1000

    @property
    def mailed(self) -> float:
        return self.messages / self.sent

    @property
    def whole_rate(self) -> float:
        return self.sent / self.seconds


class Browser:
    """One connection that is kept, with its cookies."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def ask(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None, *, want: int = 200
    ) -> tuple[str, str]:  # fmt: skip
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | (
            headers or {}
        )
        self.connection.request(method, path, body.encode() if body is not None else None, sent)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != want:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:2000]}")
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        if found := _CSRF.search(text):
            self.csrf = found[1]
        return text, answer.headers.get("Location", "")

    def post(self, path: str, given: dict[str, str]) -> str:
        """A form filled in; where it leads to."""
        body = urlencode({"csrfmiddlewaretoken": self.csrf, **given})
        location = urlsplit(self.ask("POST", path, body, FORM, want=302)[1])
        return f"{location.path}?{location.query}" if location.query else location.path


def _rate(port: int, send: Send) -> tuple[float, int]:
    """All until the time is over, each after a few to warm up; how many a second, and how many in all."""

    def client(_: int) -> tuple[float, int]:
        browser, done = Browser(port), 0
        for _ in range(WARMING):
            send(browser)
        began = monotonic()
        while monotonic() < began + SECONDS:
            send(browser)
            done += 1
        return done / (monotonic() - began), done + WARMING

    with ThreadPoolExecutor(CLIENTS) as clients:
        told = list(clients.map(client, range(CLIENTS)))
    return sum(rate for rate, _ in told), sum(sent for _, sent in told)


# --- Theirs -------------------------------------------------------------------------------------------------


def their_peer() -> Peer:
    theirs = peer("helpdesk", "bench.peer.helpdesk_project")
    theirs.run("django", "migrate", "--verbosity", "0")
    return theirs


@contextmanager
def _theirs(mail: sink.Sink) -> Iterator[tuple[Way, Way, Way]]:
    """By their API, by their form posted alone, and by their form as a browser does: mail goes out before they answer."""
    theirs = their_peer()
    known = theirs.ask("prepare")
    queue = str(known["queues"][0])
    said = {
        "queue": queue,
        "title": "Głęboka dziura",
        "submitter_email": "anonim@okienko.example",
        "priority": "3",
    }
    ticket = json.dumps(said | {"description": _TOLD})
    headers = {"Content-Type": "application/json", "Authorization": f"Token {known['token']}"}

    def by_api(browser: Browser) -> None:
        browser.ask("POST", "/api/tickets/", ticket, headers, want=201)

    def by_form(browser: Browser) -> None:
        if not browser.csrf:
            browser.ask("GET", "/tickets/submit/")
        browser.post("/tickets/submit/", said | {"body": _TOLD})

    def by_browser(browser: Browser) -> None:
        browser.ask("GET", "/tickets/submit/")
        browser.ask("GET", browser.post("/tickets/submit/", said | {"body": _TOLD}))

    port = _free_port()
    with theirs.serving("bench.peer.helpdesk_wsgi:application", port, PEER_SMTP_PORT=str(mail.port)) as pid:
        yield Way(port, by_api, (pid,)), Way(port, by_form, (pid,)), Way(port, by_browser, (pid,))


# --- Ours ---------------------------------------------------------------------------------------------------


@contextmanager
def _ours(mail: sink.Sink) -> Iterator[tuple[Way, Way, Way]]:
    """By Open311, and by pages as a browser does: mail goes out by the worker, which runs beside."""
    port, body = _free_port(), _body(_key())
    os.environ["OKIENKO_SMTP_URL"] = f"smtp://127.0.0.1:{mail.port}"

    def by_open311(browser: Browser) -> None:
        browser.ask("POST", "/open311/v2/requests.json", body, FORM)

    processes = str(os.cpu_count() or 1)
    with _running("worker") as worker, _running("web", "--port", str(port), "--processes", processes) as web:
        _wait_for(port)
        ways = (by_open311, _fill_in, _walk)
        yield tuple(Way(port, way, (web, worker)) for way in ways)  # type: ignore[misc]


def _where() -> dict[str, str]:
    return {
        "latitude": f"50.1{secrets.randbelow(1000):03}",
        "longitude": f"19.1{secrets.randbelow(1000):03}",
    }


def _fill_in(browser: Browser) -> None:
    """A resident's page with everything on it, as theirs, to the page that says that the report has come in."""
    page = "/zgloszenia/na-jednej-stronie/"
    text, _ = browser.ask("GET", page)
    category, token = _OPTION.search(text), _TOKEN.search(text)
    assert category is not None
    assert token is not None
    said = {"category": category[1], "token": token[1], "description": _TOLD, **_where()}
    answers = dict.fromkeys(_QUESTION.findall(text), "tak")
    browser.ask("GET", browser.post(page, {**said, **answers, "contact_email": "anonim@okienko.example"}))


def _walk(browser: Browser) -> None:
    """A resident's pages, one decision on each, to the page that says that the report has come in."""
    text, _ = browser.ask("GET", "/zgloszenia/")
    found = _CATEGORY.search(text)
    assert found is not None
    place = browser.post("/zgloszenia/", {"category": found[1]})
    browser.ask("GET", place)
    what = browser.post(place, _where())
    text, _ = browser.ask("GET", what)
    contact = browser.post(what, {"description": _TOLD, **dict.fromkeys(_QUESTION.findall(text), "tak")})
    if contact.endswith("/obok/"):
        browser.ask("GET", contact)
        contact = contact.replace("/obok/", "/kontakt/")
    browser.ask("GET", contact)
    browser.ask("GET", browser.post(contact, {"contact_email": "anonim@okienko.example"}))
