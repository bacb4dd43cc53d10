"""The form in a frame on a page of another site: booked there from the first step to the last, without any cookie."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page

from okienko.base.time import WARSAW, now
from okienko.features.visits.embed.factories import make_site
from okienko.features.visits.embed.models import Site
from okienko.features.visits.models import Booking, Service
from okienko.features.visits.rush import standing
from okienko.features.visits.rush.factories import make_place
from okienko.features.visits.rush.models import Release
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import Person
from okienko.site.demo import load

OpenPage = Callable[..., Page]
CheckPage = Callable[[Page], None]
BY = Actor.system("test")
HOST = """<!doctype html><html lang="pl"><head><meta charset="utf-8"><title>Strona szkoły</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Strona szkoły</h1>{snippet}</main></body></html>"""


class OtherSite:
    """A server of somebody else: `localhost` is another site than the `127.0.0.1` of ours."""

    def __init__(self) -> None:
        self.page = ""
        other = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = other.page.encode()
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def other_site() -> Iterator[OtherSite]:
    site = OtherSite()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def listed(transactional_db: None, settings: Any, live_server: Any, other_site: OtherSite) -> Site:
    settings.PUBLIC_ADDRESS = live_server.url
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.VISITS_WORK_BITS = 8
    load()
    return make_site(by=BY, at=now(), name="Szkoła", origin=other_site.address)


def shows(other_site: OtherSite, site: Site, home: str, query: str = "", script: bool = True) -> None:
    parts = {
        "home": home,
        "address": f"/wizyty/osadzone/{site.pk}/{query}",
        "title": "Umów wizytę",
        "height": 600,
        "script": script,
    }
    other_site.page = HOST.format(snippet=render_to_string("embed/snippet.txt", parts))


def in_frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def height(page: Page) -> float:
    box = page.locator("iframe").bounding_box()
    assert box is not None
    return box["height"]


def kept_of(context: BrowserContext, home: str) -> list[Any]:
    return [one for one in context.cookies(home) if one["name"] != "okienko_language"]


def look(page: Page, axe: str) -> None:
    """Nothing that axe finds inside the frame, nothing wider than it."""
    frame = page.frames[1]
    frame.wait_for_load_state()
    wide = frame.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], f"{frame.url} is {wide[0]} px wide in a frame of {wide[1]} px"
    frame.evaluate(axe)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = frame.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}}).then(told => told.violations)",
        rules,
    )
    assert found == [], f"{frame.url}: {[(one['id'], one['nodes'][0]['html']) for one in found]}"


@pytest.mark.req("BOOK-21", "CORE-51")
@pytest.mark.parametrize(("width", "dark"), [(320, False), (1280, True)])
def test_booked_on_the_page_of_another_site(
    listed: Site,
    other_site: OtherSite,
    open_page: OpenPage,
    live_server: Any,
    axe: str,
    width: int,
    dark: bool,
) -> None:
    shows(other_site, listed, live_server.url)
    page = open_page(other_site.address, width=width, dark=dark)
    page.context.clear_cookies()
    frame = in_frame(page)
    frame.get_by_role("heading", name="Co chcesz załatwić").wait_for()
    page.wait_for_function("document.querySelector('iframe').style.height")
    first = height(page)
    look(page, axe)
    frame.get_by_role("link", name="Dowód osobisty").first.click()
    frame.get_by_role("heading", name="Kiedy chcesz przyjść").wait_for()
    page.wait_for_function("before => document.querySelector('iframe').offsetHeight !== before", arg=first)
    look(page, axe)
    frame.get_by_role("region", name="Najbliższe wolne terminy").get_by_role("button").first.click()
    frame.get_by_role("heading", name="Kto przyjdzie").wait_for()
    page.wait_for_function("document.querySelector('iframe').getBoundingClientRect().top >= -1")
    assert page.frames[1].evaluate("document.activeElement.id") == "content"
    look(page, axe)
    frame.get_by_role("button", name="Dalej").click()
    frame.get_by_role("alert").wait_for()
    look(page, axe)
    frame.get_by_label("Imię i nazwisko").fill("Anonim Przykładowy")
    frame.get_by_label("E-mail").fill("anonim@example.org")
    frame.get_by_role("button", name="Dalej").click()
    frame.get_by_role("heading", name="Czy wszystko się zgadza").wait_for()
    look(page, axe)
    frame.get_by_role("button", name="Umów wizytę").click()
    frame.get_by_role("heading", name="Twoja wizyta jest umówiona").wait_for(timeout=25000)
    look(page, axe)
    booking = Booking.objects.get(name="Anonim Przykładowy")
    assert (booking.source, booking.site) == ("embedded", other_site.address)
    inner = page.frames[1].evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert inner[0] <= inner[1] + 1, "all is seen without scrolling in the frame"
    assert kept_of(page.context, live_server.url) == []
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="Moja wizyta (otworzy się w nowej karcie)").click()
    opened.value.get_by_role("banner").wait_for()
    assert opened.value.url.endswith(f"/wizyty/w/{booking.secret}/")


@pytest.mark.req("BOOK-21", "CORE-50")
@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_without_scripts_and_with_everything_chosen(
    listed: Site, other_site: OtherSite, open_page: OpenPage, live_server: Any, language: str
) -> None:
    shows(other_site, listed, live_server.url, f"?usluga=dowod&jezyk={language}")
    page = open_page(other_site.address, width=320, scripts=False, language="pl")
    page.context.clear_cookies()
    frame = in_frame(page)
    assert height(page) == 600
    frame.locator("ul.entries button").first.click()
    frame.locator("input[name=name]").fill("Anonim Przykładowy")
    frame.locator("input[name=email]").fill("anonim@example.org")
    frame.locator("form[novalidate] .buttons .primary").click()
    frame.locator("form:has(input[name=work]) .buttons button").click()
    frame.locator("strong.number").wait_for()
    booking = Booking.objects.get(name="Anonim Przykładowy")
    assert (booking.source, booking.language) == ("embedded", language)
    assert page.context.cookies() == []


@pytest.mark.req("BOOK-21", "BOOK-24")
@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_line_to_the_visit_where_cookies_are_blocked(
    listed: Site,
    other_site: OtherSite,
    without_others_cookies: Browser,
    live_server: Any,
    axe: str,
    scripts: bool,
) -> None:
    release = Release.objects.get(service=Service.objects.get(code="pojazd"))
    hour = (now() - timedelta(minutes=1)).astimezone(WARSAW).time()
    Release.objects.update(hour=hour.replace(microsecond=0), at_once=1)
    release.refresh_from_db()
    first = standing.hashed(make_place(release, at=now()))
    standing.come(first, at=now())
    shows(other_site, listed, live_server.url, "?usluga=pojazd")
    context = without_others_cookies.new_context(
        locale="pl", viewport={"width": 320, "height": 800}, java_script_enabled=scripts
    )
    page = context.new_page()
    page.set_default_timeout(5000)
    page.goto(other_site.address)
    frame = in_frame(page)
    frame.get_by_role("link", name="Przejdź do kolejki").click()
    frame.get_by_role("heading", name="Po nowe terminy jest kolejka").wait_for()
    if scripts:
        look(page, axe)
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="Stań w kolejce").click()
    opened.value.get_by_role("banner").wait_for()
    assert opened.value.url == f"{live_server.url}/wizyty/kolejka/pojazd/"
    opened.value.close()
    frame.get_by_role("button", name="Zajmij miejsce").click()
    frame.get_by_role("heading", name="Masz numer 2").wait_for()
    if scripts:
        look(page, axe)
    standing.leave(first, at=now())
    if not scripts:
        frame.get_by_role("button", name="Sprawdź").click()
    frame.get_by_role("heading", name="Kiedy chcesz przyjść").wait_for(timeout=25000)
    frame.locator("ul.entries button").first.click()
    frame.get_by_label("Imię i nazwisko").fill("Anonim Przykładowy")
    frame.get_by_label("E-mail").fill("anonim@example.org")
    frame.get_by_role("button", name="Dalej").wait_for()
    assert context.cookies() == []
    context.close()


@pytest.mark.req("BOOK-21")
def test_browsers_refuse_it_to_sites_that_are_not_listed(
    listed: Site, other_site: OtherSite, open_page: OpenPage, live_server: Any
) -> None:
    bip = Site.objects.exclude(pk=listed.pk).get()
    shows(other_site, bip, live_server.url)
    page = open_page(other_site.address)
    page.wait_for_load_state("networkidle")
    assert any("frame-ancestors" in one for one in page.complaints)  # type: ignore[attr-defined]
    assert page.frames[1].url.startswith("chrome-error:")
    other_site.page = HOST.format(
        snippet=f'<iframe src="{live_server.url}/wizyty/" title="Formularz"></iframe>'
    )
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.frames[1].url.startswith("chrome-error:")


@pytest.mark.req("BOOK-21", "CORE-51")
def test_the_office_makes_the_text_and_sees_how_it_looks(
    listed: Site, open_page: OpenPage, check_page: CheckPage, live_server: Any
) -> None:
    client = Client()
    client.force_login(Person.objects.get(email="administrator@okienko.example"))
    page = open_page("", width=320, permissions=["clipboard-read", "clipboard-write"])
    kept = client.cookies["okienko_session"].value
    page.context.add_cookies([{"name": "okienko_session", "value": kept, "url": live_server.url}])
    page.goto("/wizyty/ustawienia/")
    with page.expect_navigation():
        page.get_by_role("link", name="Inne strony z formularzem").click()
    check_page(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Szkoła").click()
    check_page(page)
    page.go_back()
    with page.expect_navigation():
        page.get_by_role("link", name="Co wkleić na stronę").click()
    check_page(page)
    page.get_by_label("Sprawa").select_option("dowod")
    page.get_by_role("button", name="Pokaż").click()
    text = page.get_by_role("textbox", name="Tekst do wklejenia")
    assert "<iframe src=" in text.input_value()
    page.get_by_role("button", name="Skopiuj tekst").click()
    page.get_by_text("Skopiowano").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == text.input_value().strip()
    frame = in_frame(page)
    frame.get_by_role("heading", name="Kiedy chcesz przyjść").wait_for()
    page.wait_for_function("document.querySelector('iframe').style.height")
    check_page(page)
