"""A call taken by keyboard alone in a real browser: how many keys are pressed beside the text itself."""

from __future__ import annotations

import os
import shutil
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

LIMIT = 25


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def measure() -> list[dict[str, Any]]:
    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test import Client

    from okienko.kernel.people.models import Person
    from okienko.site.wsgi import application

    settings.ALLOWED_HOSTS, settings.DEBUG = ["127.0.0.1", "testserver"], True
    client = Client()
    client.force_login(Person.objects.get(email="operator@okienko.example"))
    server = make_server("127.0.0.1", 0, StaticFilesHandler(application), handler_class=_Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    session = client.cookies["okienko_session"].value
    strokes = _call(f"http://127.0.0.1:{server.server_port}", session)
    server.shutdown()
    name = "a call registered, key strokes beside the text"
    return [{"name": name, "value": strokes, "unit": "keys", "peer": "", "peer_value": None, "limit": LIMIT,
             "ok": strokes <= LIMIT}]  # fmt: skip


def _call(base: str, session: str) -> int:
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    strokes = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(base_url=base, locale="pl")
        context.add_cookies([{"name": "okienko_session", "value": session, "url": base}])
        page = context.new_page()
        page.goto("/zgloszenia/telefon/")
        page.wait_for_function("document.activeElement.name === 'category'")

        def press(*keys: str) -> None:
            nonlocal strokes
            for key in keys:
                page.keyboard.press(key)
                strokes += 1

        press("n", "a")
        page.locator("[name^=answer_]").nth(1).wait_for()
        # The questions of the category, the street with its number, what is wrong, an answer wanted by phone.
        for text, keys in (
            ("jak koło", 1), ("tak", 1), ("ul. Zmyślona", 1), ("4", 1), ("Głęboka dziura", 2),
        ):  # fmt: skip
            press(*["Tab"] * keys)
            page.keyboard.type(text)
        press("Tab", "Space", "Tab")
        page.keyboard.type("Anonim Przykładowy")
        press("Tab")
        page.keyboard.type("600000000")
        press("Enter")
        page.wait_for_url("**/telefon/*/")
        browser.close()
    return strokes
