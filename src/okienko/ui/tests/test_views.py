"""The colours, the reader's preferences, the pages of refusal, the charts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, override_settings

from okienko.ui import charts
from okienko.ui.office import Office


def orange() -> Office:
    return Office(name="Urząd Przykładowy", colour="#ff8800")


def broken() -> Office:
    return Office(colour="red;} body{display:none")


def get(address: str, **headers: str) -> HttpResponse:
    client: Any = Client(headers=headers)
    answer: HttpResponse = client.get(address)
    return answer


@pytest.mark.req("CORE-51")
def test_an_office_has_its_own_colour() -> None:
    usual = get("/ui/theme.css")
    with override_settings(OFFICE=f"{__name__}.orange"):
        own = get("/ui/theme.css")
    assert own["Content-Type"].startswith("text/css")
    assert b"--accent-on-dark: #ff8800" in own.content
    assert own.content != usual.content


@pytest.mark.parametrize("address", ["/ui/theme.css", "/ui/favicon.svg", "/ui/manifest.webmanifest"])
def test_what_every_page_wants_is_sent_once(address: str) -> None:
    usual = get(address)
    etag = usual["ETag"]
    assert Client().head(address)["ETag"] == etag
    # Proxies that pack an answer call its mark a weak one.
    for known in (etag, f"W/{etag}", f'"another", W/{etag}', "*"):
        same = get(address, if_none_match=known)
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag), known
        assert same["Cache-Control"] == usual["Cache-Control"]
    assert get(address, if_none_match='"another"').status_code == 200


def test_what_is_not_a_colour_never_reaches_a_stylesheet() -> None:
    usual = get("/ui/theme.css").content
    with override_settings(OFFICE=f"{__name__}.broken"):
        assert get("/ui/theme.css").content == usual


@pytest.mark.req("CORE-50", "CORE-53")
def test_a_preference_is_kept_and_leads_back() -> None:
    answer = Client().post("/ui/preferences/", {"language": "uk", "next": "/ui/?sort=title"})
    assert (answer.status_code, answer["Location"]) == (302, "/ui/?sort=title")
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "uk"


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example/", "javascript:alert(1)", ""])
def test_a_preference_never_leads_away(address: str) -> None:
    assert Client().post("/ui/preferences/", {"theme": "dark", "next": address})["Location"] == "/"


def test_unknown_preferences_are_refused_and_reading_changes_nothing() -> None:
    assert Client().post("/ui/preferences/", {"theme": "pink"}).status_code == 400
    assert Client().get("/ui/preferences/?theme=dark").status_code == 405


@pytest.mark.parametrize("address", ["/ui/", "/ui/resident/"])
def test_the_book_of_components_is_not_for_strangers(address: str) -> None:
    assert get(address).status_code == 200
    with override_settings(PRODUCTION=True, SECURE_SSL_REDIRECT=False):
        assert get(address).status_code == 404


@pytest.mark.parametrize(
    "template",
    ["400.html", "404.html", "403.html", "403_csrf.html", "500.html", "503.html", "ui/refused.html"],
)
def test_pages_of_refusal_need_nothing_to_be_shown(template: str) -> None:
    page = render_to_string(template)
    assert "<h1>" in page
    assert "</html>" in page


@pytest.mark.req("CORE-51")
@pytest.mark.parametrize("address", ["/ui/", "/ui/resident/", "/ui/keyboard/"])
def test_no_page_carries_styles_or_scripts_inside(address: str) -> None:
    page = get(address).content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", page)


@pytest.mark.req("CORE-65")
def test_a_chart_says_what_it_shows_and_has_its_table() -> None:
    text = "{% load ui %}{% bar_chart series title='Reports' export='/x.csv' %}"
    page = Template(text).render(Context({"series": [("Roads <b>", 3, "/list/?kind=roads"), ("Lamps", 0)]}))
    assert "Roads &lt;b&gt;: 3, Lamps: 0" in page
    assert 'href="/list/?kind=roads"' in page
    assert 'href="/x.csv"' in page
    named = re.search(r'aria-labelledby="(\S+) (\S+)"', page)
    assert named is not None
    assert f'<title id="{named[1]}">Reports</title>' in page


@pytest.mark.parametrize("series", [[], [("a", 0)], [("a", 5)], [("a", 1), ("b", 0), ("c", 2.5)]])
def test_charts_of_nothing_and_of_one_are_drawn(series: list[Any]) -> None:
    text = (
        "{% load ui %}{% bar_chart series title='x' %}{% donut series title='x' %}"
        "{% line_chart lines title='x' %}"
    )
    page = Template(text).render(Context({"series": series, "lines": [("one", series), ("two", series)]}))
    assert "nan" not in page.lower()
    assert page.count("<svg") >= 3


@pytest.mark.parametrize(
    ("most", "ticks"), [(0, [0, 1]), (4, [0, 1, 2, 3, 4]), (23, [0, 10, 20, 30]), (1000, [0, 500, 1000])]
)
def test_scales_have_round_numbers(most: int, ticks: list[int]) -> None:
    assert charts.scale(most) == ticks


def test_shares_of_a_ring_make_a_whole() -> None:
    slices = charts.ring(charts.data([("a", 1), ("b", 2), ("c", 1)]))
    assert [one.share for one in slices] == [0.25, 0.5, 0.25]


@pytest.mark.parametrize(("days", "marks"), [(1, 1), (24, 24), (25, 13), (365, 23)])
def test_a_long_line_has_no_more_marks_than_can_be_told_apart_and_loses_no_number(
    days: int, marks: int
) -> None:
    points = [(f"dzień {day}", day) for day in range(days)]
    text = "{% load ui %}{% line_chart lines title='x' %}"
    drawn = Template(text).render(Context({"lines": [("a", points)]}))
    assert drawn.count("<use ") == marks
    assert drawn.count('<th scope="row">dzień') == days


def test_a_chart_beside_its_own_table_says_it_once() -> None:
    text = "{% load ui %}{% bar_chart series title='Reports' beside_table=True %}"
    drawn = Template(text).render(Context({"series": [("Roads", 3)]}))
    assert "Roads: 3</desc>" in drawn
    assert "<table" not in drawn
    assert "<figcaption" not in drawn
