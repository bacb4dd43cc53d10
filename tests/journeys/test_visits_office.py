"""An office sets itself up by its screens alone, and sees what is held elsewhere at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from okienko.features.visits import holding, queries
from okienko.kernel.calendars.factories import make_calendar
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots import actions as slots

from .test_every_page import city, signed_in
from .test_live import SEEN_MILLISECONDS, office, page_of

__all__ = ["city", "office", "page_of"]

OpenPage = Callable[..., Page]
CheckPage = Callable[[Page], None]
BY = Actor.system("test")


@pytest.mark.req("BOOK-01", "BOOK-02", "BOOK-03", "BOOK-04", "BOOK-05", "BOOK-13")
def test_from_nothing_to_a_visit_by_the_screens_alone(
    transactional_db: None, open_page: OpenPage, check_page: CheckPage, live_server: Any
) -> None:
    at = timezone.now()
    make_staff("administrator@okienko.example", "administrator", by=BY, at=at)
    make_calendar(by=BY, at=at)
    page = open_page("", width=320, scripts=False)
    signed_in(page, live_server.url, "administrator")

    def fill(address: str, **given: str) -> None:
        page.goto(address)
        for name, value in given.items():
            page.locator(f"[name={name}]").first.fill(value)

    def save(name: str = "Zapisz") -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=name, exact=True).click()

    page.goto("/wizyty/ustawienia/")
    assert "Żadne miejsce nie przyjmuje" in page.content()
    page.goto("/wizyty/ustawienia/miejsca/")
    page.get_by_role("link", name="Dodaj jednostkę").click()
    page.locator("[name=name]").fill("Urząd Próbny")
    page.locator("[name=symbol]").fill("UP")
    page.locator("main form button[type=submit]").first.click()
    page.goto("/wizyty/ustawienia/miejsca/")
    page.get_by_role("link", name="Dodaj miejsce").click()
    page.locator("[name=name]").fill("Ratusz")
    page.locator("[name=bip_page]").fill("https://bip.ratusz.example")
    page.locator("main form button[type=submit]").first.click()
    fill("/wizyty/ustawienia/kategorie/nowa/", name="Dokumenty")
    save()
    fill("/wizyty/ustawienia/stanowiska/nowe/", name="Okienko 1", priority="1")
    save()
    hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "0:00-12:00, 12:30-24:00")
    fill("/wizyty/ustawienia/wzory/nowy/", name="Cały tydzień", step="30", **hours)
    save()
    today = timezone.localdate()
    fill("/wizyty/ustawienia/godziny/", first=f"{today:%d.%m.%Y}")
    page.get_by_label("Cały tydzień").check()
    page.get_by_label("Okienko 1").check()
    save()
    fill("/wizyty/ustawienia/uslugi/nowa/", title="Dowód osobisty", minutes="30")
    page.locator("[name=status]").select_option("published")
    page.locator("[name=counters]").first.check()
    save()
    page.goto("/wizyty/ustawienia/uslugi/usluga/dowod-osobisty/pola/nowe/")
    page.locator("[name=kind]").select_option("pesel")
    page.locator("[name=label]").fill("PESEL")
    page.locator("[name=required]").check()
    save()
    page.goto("/wizyty/ustawienia/")
    assert "Mieszkańcy mogą umawiać wizyty" in page.content()

    resident = open_page("/wizyty/?usluga=dowod-osobisty", width=320)
    check_page(resident)
    resident.locator("button[name=start]").first.click()
    resident.get_by_label("Imię i nazwisko").fill("Anonim Przykładowy")
    resident.locator("[name=email]").fill("anonim@example.org")
    resident.get_by_label("PESEL").fill("44051401458")
    check_page(resident)


@pytest.mark.req("BOOK-32")
def test_the_calendar_shows_by_itself_what_is_held_elsewhere(
    page_of: Callable[[Person], Page],
) -> None:
    service = queries.service_by_code("dowod")
    counters = queries.counters_of(service)
    at = timezone.now()
    free = [
        one for one in queries.free_times(service, counters, now=at) if one.start > at + timedelta(days=2)
    ]
    day = timezone.localtime(free[0].start).date().isoformat()
    page = page_of(Person.objects.get(email="urzednik@okienko.example"))
    page.goto(f"/wizyty/kalendarz/?widok=dzien&dzien={day}")
    held = page.get_by_text("ktoś wypełnia formularz")
    assert held.count() == 0
    page.wait_for_timeout(1500)
    key = holding.new_key()
    holding.hold(service, free[0].start, counters=counters, key=key, at=timezone.now())
    held.wait_for(timeout=SEEN_MILLISECONDS)


@pytest.mark.req("BOOK-34", "CORE-51")
def test_what_was_closed_is_opened_again(
    city: None, open_page: OpenPage, check_page: CheckPage, live_server: Any
) -> None:
    at = timezone.now()
    counter = queries.counters_of(queries.service_by_code("dowod"))[0]
    slots.close(counter, at, at + timedelta(days=2), by=BY, at=at, note="Awaria ogrzewania")
    page = open_page("", width=320)
    signed_in(page, live_server.url, "administrator")
    page.goto("/wizyty/zamkniete/")
    page.get_by_role("link", name="Zamknięte terminy").click()
    page.get_by_text("Awaria ogrzewania").first.wait_for()
    check_page(page)
    page.get_by_role("button", name=f"Otwórz ponownie {counter.name}").first.click()
    page.get_by_text("Termin jest znów otwarty").wait_for()
    check_page(page)


@pytest.mark.req("BOOK-31", "CORE-51")
@pytest.mark.parametrize(("width", "dark"), [(320, True), (1280, False)])
def test_a_month_leads_to_its_days(
    city: None, open_page: OpenPage, check_page: CheckPage, live_server: Any, width: int, dark: bool
) -> None:
    page = open_page("", width=width, dark=dark)
    signed_in(page, live_server.url, "administrator")
    page.goto("/wizyty/kalendarz/?widok=miesiac&dzien=2026-11-20")
    check_page(page)
    page.get_by_role("cell").get_by_role("link", name="27").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="27 listopada 2026").wait_for()
    check_page(page)
