"""The waiting room as those who wait meet it: a finger that taps twice, a display that changes and speaks by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from okienko.base.time import now
from okienko.features.visits.desk import actions, queries
from okienko.features.visits.desk.models import Ticket, WaitingRoom
from okienko.kernel.history.actors import Actor
from okienko.kernel.slots.models import Resource
from okienko.site.demo import load

OpenPage = Callable[..., Page]
KIOSK, BY = Actor.resident("kiosk"), Actor.system("test")
SEEN = 10_000  # the display asks every three seconds
# In place of the voice of the machine: what it would say, and in which language.
VOICE = """
window.spoken = [];
window.speechSynthesis.speak = (words) => window.spoken.push([words.lang, words.text]);
"""


@pytest.fixture
def room(transactional_db: None, settings: Any) -> WaitingRoom:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load()
    return WaitingRoom.objects.get()


@pytest.mark.req("BOOK-37")
@pytest.mark.parametrize("scripts", [True, False])
def test_two_taps_give_one_number_and_the_next_visitor_another(
    room: WaitingRoom, open_page: OpenPage, scripts: bool
) -> None:
    page = open_page(f"/wizyty/kiosk/{room.key}/", width=768, scripts=scripts)
    page.get_by_role("button", name="Zameldowanie").dblclick()
    page.get_by_role("heading", name="Twój numer").wait_for()
    expect(page.locator(".big-number")).to_have_text("1")
    page.get_by_role("link", name="Wróć na początek").click()
    page.get_by_role("button", name="Zameldowanie").click()
    expect(page.locator(".big-number")).to_have_text("2")
    # Somebody goes back in the browser to a page that has given its number already.
    page.go_back()
    page.get_by_role("button", name="Zameldowanie").click()
    expect(page.locator(".big-number")).to_have_text("3")
    assert Ticket.objects.count() == 3


@pytest.mark.req("BOOK-37")
@pytest.mark.parametrize(
    ("language", "switch", "words"),
    [("pl", "Czytaj na głos", "Numer 1, {counter}"), ("en", "Read aloud", "Number 1, {counter}")],
)
def test_the_display_shows_and_says_by_itself_who_is_called(
    room: WaitingRoom, open_page: OpenPage, language: str, switch: str, words: str
) -> None:
    service = queries.services_of(room)[0]
    counter = Resource.objects.filter(pk__in=list(service.handled_at), location=room.location)[0]
    for _ in range(2):
        actions.take_number(room, service, by=KIOSK, at=now())
    page = open_page(language=language)
    page.add_init_script(VOICE)
    page.goto(f"/wizyty/ekran/{room.key}/")
    page.get_by_role("button", name=switch).click()
    actions.call_next(counter, by=BY, at=now())
    expect(page.locator(".calls li")).to_have_text(f"1 {counter.name}", timeout=SEEN)
    said = [language, words.format(counter=counter.name)]
    assert page.evaluate("window.spoken")[1:] == [said]
    actions.call_again(counter, by=BY, at=now())
    page.wait_for_function("window.spoken.length === 3", timeout=SEEN)
    assert page.evaluate("window.spoken")[2] == said
    page.get_by_role("button", name=switch).click()
    actions.call_next(counter, by=BY, at=now())
    expect(page.locator(".calls li")).to_have_text(f"2 {counter.name}", timeout=SEEN)
    assert page.evaluate("window.spoken.length") == 3
