"""Two clerks over one case: what one does, the other sees without asking."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page
from psycopg.conninfo import make_conninfo

from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import Person
from okienko.site.demo import load

START_SECONDS = 20.0
SEEN_MILLISECONDS = 2000


@pytest.fixture
def office(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[str]:
    """Pages and live updates as they are served in earnest, each by a process of its own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load()
    pages, updates = _free_port(), _free_port()
    address = f"http://127.0.0.1:{pages}"
    known = connection.settings_dict
    parts = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    environment = {
        **os.environ,
        "OKIENKO_DATA": str(tmp_path),
        "OKIENKO_SECRET_KEY": settings.SECRET_KEY,
        "OKIENKO_DATABASE_URL": make_conninfo(
            **{name: known[key] for name, key in parts.items() if known[key]}
        ),
        "OKIENKO_PUBLIC_ADDRESS": address,
        "OKIENKO_LIVE_URL": f"http://127.0.0.1:{updates}",
    }
    command = [sys.executable, "-m", "okienko.site.command"]
    subprocess.run(
        [*command, "manage", "collectstatic", "--noinput", "--verbosity=0"], env=environment, check=True
    )
    with ExitStack() as ending:
        for name, port in (("web", pages), ("live", updates)):
            process = subprocess.Popen([*command, name, "--port", str(port)], env=environment)
            ending.callback(_end, process)
            _wait_for(port, process)
        yield address


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        assert process.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the office does not open")


@pytest.fixture
def page_of(browser: Browser, office: str) -> Iterator[Callable[[Person], Page]]:
    contexts = []

    def opened(person: Person) -> Page:
        client = Client()
        client.force_login(person)
        context = browser.new_context(base_url=office, locale="pl")
        contexts.append(context)
        session = client.cookies["okienko_session"].value
        context.add_cookies([{"name": "okienko_session", "value": session, "url": office}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def case(office: str) -> Case:
    return Case.objects.select_related("person").filter(state="executor", person__isnull=False)[0]


@pytest.fixture
def page(page_of: Callable[[Person], Page]) -> Page:
    return page_of(Person.objects.get(email="administrator@okienko.example"))


def note(case: Case, done: str) -> None:
    assert case.person is not None
    take_step(case.pk, "note", by=Actor(case.person.pk, case.person.name), at=timezone.now(), done=done)


def see(page: Page, words: str) -> None:
    page.get_by_text(words).first.wait_for(timeout=SEEN_MILLISECONDS)


def test_a_page_shows_by_itself_what_another_clerk_did(page: Page, case: Case) -> None:
    with page.expect_response("**/live/**", timeout=5000):
        page.goto(f"/sprawy/{case.number}/")
    page.evaluate("window.sameAsBefore = true")
    note(case, "Wymieniono bezpiecznik")
    see(page, "Wymieniono bezpiecznik")
    assert page.evaluate("window.sameAsBefore") is True


def test_a_page_listens_again_when_nobody_was_there_to_answer(page: Page, case: Case) -> None:
    page.clock.install()
    page.route("**/live/**", lambda route: route.fulfill(status=502))
    with page.expect_response("**/live/**"):
        page.goto(f"/sprawy/{case.number}/")
    note(case, "Wymieniono bezpiecznik")
    page.unroute("**/live/**")
    with page.expect_response("**/live/**", timeout=5000):
        page.clock.fast_forward(60_000)
    see(page, "Wymieniono bezpiecznik")
    note(case, "Wymieniono lampę")
    see(page, "Wymieniono lampę")


def test_a_page_that_one_comes_back_to_shows_what_is_there_now_and_listens(page: Page, case: Case) -> None:
    with page.expect_response("**/live/**"):
        page.goto(f"/sprawy/{case.number}/")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    note(case, "Wymieniono bezpiecznik")
    with page.expect_response("**/live/**", timeout=5000):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    see(page, "Wymieniono bezpiecznik")
    note(case, "Wymieniono lampę")
    see(page, "Wymieniono lampę")
