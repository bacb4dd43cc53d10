"""Everybody who watches, in one process: one look at the database for all of them, twice a second."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error, close_old_connections, connection
from django.http import HttpRequest

from okienko.base.time import now
from okienko.kernel.people.models import Person
from okienko.site.live import reading
from okienko.site.live.topics import Topic, allowed, to_tell, touched

EVERY_SECONDS = 0.5
PATIENCE_SECONDS = 5.0
MOST_CLIENTS = 5000
MOST_OF_ONE = 30

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Client:
    """One open connection, and what waits to be sent to it."""

    person_id: int
    topics: list[Topic]
    at: int
    waiting: dict[str, None] = field(default_factory=dict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    sent_away: bool = False

    def tell(self, names: list[str], at: int) -> None:
        """A topic that already waits need not wait twice, so at most as many wait as are watched."""
        self.waiting |= dict.fromkeys(names)
        self.at = at
        self.woken.set()

    def send_away(self) -> None:
        self.sent_away = True
        self.woken.set()


class Full(Exception):
    pass


class Hub:
    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.of_person: Counter[int] = Counter()
        self.reader = reading.Reader()
        self._looking: asyncio.Task[None] | None = None
        self._ending = False
        # Connections to the database belong to threads: three for all clients, however many.
        self._looks = ThreadPoolExecutor(1, "live-looks")
        self._doors = ThreadPoolExecutor(2, "live-doors")

    async def open(self, cookies: str, names: list[str], last: str) -> Client | None:
        """A place for the one who asks, or none when nothing of it is there for them."""
        if self._ending or len(self.clients) >= MOST_CLIENTS:
            raise Full
        self._look_on()
        found = await self._in(self._doors, lambda: _admitted(cookies, names))
        if found is None:
            return None
        person, client = found
        if self.of_person[person.pk] >= MOST_OF_ONE:
            raise Full
        self.clients.add(client)
        self.of_person[person.pk] += 1
        # Asked only now, so that nothing falls between the asking and the first look that counts this client.
        if missed := await self._in(self._doors, lambda: _missed(person, client, last)):
            client.tell(missed, client.at)
        return client

    def close(self, client: Client) -> None:
        if client in self.clients:
            self.clients.remove(client)
            self.of_person[client.person_id] -= 1

    def _look_on(self) -> None:
        if self._looking is None:
            _when_told_to_end(self._end)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look_for_ever())

    def _end(self) -> None:
        """Open streams would keep the server from stopping: they end now, and browsers come back by themselves."""
        self._ending = True
        for client in self.clients:
            client.send_away()

    async def _look_for_ever(self) -> None:
        while True:
            try:
                await self._look()
            except Error:
                log.warning("the database did not answer; looking again", exc_info=True)
                await asyncio.sleep(PATIENCE_SECONDS)
            await asyncio.sleep(EVERY_SECONDS)

    async def _look(self) -> None:
        clients = list(self.clients)
        watched = {pk for client in clients for topic in client.topics for pk in topic.resources}
        told = await self._in(self._looks, lambda: self._tellings(clients, watched))
        at = self.reader.changes.since or 0
        for client, names in told:
            if client in self.clients:
                client.tell(names, at)

    def _tellings(self, clients: list[Client], watched: set[int]) -> list[tuple[Client, list[str]]]:
        changed = self.reader.read(watched, now())
        if not changed:
            return []
        of_person: dict[int, list[Client]] = defaultdict(list)
        for client in clients:
            if any(touched(topic, changed) for topic in client.topics):
                of_person[client.person_id].append(client)
        told: list[tuple[Client, list[str]]] = []
        # Read anew each time: roles may have been taken away since the connection was opened.
        for person in Person.objects.filter(pk__in=list(of_person), is_active=True):
            mine = of_person[person.pk]
            names = set(to_tell(person, {topic for client in mine for topic in client.topics}, changed))
            told += [
                (client, known)
                for client in mine
                if (known := [topic.name for topic in client.topics if topic.name in names])
            ]
        return told

    async def _in(self, threads: ThreadPoolExecutor, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, _asked, question)


def _when_told_to_end(end: Callable[[], None]) -> None:
    """Beside what the server does itself: its loop hears of the signal whatever stands here."""
    if threading.current_thread() is threading.main_thread():
        loop = asyncio.get_running_loop()
        signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(end))


def _asked(question: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return question()
    except Error:
        connection.close()
        raise


def person_of(cookies: str) -> Person | None:
    """Whose session the cookie names, checked as on every page."""
    try:
        crumb = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if crumb is None:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(crumb.value)
    user = get_user(request)
    return user if isinstance(user, Person) else None


def _admitted(cookies: str, names: list[str]) -> tuple[Person, Client] | None:
    person = person_of(cookies)
    topics = allowed(person, names) if person is not None else []
    if person is None or not topics:
        return None
    return person, Client(person.pk, topics, reading.here())


def _missed(person: Person, client: Client, last: str) -> list[str]:
    """What changed meanwhile: since the last event for one who comes back, else since the door was opened."""
    if not last:
        return to_tell(person, client.topics, reading.since(client.at))
    known = last.isascii() and last.isdigit() and len(last) < 19 and reading.is_kept(int(last))
    if not known:
        return [topic.name for topic in client.topics]
    # What was held and given back meanwhile has left no trace: it is looked at anew.
    held = [topic.name for topic in client.topics if topic.resources]
    return list(dict.fromkeys([*to_tell(person, client.topics, reading.since(int(last))), *held]))
