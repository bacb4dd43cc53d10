"""A report is written where there is no network, kept on the phone, and sent when the network is back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from okienko.base.time import now
from okienko.features.faults.actions import change_category
from okienko.features.faults.models import Category, Report
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.actors import Actor
from okienko.site.demo import load

OpenPage = Callable[..., Page]
CheckPage = Callable[[Page], None]
PAGE = "/zgloszenia/na-jednej-stronie/"


@pytest.fixture
def city(transactional_db: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load()


def without_network(open_page: OpenPage) -> Page:
    """The page as a phone has kept it."""
    page = open_page("/zgloszenia/", width=320, service_workers="allow")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function(
        "path => caches.open('okienko-reports').then(kept => kept.match(path)).then(Boolean)", arg=PAGE
    )
    page.context.set_offline(True)
    page.goto("/zgloszenia/")
    return page


def picture(page: Page) -> bytes:
    return page.screenshot(clip={"x": 0, "y": 0, "width": 40, "height": 40})


@pytest.mark.req("FAULT-13", "CORE-51")
def test_a_report_written_without_a_network_goes_out_with_it(
    city: None, open_page: OpenPage, check_page: CheckPage
) -> None:
    before = Report.objects.count()
    page = without_network(open_page)
    check_page(page)
    page.get_by_label("Czego to dotyczy?").select_option("Dziury w jezdni")
    page.get_by_label("Co się stało?").fill("Wyrwa po burzy")
    page.get_by_label("Gdzie to jest?").fill("za szkołą")
    page.get_by_label("Zdjęcia").set_input_files(
        [{"name": "wyrwa.png", "mimeType": "image/png", "buffer": picture(page)}]
    )
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    expect(page.get_by_label("Jak duża jest dziura?")).to_be_focused()
    expect(page.get_by_text("Czeka na sieć.")).to_have_count(0)
    page.get_by_label("Jak duża jest dziura?").fill("jak koło")
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    expect(page.get_by_text("Czeka na sieć.")).to_be_visible()
    expect(page.get_by_label("Co się stało?")).to_have_value("")
    check_page(page)
    page.reload()
    expect(page.get_by_text("Czeka na sieć.")).to_be_visible()
    assert Report.objects.count() == before

    page.context.set_offline(False)
    link = page.get_by_role("link", name="Wysłane. Zobacz, co się z nim dzieje")
    expect(link).to_be_visible(timeout=15_000)
    check_page(page)
    report = Report.objects.select_related("case").get(case__description="Wyrwa po burzy")
    assert (report.place, Report.objects.count()) == ("za szkołą", before + 1)
    assert [one.media_type for one in documents_of(report.case)] == ["image/png"]
    assert [one.said for one in report.answers.all()] == ["jak koło"]
    link.click()
    page.wait_for_url("**/sledz/**")
    page.goto(PAGE)
    expect(page.get_by_text("Wyrwa po burzy")).to_be_visible()
    assert Report.objects.count() == before + 1


@pytest.mark.req("FAULT-13", "CORE-51", "CORE-55")
def test_what_is_refused_when_the_network_is_back_is_told_and_corrected_and_nothing_is_lost(
    city: None, open_page: OpenPage, check_page: CheckPage
) -> None:
    """The office asks for more than it did when the phone kept the page."""
    before, category = Report.objects.count(), Category.objects.get(code="nawierzchnia")
    page = without_network(open_page)
    page.get_by_label("Czego to dotyczy?").select_option("Dziury w jezdni")
    page.get_by_label("Jak duża jest dziura?").fill("jak koło")
    page.get_by_label("Co się stało?").fill("Wyrwa po burzy")
    page.get_by_label("Gdzie to jest?").fill("za szkołą")
    page.get_by_label("Zdjęcia").set_input_files(
        [{"name": "wyrwa.png", "mimeType": "image/png", "buffer": picture(page)}]
    )
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    expect(page.get_by_text("Czeka na sieć.")).to_be_visible()
    change_category(
        category, by=Actor.system("test"), at=now(), version=category.version, name=category.name,
        shortcut=category.shortcut, questions=[("Jak duża jest dziura?", True), ("Jak głęboka?", True)],
    )  # fmt: skip

    page.context.set_offline(False)
    row = page.locator("[data-list] > li")
    expect(row.get_by_role("listitem")).to_have_text("Jak głęboka? – Wypełnij to pole.", timeout=15_000)
    assert Report.objects.count() == before
    check_page(page)
    page.goto("/zgloszenia/")
    page.get_by_role("link", name="Na tym urządzeniu są zgłoszenia").click()
    row.get_by_role("button", name="Popraw").click()
    expect(page.get_by_label("Jak głęboka?")).to_be_focused()
    expect(page.get_by_label("Co się stało?")).to_have_value("Wyrwa po burzy")
    page.get_by_label("Jak głęboka?").fill("po kostki")
    # What only the office can say is told beside the field, and the photos are still there.
    page.get_by_label("Twój telefon").fill("nie mam")
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    check_page(page)
    page.get_by_label("Twój telefon").fill("600 000 000")
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    page.wait_for_url("**/sledz/**")
    report = Report.objects.select_related("case").get(case__description="Wyrwa po burzy")
    assert Report.objects.count() == before + 1
    assert [(one.asked, one.said) for one in report.answers.all()] == [
        ("Jak duża jest dziura?", "jak koło"), ("Jak głęboka?", "po kostki"),
    ]  # fmt: skip
    assert [one.media_type for one in documents_of(report.case)] == ["image/png"]
    page.goto("/zgloszenia/")
    expect(page.get_by_role("link", name="Mam numer zgłoszenia")).to_be_visible()
    expect(page.get_by_role("link", name="Na tym urządzeniu są zgłoszenia")).to_be_hidden()
    page.goto(PAGE)
    expect(page.locator("[data-list] > li")).to_have_count(0)
    # The phone keeps the page as it was seen last, with what the office asks now.
    page.context.set_offline(True)
    page.goto("/zgloszenia/")
    page.get_by_label("Czego to dotyczy?").select_option("Dziury w jezdni")
    expect(page.get_by_label("Jak głęboka?")).to_be_visible()
