"""New times open at an hour: the waiting room, the line, the turn, and what is said when all is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from okienko.base.time import WARSAW, now
from okienko.features.visits.models import Service
from okienko.features.visits.rush import standing
from okienko.features.visits.rush.factories import make_place
from okienko.features.visits.rush.models import Line, Place, Release
from okienko.site.demo import load

OpenPage = Callable[..., Page]
CheckPage = Callable[[Page], None]
LINE = "/wizyty/kolejka/pojazd/"


@pytest.fixture
def release(transactional_db: None, settings: Any) -> Release:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.VISITS_WORK_BITS = 8
    load()
    return Release.objects.get(service=Service.objects.get(code="pojazd"))


def opens(release: Release, minutes: int) -> None:
    hour = (now() + timedelta(minutes=minutes)).astimezone(WARSAW).time()
    release.hour = hour.replace(microsecond=0)
    release.save()


def take_a_place(page: Page) -> None:
    page.get_by_role("button", name="Zajmij miejsce").focus()
    page.keyboard.press("Enter")


@pytest.mark.req("BOOK-24", "CORE-51")
@pytest.mark.parametrize("dark", [False, True])
def test_the_waiting_room_by_keyboard_on_a_small_phone(
    release: Release, open_page: OpenPage, check_page: CheckPage, dark: bool
) -> None:
    opens(release, 10)
    page = open_page("/wizyty/?usluga=pojazd", width=320, dark=dark)
    check_page(page)
    page.get_by_role("link", name="Przejdź do poczekalni").click()
    page.get_by_role("heading", name="Poczekalnia jest otwarta").wait_for()
    check_page(page)
    take_a_place(page)
    page.get_by_role("heading", name="Jesteś w poczekalni").wait_for()
    check_page(page)
    second_tab = page.context.new_page()
    second_tab.goto(LINE)
    second_tab.get_by_role("heading", name="Jesteś w poczekalni").wait_for()
    page.reload()
    assert Place.objects.filter(line__hour_at__gt=now()).count() == 1


@pytest.mark.req("BOOK-24", "CORE-51")
def test_from_the_line_to_the_form(release: Release, open_page: OpenPage, check_page: CheckPage) -> None:
    release.at_once = 2
    opens(release, -1)
    tokens = [standing.hashed(make_place(release, at=now())) for _ in range(3)]
    for token in tokens:
        standing.come(token, at=now())
    page = open_page("/wizyty/?usluga=pojazd", width=320)
    check_page(page)
    page.get_by_role("link", name="Przejdź do kolejki").click()
    page.get_by_role("heading", name="Po nowe terminy jest kolejka").wait_for()
    check_page(page)
    take_a_place(page)
    page.get_by_role("heading", name="Masz numer 4").wait_for()
    assert "Przed tobą jest 1 osoba." in page.inner_text("main")
    assert page.title().startswith("(1)")
    check_page(page)
    for token in tokens:
        standing.leave(token, at=now())
    page.wait_for_url("**/wizyty/?usluga=pojazd&dzien=*", timeout=40000)
    page.get_by_role("heading", name="Twoja kolej").wait_for()
    check_page(page)
    page.goto(LINE)
    check_page(page)
    page.get_by_role("button", name="Wybierz termin").click()
    line = Line.objects.latest("hour_at")
    page.goto(f"/wizyty/?usluga=pojazd&dzien={line.last_day}")
    Place.objects.filter(number=4, line=line).update(until=now())
    page.goto(LINE)
    page.get_by_role("heading", name="Czas na wybór minął").wait_for()
    check_page(page)


@pytest.mark.req("BOOK-24")
def test_when_all_is_gone_the_page_says_so_and_what_next(
    release: Release, open_page: OpenPage, check_page: CheckPage
) -> None:
    release.at_once = 1
    opens(release, -1)
    for _ in range(2):
        standing.come(standing.hashed(make_place(release, at=now())), at=now())
    page = open_page(LINE, width=320)
    take_a_place(page)
    page.get_by_role("heading", name="Masz numer 3").wait_for()
    release.service.counters.clear()
    page.get_by_role("link", name="Zapisz się na listę oczekujących").wait_for(timeout=40000)
    assert "Wszystkie nowe terminy są teraz zajęte" in page.inner_text("main")
    check_page(page)


@pytest.mark.req("BOOK-24", "CORE-50")
def test_more_than_an_hour_is_counted_down_in_hours_and_minutes(
    release: Release, open_page: OpenPage
) -> None:
    """The script goes on in the words in which the page begins."""
    release.early_minutes = 120
    for language, left in (
        ("pl", "1 godzina 22 minuty"),
        ("en", "1 hour 22 minutes"),
        ("uk", "1 година 22 хвилини"),
    ):
        for scripts in (True, False):
            opens(release, 82)
            page = open_page(LINE, language=language, scripts=scripts)
            if scripts:
                page.wait_for_timeout(1200)
            expect(page.locator("[data-clock]")).to_have_text(left)


@pytest.mark.req("BOOK-24")
def test_without_scripts_a_button_asks(release: Release, open_page: OpenPage) -> None:
    release.at_once = 1
    opens(release, -1)
    place = standing.hashed(make_place(release, at=now()))
    standing.come(place, at=now())
    page = open_page(LINE, width=320, scripts=False)
    page.get_by_role("button", name="Zajmij miejsce").click()
    page.get_by_role("heading", name="Masz numer 2").wait_for()
    standing.leave(place, at=now())
    page.get_by_role("button", name="Sprawdź ponownie").click()
    page.get_by_role("heading", name="Twoja kolej").wait_for()
