"""A fault is handled: from a resident's phone by operator, coordinator, executor and contractor to the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate
from playwright.sync_api import Page

from okienko.features.faults.models import Order, Report
from okienko.kernel.cases.models import Case
from okienko.kernel.messages.models import Message
from okienko.kernel.people.models import Person
from okienko.site.demo import load

OpenPage = Callable[..., Page]
CheckPage = Callable[[Page], None]


@pytest.fixture
def city(transactional_db: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load()


@pytest.fixture
def as_(open_page: OpenPage, live_server: Any) -> Callable[[str], Page]:
    """A desk of one of the office, signed in."""

    def desk(name: str) -> Page:
        page = open_page("")
        client = Client()
        client.force_login(Person.objects.get(email=f"{name}@okienko.example"))
        session = client.cookies["okienko_session"].value
        page.context.add_cookies([{"name": "okienko_session", "value": session, "url": live_server.url}])
        return page

    return desk


def reported(page: Page, what: str) -> Case:
    page.goto("/zgloszenia/")
    page.get_by_role("button", name="Dziury w jezdni").click()
    page.get_by_label("Ulica").fill("ul. Próbna")
    page.get_by_label("Numer domu").fill("3")
    page.get_by_role("button", name="Dalej", exact=True).click()
    page.get_by_label("Jak duża jest dziura?").fill("jak koło")
    page.get_by_label("Co się stało?").fill(what)
    page.get_by_role("button", name="Dalej").click()
    page.wait_for_url("**/kontakt/")
    page.get_by_label("Twój e-mail").fill("anonim@example.org")
    page.locator("[name=wants_answer]").check()
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    page.wait_for_url("**/sledz/**")
    return Case.objects.latest("pk")


def step(page: Page, case: Case, code: str, **given: str) -> None:
    page.goto(f"/sprawy/{case.number}/krok/{code}/")
    for name, value in given.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    page.locator("main form[method=post] button.primary").click()
    page.wait_for_url(f"**/sprawy/{case.number}/")


def ordered(page: Page, case: Case) -> Order:
    """By the button of the case page, which leads to the page of the order."""
    page.goto(f"/sprawy/{case.number}/krok/order/")
    page.wait_for_url("**/zlecenie/")
    if Order.objects.filter(report=case.pk).exists():
        page.locator("[name=firm]").select_option(label="Drogi Zmyślone")
    else:
        page.locator("[name=name]").fill("Drogi Zmyślone")
        page.locator("[name=email]").fill("drogi@firma.example")
    page.locator("[name=until]").fill("31.12.2027")
    page.locator("[name=task]").fill("Załatać dziurę")
    page.locator("main form[method=post] button.primary").click()
    page.wait_for_url(f"**/sprawy/{case.number}/")
    return Order.objects.filter(report=case.pk).latest("pk")


@pytest.mark.req("FAULT-12", "FAULT-27", "FAULT-28", "FAULT-40", "CORE-51")
def test_a_pothole_goes_from_hand_to_hand_until_it_is_answered(
    city: None, open_page: OpenPage, check_page: CheckPage, as_: Callable[[str], Page]
) -> None:
    case = reported(open_page("", width=320), "Głęboka dziura")

    operator = as_("operator")
    operator.goto("/zgloszenia/do-przyjecia/")
    check_page(operator)
    operator.get_by_role("link", name=case.spoken_number).click()
    operator.wait_for_url(f"**/{case.number}/")
    check_page(operator)
    operator.locator("[name=category]").select_option(label="CH Chodniki")
    operator.locator("#depends").get_by_label("Czy ktoś mógł się przewrócić?").wait_for()
    operator.locator("[name=category]").select_option(label="NA Dziury w jezdni")
    operator.locator("#depends").get_by_label("Jak duża jest dziura?").fill("jak koło")
    operator.locator("main form[method=post] button.primary").click()
    operator.wait_for_url(f"**/sprawy/{case.number}/")
    check_page(operator)
    assert not Report.objects.get(case=case).waiting

    step(as_("koordynator"), case, "pass-to-executor", group="Brygada nawierzchni")
    executor = as_("realizator")
    order = ordered(executor, case)
    check_page(executor)

    firm = open_page(f"/zgloszenia/zlecenie/{order.key}/", width=320, dark=True)
    check_page(firm)
    assert "anonim@example.org" not in firm.content()
    firm.get_by_role("button", name="Przyjmujemy zlecenie").click()
    firm.get_by_label("Co zrobiono").fill("Załatane")
    check_page(firm)
    firm.get_by_role("button", name="Praca wykonana").click()
    firm.get_by_text("Obejrzymy pracę").wait_for()

    step(executor, case, "reject-work", reason="Nierówno")
    firm.reload()
    firm.get_by_text("Nierówno").wait_for()
    check_page(firm)
    again = ordered(executor, case)
    firm.goto(f"/zgloszenia/zlecenie/{again.key}/")
    firm.get_by_role("button", name="Przyjmujemy zlecenie").click()
    firm.get_by_role("button", name="Praca wykonana").wait_for()
    step(
        executor,
        case,
        "accept-work",
        finished=f"{localdate():%d.%m.%Y}",
        rpw="RPW/9/2026",
        answer="E-mailem: dziura jest załatana.",
    )
    case.refresh_from_db()
    assert (case.state, case.open) == ("resolved", False)
    check_page(executor)
    assert Message.objects.filter(address="anonim@example.org").count() >= 2


@pytest.mark.req("FAULT-15", "CORE-51")
def test_two_faults_in_one_report_become_two(
    city: None, open_page: OpenPage, check_page: CheckPage, as_: Callable[[str], Page]
) -> None:
    case = reported(open_page("", width=320), "Dziura, a obok nie świeci latarnia")
    operator = as_("operator")
    operator.goto(f"/sprawy/{case.number}/")
    with operator.expect_navigation():
        operator.get_by_role("link", name="Kilka zdarzeń").click()
    check_page(operator)
    operator.locator("[name=covers_1]").fill("dziura")
    operator.locator("[name=covers_2]").fill("latarnia")
    operator.locator("[name=category_2]").select_option(label="OS Oświetlenie ulic")
    operator.get_by_role("button", name="Utwórz kopie").click()
    operator.wait_for_url(f"**/sprawy/{case.number}/")
    check_page(operator)
    part = Case.objects.latest("pk")
    assert (part.kind, part.report.covers) == ("oswietlenie", "latarnia")
    operator.get_by_role("link", name=part.spoken_number).first.click()
    operator.wait_for_url(f"**/sprawy/{part.number}/")
    operator.get_by_text("dziura").first.wait_for()


@pytest.mark.req("FAULT-21", "FAULT-23")
def test_a_report_for_the_wrong_unit_comes_back_and_leaves_the_city(
    city: None, open_page: OpenPage, as_: Callable[[str], Page]
) -> None:
    case = reported(open_page("", width=320), "Dziura na drodze krajowej")
    operator = as_("operator")
    step(operator, case, "pass-to-coordinator", group="Koordynatorzy dróg")
    step(
        as_("koordynator"),
        case,
        "return-to-operator",
        addressee="Zarząd dróg krajowych",
        reason="Droga krajowa",
    )
    step(
        operator,
        case,
        "not-the-citys",
        rpw="RPW/17/2026",
        body="Zarząd dróg krajowych",
        reason="Droga krajowa",
        answer="E-mailem: drogą zajmuje się zarząd dróg krajowych.",
    )
    case.refresh_from_db()
    assert (case.state, case.open) == ("elsewhere", False)
    assert Message.objects.filter(notice="fault.changed", address="anonim@example.org").exists()


@pytest.mark.req("FAULT-20", "CORE-51")
def test_a_letter_goes_with_what_is_passed_to_a_municipal_entity(
    city: None, open_page: OpenPage, check_page: CheckPage, as_: Callable[[str], Page]
) -> None:
    case = reported(open_page("", width=320), "Wybija woda")
    operator = as_("operator")
    step(operator, case, "pass-to-coordinator", group="Dyspozytorzy wodociągów", rpw="RPW/7/2026")
    check_page(operator)
    operator.locator("#letters").get_by_role("link", name="Napisz: pismo przewodnie").click()
    operator.get_by_label("Nagłówek pisma").wait_for()
    check_page(operator)
    assert "anonim@example.org" not in operator.content()
    operator.get_by_role("button", name="Zapisz pismo").click()
    operator.locator("#letters").get_by_text("wysłano na adres wodociagi@okienko.example").wait_for()
    check_page(operator)
    assert Message.objects.filter(notice="letter.sent").count() == 1
