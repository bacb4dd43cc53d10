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
window.speechSynthesis.speak = (words) => {
  const page = document.documentElement.dataset;
  page.spoken = `${page.spoken || ""}[${words.lang}] ${words.text} `;
};
"""


@pytest.fixture
def room(transactional_db: None, settings: Any) -> WaitingRoom:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load()
    return WaitingRoom.objects.get()


@pytest.mark.req("BOOK-37")
def test_two_taps_give_one_number_and_the_next_visitor_another(
    room: WaitingRoom, open_page: OpenPage
) -> None:
    given = 0
    for scripts in (True, False):
        page = open_page(f"/wizyty/kiosk/{room.key}/", width=768, scripts=scripts)
        number = page.locator(".big-number")
        page.get_by_role("button", name="Zameldowanie").dblclick()
        expect(number).to_have_text(f"{given + 1}")
        page.get_by_role("link", name="Wróć na początek").click()
        page.get_by_role("button", name="Zameldowanie").click()
        expect(number).to_have_text(f"{given + 2}")
        # Somebody goes back in the browser to a page that has given its number already.
        page.go_back()
        page.get_by_role("button", name="Zameldowanie").click()
        expect(number).to_have_text(f"{given + 3}")
        given = Ticket.objects.count()
    assert given == 6


@pytest.mark.req("BOOK-37")
def test_the_display_shows_and_says_by_itself_who_is_called(room: WaitingRoom, open_page: OpenPage) -> None:
    service = queries.services_of(room)[0]
    counter = Resource.objects.filter(pk__in=list(service.handled_at), location=room.location)[0]
    for _ in range(2):
        actions.take_number(room, service, by=KIOSK, at=now())
    page = open_page()
    page.add_init_script(VOICE)
    page.goto(f"/wizyty/ekran/{room.key}/")
    switch, shown = page.get_by_role("button", name="Czytaj na głos"), page.locator(".calls li")
    switch.click()
    said = "[pl] Numery będą czytane na głos. "

    def is_said(words: str) -> None:
        expect(page.locator("html")).to_have_attribute("data-spoken", words, timeout=SEEN)

    is_said(said)
    actions.call_next(counter, by=BY, at=now())
    expect(shown).to_have_text(f"1 {counter.name}", timeout=SEEN)
    call = f"[pl] Numer 1, {counter.name} "
    is_said(said + call)
    actions.call_again(counter, by=BY, at=now())
    is_said(said + call + call)
    switch.click()
    actions.call_next(counter, by=BY, at=now())
    expect(shown).to_have_text(f"2 {counter.name}", timeout=SEEN)
    is_said(said + call + call)
