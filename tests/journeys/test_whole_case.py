"""A case from its first clerk to its end, without the mouse and without knowing where on the page anything is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page

from okienko.kernel.people.models import Person
from okienko.site.demo import load

OpenPage = Callable[..., Page]
MOST_TABS = 120


@pytest.fixture
def city(transactional_db: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load()


@pytest.fixture
def desk_of(city: None, open_page: OpenPage, live_server: Any) -> Callable[[str], Page]:
    """The first page of a clerk who has just signed in."""

    def opened(name: str) -> Page:
        client = Client()
        client.force_login(Person.objects.get(email=f"{name}@okienko.example"))
        page = open_page()
        page.context.add_cookies(
            [
                {
                    "name": "okienko_session",
                    "value": client.cookies["okienko_session"].value,
                    "url": live_server.url,
                }
            ]
        )
        page.goto("/praca/")
        return page

    return opened


def reach(page: Page, wanted: Locator) -> None:
    """By the Tab key alone."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by the keyboard")


def follow(page: Page, wanted: Locator) -> None:
    reach(page, wanted)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def find(page: Page, number: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/sprawy/{number}/")


def take(page: Page, step: str, **typed: str) -> None:
    """Take the step of this name, with what is typed in its fields."""
    link = page.locator("#steps").get_by_role("link", name=step, exact=True, include_hidden=True)
    if not link.is_visible():
        reach(page, page.locator("#steps summary"))
        page.keyboard.press("Enter")
    follow(page, link)
    for name, text in typed.items():
        reach(page, page.locator(f"[name={name}]"))
        page.keyboard.type(text)
    follow(page, page.locator("main").get_by_role("button", name=step, exact=True))


@pytest.mark.req("FAULT-20", "CORE-51")
def test_a_case_goes_from_operator_to_its_end_by_keyboard(desk_of: Callable[[str], Page]) -> None:
    page = desk_of("operator")
    follow(page, page.get_by_role("link", name="Zgłoszenia usterek").last)
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    number = page.url.rstrip("/").rpartition("/")[2]
    assert page.locator("#state .badge").first.inner_text() == "nowe"
    take(page, "Przekaż koordynatorowi", group="Koordynatorzy dróg", rpw="RPW/12/2026")

    page = desk_of("koordynator")
    find(page, number)
    take(page, "Przekaż realizatorowi", group="Brygada nawierzchni")

    page = desk_of("realizator")
    find(page, number)
    take(page, "Podejmij")
    assert "Realizacki" in page.locator("#facts").inner_text()
    take(page, "Załatw", done="Dziura załatana", answer="Telefonicznie: załatana")
    find(page, number)
    assert page.locator("#state .badge").first.inner_text() == "załatwione"
    assert page.complaints == []  # type: ignore[attr-defined]
