"""Every page that somebody can reach by its links, as a phone and as a desk shows it: usable by everybody."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urldefrag, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from okienko.kernel.people.models import Person
from okienko.site.demo import load

OpenPage = Callable[..., Page]
CheckPage = Callable[[Page], None]

# What leads out of the pages, or to a file.
NOT_PAGES = ("/konto/logout/", "/dokumenty/", "/static/", "/ui/theme.css", "/api/v1/openapi.json")
FILES = (".xlsx", ".csv", ".pdf", ".ics", ".rss", ".geojson", "/plik/", "eksport", "export", "?zapisz")
MOST_PAGES = 200

# One look, and the people who look: nobody, a resident, and every role of the office.
LOOKS = [
    ("pl", 320, False, ("", "administrator")),
    ("uk", 320, True, ("mieszkanka", "iod", "koordynator")),
    ("en", 1280, False, ("urzednik", "realizator")),
    ("pl", 1280, True, ("operator", "nadzorca")),
]


@pytest.fixture
def city(transactional_db: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load()


def signed_in(page: Page, base: str, name: str) -> None:
    client = Client()
    client.force_login(Person.objects.get(email=f"{name}@okienko.example"))
    page.context.add_cookies(
        [{"name": "okienko_session", "value": client.cookies["okienko_session"].value, "url": base}]
    )


def links(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("a[href]", "found => found.map(one => one.href)")
    return found


def kind_of(address: str) -> str:
    """Pages of one kind differ in what they are about, not in how they are made: one of each is looked at."""
    try:
        return str(resolve(urlsplit(address).path).route)
    except Resolver404:
        return address


@pytest.mark.req("CORE-51", "CORE-50")
@pytest.mark.parametrize(("language", "width", "dark", "names"), LOOKS)
def test_every_page_can_be_used_by_everybody(
    city: None, open_page: OpenPage, check_page: CheckPage, live_server: Any,
    language: str, width: int, dark: bool, names: tuple[str, ...],
) -> None:  # fmt: skip
    seen, wrong = set[str](), []
    for name in names:
        page = open_page("", width=width, dark=dark, language=language)
        if name:
            signed_in(page, live_server.url, name)
        wrong += walk(page, live_server.url, seen, check_page)
    assert wrong == []
    assert len(seen) > 10


def walk(page: Page, base: str, seen: set[str], check_page: CheckPage) -> list[str]:
    """What is wrong with the first page, all that it leads to, and what has not been seen behind those."""
    waiting, wrong, opened = deque([f"{base}/"]), [], 0
    while waiting and opened < MOST_PAGES:
        address, first = waiting.popleft(), not opened
        opened += 1
        page.complaints.clear()  # type: ignore[attr-defined]
        response = page.goto(address)
        assert response is not None
        if response.status != 200:
            wrong.append(f"{address}: {response.status}")
            continue
        try:
            check_page(page)
        except AssertionError as error:
            wrong.append(f"{address}: {error}")
        for target in dict.fromkeys(urldefrag(found).url for found in links(page)):
            kind = kind_of(target)
            if leads_to_page(target, base) and (first or kind not in seen):
                seen.add(kind)
                waiting.append(target)
    return wrong


def leads_to_page(target: str, base: str) -> bool:
    inside = target.startswith(base) and not urlsplit(target).path.startswith(NOT_PAGES)
    return inside and not any(end in target for end in FILES)
