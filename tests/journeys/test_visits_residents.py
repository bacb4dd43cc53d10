"""What residents do beside booking: confirm by a PIN, cancel by the link of a message, look at their own visits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from okienko.base.time import now
from okienko.features.visits import actions, confirming, queries
from okienko.features.visits.factories import make_booking
from okienko.features.visits.models import Booking, Service
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages.models import Message
from okienko.kernel.people.models import Person
from okienko.site.demo import load

OpenPage = Callable[..., Page]
CheckPage = Callable[[Page], None]
RESIDENT = Actor.resident()


@pytest.fixture
def matter(transactional_db: None, settings: Any) -> Service:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load()
    found = queries.offered("meldunek")
    assert found is not None
    return found


def press_until(page: Page, name: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.innerText || document.activeElement.value || ''"):
            return
    pytest.fail(f"{name} is not reached by keyboard on {page.url}")


def type_into(page: Page, label: str, text: str) -> None:
    page.get_by_label(label).focus()
    page.keyboard.type(text)


@pytest.mark.req("BOOK-15", "BOOK-17", "CORE-51")
def test_by_keyboard_on_a_small_phone_to_the_pin_that_came_by_sms(
    matter: Service, open_page: OpenPage, check_page: CheckPage
) -> None:
    page = open_page(f"/wizyty/?usluga={matter.code}", width=320)
    page.get_by_role("region", name="Najbliższe wolne terminy").get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/dane/")
    check_page(page)
    type_into(page, "Imię i nazwisko", "Anonim Przykładowy")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("600 000 000")
    page.keyboard.press("Enter")
    page.wait_for_url("**/podsumowanie/")
    check_page(page)
    press_until(page, "Umów wizytę")
    page.keyboard.press("Enter")
    page.wait_for_url("**/potwierdz/", timeout=25000)
    check_page(page)
    booking = Booking.objects.latest("pk")
    pin = confirming.code_of(booking)
    assert pin in Message.objects.get(subject_id=booking.pk, channel="sms").text.replace(" ", "")
    type_into(page, "PIN z wiadomości", "000000" if pin != "000000" else "111111")
    page.keyboard.press("Enter")
    page.get_by_text("To nie jest kod z wiadomości").first.wait_for()
    check_page(page)
    page.get_by_label("PIN z wiadomości").fill("")
    type_into(page, "PIN z wiadomości", pin)
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/**nowa=1")
    assert page.get_by_role("img", name="Kod wizyty").is_visible()
    check_page(page)


@pytest.mark.req("BOOK-15")
def test_the_browser_does_its_work_and_needs_no_message(matter: Service, open_page: OpenPage) -> None:
    Service.objects.filter(pk=matter.pk).update(confirm_by=Service.ConfirmBy.NONE)
    page = open_page(f"/wizyty/?usluga={matter.code}")
    page.get_by_role("region", name="Najbliższe wolne terminy").get_by_role("button").first.click()
    page.get_by_label("Imię i nazwisko").fill("Anonim Przykładowy")
    page.get_by_role("textbox", name="E-mail").fill("anonim@example.org")
    page.get_by_role("button", name="Dalej").click()
    page.get_by_role("button", name="Umów wizytę").click()
    page.wait_for_url("**/w/**", timeout=25000)
    assert Booking.objects.latest("pk").state == Booking.State.CONFIRMED


@pytest.mark.req("BOOK-14", "BOOK-20")
def test_cancelled_by_the_link_of_the_message(
    matter: Service, open_page: OpenPage, check_page: CheckPage
) -> None:
    booking = make_booking(matter, by=RESIDENT, at=now(), email="anonim@example.org")
    assert actions.try_to_confirm(booking, confirming.code_of(booking), by=RESIDENT, at=now())
    text = Message.objects.get(subject_id=booking.pk, notice="visit.confirmed").text
    link = next(word for word in text.split() if f"/w/{booking.secret}/" in word)
    page = open_page(f"/wizyty/{link.partition('/wizyty/')[2]}", width=320, dark=True)
    check_page(page)
    page.get_by_role("link", name="Odwołaj wizytę").click()
    assert Booking.objects.get(pk=booking.pk).state == Booking.State.CONFIRMED
    page.get_by_role("button", name="Tak, odwołaj wizytę").click()
    page.get_by_role("heading", name="Ta wizyta jest odwołana").wait_for()
    assert Booking.objects.get(pk=booking.pk).state == Booking.State.CANCELLED


@pytest.mark.req("BOOK-22")
def test_my_visits_and_the_same_once_more(
    matter: Service, open_page: OpenPage, check_page: CheckPage, live_server: Any
) -> None:
    resident = Person.objects.get(email="mieszkanka@okienko.example")
    booking = make_booking(matter, by=RESIDENT, at=now(), email="anonim@example.org")
    Booking.objects.filter(pk=booking.pk).update(person=resident)
    client = Client()
    client.force_login(resident)
    page = open_page(width=320)
    session = client.cookies["okienko_session"].value
    page.context.add_cookies([{"name": "okienko_session", "value": session, "url": live_server.url}])
    page.goto("/wizyty/moje/")
    check_page(page)
    page.get_by_role("button", name=f"Umów ponownie {booking.spoken_number}").click()
    page.get_by_role("region", name="Najbliższe wolne terminy").get_by_role("button").first.click()
    assert page.get_by_label("Imię i nazwisko").input_value() == "Anonim Przykładowy"
