"""A fault comes in: from a resident's phone, with scripts and without, and from a call, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from okienko.features.faults.models import Category, Joined, Report
from okienko.kernel.cases.models import Case
from okienko.kernel.people.models import Person
from okienko.site.demo import load

OpenPage = Callable[..., Page]
CheckPage = Callable[[Page], None]
MOST_STROKES = 25


@pytest.fixture
def city(transactional_db: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load()


def operator(page: Page, base: str) -> None:
    client = Client()
    client.force_login(Person.objects.get(email="operator@okienko.example"))
    session = client.cookies["okienko_session"].value
    page.context.add_cookies([{"name": "okienko_session", "value": session, "url": base}])


def to_the_place(page: Page, category: str) -> None:
    page.goto("/zgloszenia/")
    page.get_by_role("button", name=category).click()
    page.wait_for_url("**/miejsce/")


@pytest.mark.req("FAULT-13", "CORE-51")
def test_a_resident_points_at_the_map_and_the_next_one_joins(
    city: None, open_page: OpenPage, check_page: CheckPage
) -> None:
    page = open_page("/zgloszenia/", width=320)
    check_page(page)
    to_the_place(page, "Drzewa i zieleń")
    page.locator(".map-area").first.wait_for()
    check_page(page)
    page.locator("[data-map]").click(position={"x": 140, "y": 190})
    point = page.locator("[name=latitude]").input_value(), page.locator("[name=longitude]").input_value()
    assert all(point)
    page.get_by_role("button", name="Dalej", exact=True).click()
    page.wait_for_url("**/opis/")
    check_page(page)
    page.get_by_label("Co się stało?").fill("Złamana gałąź")
    page.get_by_role("button", name="Dalej").click()
    page.wait_for_url("**/kontakt/")
    check_page(page)
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    page.wait_for_url("**/sledz/**")
    check_page(page)
    report = Report.objects.latest("case_id")
    assert (f"{report.latitude:.6f}", f"{report.longitude:.6f}") == point
    assert report.area is not None

    other = open_page("", width=320)
    to_the_place(other, "Drzewa i zieleń")
    for name, value in zip(("latitude", "longitude"), point, strict=True):
        other.evaluate(
            "([name, value]) => (document.querySelector('[data-place]').elements[name].value = value)",
            [name, value],
        )
    other.get_by_role("button", name="Dalej", exact=True).click()
    other.get_by_label("Co się stało?").fill("Gałąź wisi")
    other.get_by_role("button", name="Dalej").click()
    other.wait_for_url("**/obok/")
    check_page(other)
    with other.expect_navigation():
        other.get_by_role("link", name="To, ja też").click()
    check_page(other)
    other.get_by_role("button", name="Ja też").click()
    other.wait_for_url("**/nr/**")
    check_page(other)
    assert Joined.objects.get().report == report


@pytest.mark.req("FAULT-13", "CORE-53")
def test_a_resident_reports_without_scripts(city: None, open_page: OpenPage) -> None:
    page = open_page("/", width=320, scripts=False)
    page.get_by_role("link", name="Zgłoś usterkę").click()
    page.get_by_role("button", name="Dziury w jezdni").click()
    page.get_by_label("Ulica").fill("ul. Zmyślona")
    page.get_by_role("button", name="Dalej").click()
    page.get_by_label("Co się stało?").fill("Głęboka dziura")
    page.get_by_role("button", name="Dalej").click()
    assert page.get_by_label("Co się stało?").input_value() == "Głęboka dziura"
    page.get_by_label("Jak duża jest dziura?").fill("jak koło")
    page.get_by_role("button", name="Dalej").click()
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    page.wait_for_url("**/sledz/**")
    assert "Dziękujemy" in page.content()


@pytest.mark.req("FAULT-41", "CORE-51")
def test_everybody_sees_the_map(city: None, open_page: OpenPage, check_page: CheckPage) -> None:
    category = Category.objects.get(code="zielen")
    Report.objects.update(latitude=50.1, longitude=19.11, category=category)
    for look in ({"width": 320}, {"width": 1280, "dark": True}):
        page = open_page("/zgloszenia/mapa/", **look)
        page.locator(".map-count").first.wait_for()
        check_page(page)
        assert page.locator(".map-count").first.inner_text() == str(Report.objects.filter(open=True).count())
    page.get_by_role("link", name="Mam numer zgłoszenia").click()
    page.get_by_label("Numer zgłoszenia").fill(Report.objects.latest("pk").case.spoken_number)
    page.get_by_role("button", name="Pokaż", exact=True).click()
    page.wait_for_url(f"**/nr/{Report.objects.latest('pk').case.number}/")


@pytest.mark.req("FAULT-11", "CORE-51")
def test_a_call_is_registered_by_few_keys(
    city: None, open_page: OpenPage, check_page: CheckPage, live_server: Any
) -> None:
    page = open_page("")
    operator(page, live_server.url)
    page.goto("/zgloszenia/telefon/")
    page.wait_for_function("document.activeElement.name === 'category'")
    strokes = 0

    def press(*keys: str) -> None:
        nonlocal strokes
        for key in keys:
            page.keyboard.press(key)
            strokes += 1

    press("o", "s")
    page.get_by_label("Numer na słupie?").wait_for()
    check_page(page)
    press("Tab")
    page.keyboard.type("17")
    press("Tab", "Tab")
    page.keyboard.type("pl. Testowy")
    press("Tab")
    page.keyboard.type("4")
    page.locator("#near li").first.wait_for()
    press("Tab", "Tab")
    page.keyboard.type("Nie świeci")
    press("Tab", "Tab", "Enter")
    page.wait_for_url("**/telefon/*/")
    assert page.locator(".read-out").inner_text().replace(" ", "").isdigit()
    check_page(page)
    assert strokes <= MOST_STROKES
    case = Case.objects.latest("pk")
    assert (case.report.category.shortcut, case.report.address) == ("OS", "pl. Testowy 4")
    assert [answer.said for answer in case.report.answers.all()] == ["17"]


@pytest.mark.req("FAULT-11")
def test_a_button_pressed_twice_registers_once(city: None, open_page: OpenPage, live_server: Any) -> None:
    page = open_page("")
    operator(page, live_server.url)
    page.goto("/zgloszenia/telefon/")
    page.evaluate(
        """() => {
          window.went = 0;
          addEventListener("submit", (event) => {
            if (!event.defaultPrevented) window.went += 1;
            event.preventDefault();
          });
        }"""
    )
    button = page.get_by_role("button", name="Zarejestruj")
    button.dblclick()
    assert page.evaluate("window.went") == 1
    page.wait_for_timeout(3100)
    button.click()
    assert page.evaluate("window.went") == 2, "a page that did not come may be asked for again"
