"""A report is written where there is no network, kept on the phone, and sent when the network is back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from okienko.features.faults.models import Report
from okienko.kernel.documents.queries import of as documents_of
from okienko.site.demo import load

OpenPage = Callable[..., Page]
CheckPage = Callable[[Page], None]
PAGE = "/zgloszenia/na-jednej-stronie/"


@pytest.fixture
def city(transactional_db: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    load()


def picture(page: Page) -> bytes:
    return page.screenshot(clip={"x": 0, "y": 0, "width": 40, "height": 40})


@pytest.mark.req("FAULT-13", "CORE-51")
def test_a_report_written_without_a_network_goes_out_with_it(
    city: None, open_page: OpenPage, check_page: CheckPage
) -> None:
    before = Report.objects.count()
    page = open_page("/zgloszenia/", width=320, service_workers="allow")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function(
        "path => caches.open('okienko-reports').then(kept => kept.match(path)).then(Boolean)", arg=PAGE
    )
    page.context.set_offline(True)
    page.goto("/zgloszenia/")
    check_page(page)
    page.get_by_label("Czego to dotyczy?").select_option(index=1)
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    expect(page.get_by_text("Czeka na sieć.")).to_have_count(0)
    page.get_by_label("Co się stało?").fill("Wyrwa po burzy")
    page.get_by_label("Gdzie to jest?").fill("za szkołą")
    page.get_by_label("Zdjęcia").set_input_files(
        [{"name": "wyrwa.png", "mimeType": "image/png", "buffer": picture(page)}]
    )
    page.get_by_role("button", name="Wyślij zgłoszenie").click()
    expect(page.get_by_text("Czeka na sieć.")).to_be_visible()
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
    link.click()
    page.wait_for_url("**/sledz/**")
    page.goto(PAGE)
    expect(page.get_by_text("Wyrwa po burzy")).to_be_visible()
    assert Report.objects.count() == before + 1
