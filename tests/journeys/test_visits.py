"""Booking a visit as residents do: on a small phone, by keyboard, without scripts, in a race, too slowly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from okienko.base.time import now
from okienko.features.visits import holding, queries
from okienko.features.visits.factories import demo_services
from okienko.features.visits.models import Booking, Service
from okienko.kernel.history.actors import Actor
from okienko.kernel.slots.models import Claim, Resource
from okienko.site.demo import load

OpenPage = Callable[..., Page]
CheckPage = Callable[[Page], None]


@pytest.fixture
def matter(transactional_db: None, settings: Any) -> Service:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load()
    found = queries.offered("dowod")
    if found is None:
        counters = list(Resource.objects.order_by("priority"))
        demo_services(by=Actor.system("test"), at=now(), unit=counters[0].unit, counters=counters)
        found = queries.offered("dowod")
    assert found is not None
    return found


def press_until(page: Page, name: str, key: str = "Tab") -> None:
    """Walk by keyboard to what has this name; whoever cannot use a mouse goes the same way."""
    for _ in range(80):
        page.keyboard.press(key)
        if name in page.evaluate("document.activeElement.innerText || document.activeElement.value || ''"):
            return
    pytest.fail(f"{name} is not reached by keyboard on {page.url}")


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def choose_first_time(page: Page) -> None:
    page.get_by_role("region", name="Najbliższe wolne terminy").get_by_role("button").first.click()


@pytest.mark.req("BOOK-10", "BOOK-18", "CORE-51")
def test_booked_on_a_small_phone_by_keyboard_without_scripts(matter: Service, open_page: OpenPage) -> None:
    page = open_page("/", width=320, scripts=False)
    press_until(page, "Umów wizytę")
    enter(page)
    press_until(page, matter.title)
    enter(page)
    page.wait_for_url("**/?usluga=dowod")
    page.get_by_role("region", name="Najbliższe wolne terminy").get_by_role("button").first.focus()
    enter(page)
    page.wait_for_url("**/dane/")
    assert page.get_by_role("timer").is_visible()
    page.get_by_label("Imię i nazwisko").focus()
    page.keyboard.type("Anonim Przykładowy")
    page.keyboard.press("Tab")
    page.keyboard.type("anonim")
    enter(page)
    assert page.get_by_label("Imię i nazwisko").input_value() == "Anonim Przykładowy"
    page.get_by_role("textbox", name="E-mail").focus()
    page.keyboard.press("End")
    page.keyboard.type("@example.org")
    enter(page)
    page.wait_for_url("**/podsumowanie/")
    press_until(page, "Umów wizytę")
    enter(page)
    page.wait_for_url("**/w/**")
    booking = Booking.objects.latest("pk")
    assert booking.spoken_number in page.content()
    assert booking.email == "anonim@example.org"
    press_until(page, "Odwołaj wizytę")
    enter(page)
    page.wait_for_url("**/odwolaj/")
    press_until(page, "Tak, odwołaj wizytę")
    enter(page)
    page.wait_for_url(f"**/w/{booking.secret}/")
    assert "Ta wizyta jest odwołana" in page.content()


@pytest.mark.req("BOOK-12")
def test_one_who_loses_the_race_takes_the_nearest_other(
    matter: Service, open_page: OpenPage, check_page: CheckPage
) -> None:
    page = open_page("/wizyty/?usluga=dowod", width=320)
    check_page(page)
    at, counters = now(), queries.counters_of(matter)
    free = queries.free_times(matter, counters, now=at)[0]
    for _ in range(free.places):
        holding.hold(matter, free.start, counters=counters, key=holding.new_key(), at=at)
    choose_first_time(page)
    assert page.get_by_role("heading", name="Ktoś był szybszy").is_visible()
    page.complaints.clear()  # type: ignore[attr-defined]  # the browser itself tells of the answer 409
    check_page(page)
    page.get_by_role("button").filter(has_text=":").first.click()
    page.wait_for_url("**/dane/")
    check_page(page)


@pytest.mark.req("BOOK-11")
def test_one_who_is_too_slow_keeps_what_was_typed(
    matter: Service, open_page: OpenPage, check_page: CheckPage
) -> None:
    page = open_page("/wizyty/?usluga=dowod", width=320, language="pl")
    choose_first_time(page)
    page.get_by_label("Imię i nazwisko").fill("Anonim Przykładowy")
    page.get_by_role("button", name="Potrzebuję więcej czasu").click()
    page.get_by_text("Masz teraz więcej czasu").wait_for()
    assert page.get_by_label("Imię i nazwisko").input_value() == "Anonim Przykładowy"
    page.get_by_role("textbox", name="E-mail").fill("anonim@example.org")
    Claim.objects.filter(kind="hold").update(expires_at=now() - timedelta(seconds=1))
    page.get_by_role("button", name="Dalej").click()
    page.wait_for_url("**/po-czasie/")
    assert page.get_by_role("heading", name="Czas na wypełnienie formularza minął").is_visible()
    check_page(page)
    page.get_by_role("button").filter(has_text=":").first.click()
    page.wait_for_url("**/dane/")
    assert page.get_by_label("Imię i nazwisko").input_value() == "Anonim Przykładowy"
    page.get_by_role("button", name="Dalej").click()
    page.wait_for_url("**/podsumowanie/")
    check_page(page)
    page.get_by_role("button", name="Umów wizytę").click()
    page.wait_for_url("**/w/**")
    check_page(page)


@pytest.mark.req("BOOK-11")
def test_a_hold_that_ends_leads_on_by_itself(matter: Service, open_page: OpenPage) -> None:
    page = open_page("/wizyty/?usluga=dowod")
    choose_first_time(page)
    Claim.objects.filter(kind="hold").update(expires_at=now() + timedelta(seconds=2))
    page.goto("/wizyty/dane/")
    page.get_by_label("Imię i nazwisko").fill("Anonim")
    page.wait_for_url("**/po-czasie/", timeout=8000)
    page.get_by_role("button").filter(has_text=":").first.click()
    page.wait_for_url("**/dane/")
    assert page.get_by_label("Imię i nazwisko").input_value() == "Anonim"
