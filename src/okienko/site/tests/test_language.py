"""In which language a page speaks: the one chosen, else the browser's among ours, else Polish."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.req("CORE-50")]


@pytest.mark.parametrize(
    ("chosen", "asked", "language"),
    [
        ("", "", "pl"),
        ("", "de-DE,fr;q=0.8", "pl"),
        ("", "de,uk;q=0.9,en;q=0.8", "uk"),
        ("en", "uk", "en"),
        ("xx", "uk", "uk"),
    ],
)
def test_a_page_speaks_the_language_of_its_reader(chosen: str, asked: str, language: str) -> None:
    client = Client(headers={"accept-language": asked} if asked else {})
    if chosen:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = chosen
    page = client.get("/")
    assert page["Content-Language"] == language
    assert f'<html lang="{language}"' in page.content.decode()


def test_who_keeps_copies_of_pages_knows_that_readers_differ_in_language() -> None:
    assert {"Accept-Language", "Cookie"} <= set(Client().get("/")["Vary"].split(", "))
    assert "Vary" not in Client().get("/ui/theme.css")
