"""A real browser for the journeys, and the one look at a page that every journey takes."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--force-color-profile=srgb",
]
# WCAG 2.2 AA and what axe advises beside it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

CheckPage = Callable[..., None]
OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys share one browser: one process of xdist drives them all."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))


def _vendor() -> ModuleType:
    specification = importlib.util.spec_from_file_location("vendor", ROOT / "tools" / "vendor.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    # Dataclasses look their own module up by its name.
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def axe() -> str:
    vendor = _vendor()
    place: Path = vendor.fetched(vendor.AXE)
    return place.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is needed for the journeys: apt-get install chromium")
        pytest.skip("Chromium is needed for the journeys: apt-get install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop running in this thread; Django takes that for asynchronous code and
        # refuses to touch the database, although nothing here is asynchronous.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()
        # While that loop runs, this thread has database connections of its own beside those it had before;
        # left open they would keep the test database from being removed.
        connections.close_all()


@pytest.fixture
def without_others_cookies(browser: Browser) -> Iterator[Browser]:
    """A browser that gives no cookies to sites within sites."""
    arguments = [*ARGUMENTS, "--test-third-party-cookie-phaseout"]
    strict = browser.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    yield strict
    strict.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """`open_page("/ui/", width=320, dark=True, language="uk", scripts=False)`: a page in a browser of its own."""
    contexts: list[BrowserContext] = []

    def opened(
        path: str = "",
        *,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        language: str = "pl",
        scripts: bool = True,
        **options: Any,
    ) -> Page:
        # A page that is kept in the background would ask while the tables of the next test are being emptied.
        options.setdefault("service_workers", "block")
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale=language,
            java_script_enabled=scripts,
            **options,
        )
        contexts.append(context)
        context.add_cookies([{"name": "okienko_language", "value": language, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(5000)
        _listen(page)
        if path:
            page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


# What a test brings about itself: it has taken the network away, or keeps pages from working in the background.
WANTED = ("ERR_INTERNET_DISCONNECTED", "Service Worker registration blocked by Playwright")


def _listen(page: Page) -> None:
    """What the page complained of is kept with the page; `check_page` wants it to be nothing."""
    complaints: list[str] = []
    page.complaints = complaints  # type: ignore[attr-defined]

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(part in message.text for part in WANTED):
            complaints.append(f"{message.type}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))


@pytest.fixture
def check_page(axe: str) -> CheckPage:
    """Nothing that axe finds, nothing in the console (which is where broken security rules are told), no scrolling
    sideways."""

    def check(page: Page) -> None:
        # A page that is on its way has no document yet.
        page.wait_for_load_state()
        page.locator("main").first.wait_for()
        assert page.complaints == []  # type: ignore[attr-defined]
        wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], f"{page.url} is {wide[0]} px wide in a window of {wide[1]} px"
        # What a bar that stays in view covers half of is reported as too small a target.
        page.evaluate("window.scrollTo(0, 0)")
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(axe)
        found = page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}}).then(told => told.violations)",
            RULES,
        )
        assert found == [], _told(page.url, found)

    return check


def _told(url: str, found: list[dict[str, Any]]) -> str:
    nodes = ((violation["id"], node) for violation in found for node in violation["nodes"])
    return "\n".join([url, *(f"{name}: {node['target']}: {node['failureSummary']}" for name, node in nodes)])
