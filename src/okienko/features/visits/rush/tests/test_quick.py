"""Pages that thousands open within a minute: nothing of a session is asked, nobody sees what is another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okienko.base import time
from okienko.features.visits import holding
from okienko.features.visits.factories import make_service
from okienko.features.visits.rush import kept
from okienko.features.visits.rush.factories import make_place, make_release
from okienko.features.visits.rush.models import Line, Place, Release
from okienko.features.visits.rush.tests.test_views import LINE, opens, state_in, task_in, token_in
from okienko.features.visits.tests.conftest import AT, BY, Office
from okienko.kernel.people.factories import make_staff

pytestmark = [pytest.mark.req("BOOK-24"), pytest.mark.django_db]

TAKE = f"{LINE}miejsce/"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def kept_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, one request follows another before what is kept is over."""
    monkeypatch.setattr(kept, "KEPT", timedelta(hours=1))


def visitor(language: str = "en") -> Client:
    return Client(headers={"accept-language": language})


def page_of(client: Client) -> str:
    text: str = client.get(LINE).content.decode()
    return text


def test_the_page_has_what_protects_every_page(office: Office, release: Release) -> None:
    opens(10)
    client = visitor("uk")
    quick, usual = client.get(LINE), client.get("/wizyty/")
    for name in (
        "Content-Security-Policy", "Permissions-Policy", "X-Content-Type-Options", "Referrer-Policy",
        "Cross-Origin-Opener-Policy", "Content-Language",
    ):  # fmt: skip
        assert quick[name] == usual[name]
    assert quick["Content-Language"] == "uk"
    assert quick["Cache-Control"] == "private, no-store"
    assert {"Cookie", "Accept-Language"} <= set(quick["Vary"].split(", "))
    assert int(quick["Content-Length"]) == len(quick.content)
    assert quick["X-Request-Id"]


def test_a_host_that_is_not_ours_is_refused(office: Office, release: Release, settings: Any) -> None:
    assert visitor().get(LINE, headers={"host": "elsewhere.example"}).status_code == 400


@pytest.mark.parametrize(
    "told",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
    ],
)
def test_a_form_of_another_site_does_nothing(office: Office, release: Release, told: dict[str, str]) -> None:
    opens(10)
    refused = visitor().post(TAKE, {"token": holding.new_key()}, headers=told)
    assert refused.status_code == 403
    assert not refused.cookies
    assert not Place.objects.exists()
    client = visitor()
    assert client.post(TAKE, {"token": holding.new_key()}).status_code == 302
    for path in (f"{LINE}rezygnuje/", f"{LINE}sprawdz/"):
        assert client.post(path, headers=told).status_code == 403
    assert Place.objects.get().end == ""


@pytest.mark.parametrize(
    "told",
    [
        {"sec-fetch-site": "same-origin", "origin": "http://testserver"},
        {"origin": "http://testserver"},
        {},
    ],
)
def test_a_form_of_ours_and_a_program_are_served_without_a_token_of_a_session(
    office: Office, release: Release, told: dict[str, str]
) -> None:
    opens(10)
    client = Client(enforce_csrf_checks=True)
    token = token_in(client.get(LINE))
    assert client.post(TAKE, {"token": token}, headers=told).status_code == 302
    assert list(client.cookies) == [f"okienko_line_{release.pk}"]
    assert client.cookies[f"okienko_line_{release.pk}"]["samesite"] == "Lax"
    assert not Session.objects.exists()


@pytest.mark.usefixtures("kept_long")
def test_what_is_kept_costs_no_statement_and_shows_nobody_the_token_of_another(
    office: Office, release: Release
) -> None:
    opens(10)
    one = visitor().get(LINE)
    with CaptureQueriesContext(connection) as asked:
        other = visitor().get(LINE)
    assert not asked.captured_queries
    assert token_in(one) != token_in(other)
    assert token_in(one) not in other.content.decode()
    assert "\ue000" not in other.content.decode()


@pytest.mark.usefixtures("kept_long")
def test_the_work_belongs_to_the_token_of_the_same_page(
    office: Office, release: Release, settings: Any
) -> None:
    settings.VISITS_WORK_BITS = 4
    opens(10)
    pages = [visitor().get(LINE) for _ in range(3)]
    assert len({task_in(page) for page in pages}) == 3
    assert len({token_in(page) for page in pages}) == 3


@pytest.mark.usefixtures("kept_long")
def test_each_sees_their_own_place_on_the_page_that_is_kept(office: Office, release: Release) -> None:
    opens(-1)
    for _ in range(4):
        make_place(Release.objects.get(), at=time.now())
    clients = [visitor() for _ in range(3)]
    for client in clients:
        client.post(TAKE, {"token": token_in(client.get(LINE))})
    looks = list(Place.objects.order_by("pk").values_list("token_hash", flat=True))[4:]
    for number, client in enumerate(clients):
        text = page_of(client)
        assert f"You have number {number + 5}" in text
        assert looks[number] in text
        assert not [one for one in looks if one != looks[number] and one in text]


@pytest.mark.usefixtures("kept_long")
def test_the_language_is_the_readers_whoever_came_before(office: Office, release: Release) -> None:
    opens(10)
    words = {"pl": "Poczekalnia jest otwarta", "en": "The waiting room is open", "uk": 'lang="uk"'}
    for _ in range(2):
        for language, expected in words.items():
            text = page_of(visitor(language))
            assert expected in text
            assert f'<html lang="{language}"' in text
    chosen = visitor("en")
    chosen.cookies["okienko_language"] = "pl"
    assert words["pl"] in page_of(chosen)
    dark = visitor("en")
    dark.cookies["okienko_theme"] = "dark"
    assert 'data-theme="dark"' in page_of(dark)
    assert 'data-theme="dark"' not in page_of(visitor("en"))


@pytest.mark.usefixtures("kept_long")
def test_what_one_adds_to_the_address_is_not_shown_to_others(office: Office, release: Release) -> None:
    opens(10)
    assert "zlosliwe" not in visitor().get(f"{LINE}?zlosliwe=1").content.decode()
    assert "zlosliwe" not in page_of(visitor())


def test_who_is_signed_in_sees_the_same_page(office: Office, release: Release) -> None:
    opens(10)
    client = visitor()
    client.force_login(make_staff("szefowa@okienko.example", "administrator", by=BY, at=AT))
    with CaptureQueriesContext(connection) as asked:
        text = page_of(client)
    assert "szefowa" not in text
    assert not [one for one in asked.captured_queries if "session" in one["sql"]]


@pytest.mark.usefixtures("kept_long")
def test_two_matters_that_open_at_the_same_hour_have_each_a_line(office: Office, release: Release) -> None:
    other = make_service(office.counters, by=BY, at=AT, code="paszport", title="Paszport")
    make_release(other, by=BY, at=AT)
    opens(-1)
    for one in Release.objects.select_related("service"):
        for _ in range(4):
            make_place(one, at=time.now())
    client = visitor()
    for code, title in (("dowod", office.service.title), ("paszport", "Paszport")):
        address = f"/wizyty/kolejka/{code}/"
        door = client.get(address)
        assert title in door.content.decode()
        client.post(f"{address}miejsce/", {"token": token_in(door)})
    assert [line.last_number for line in Line.objects.all()] == [5, 5]
    for code in ("dowod", "paszport"):
        text = client.get(f"/wizyty/kolejka/{code}/").content.decode()
        assert "You have number 5" in text
        assert f"/wizyty/kolejka/{code}/sprawdz/" in text


def test_what_is_kept_is_over_after_a_second(office: Office, release: Release) -> None:
    at = time.now()
    made = [kept.known("what", lambda: object(), at=at + step * timedelta(seconds=0.4)) for step in range(4)]
    assert made[0] is made[1] is made[2] is not made[3]


def test_taking_a_place_before_the_hour_is_one_statement(office: Office, release: Release) -> None:
    opens(10)
    client = visitor()
    tokens = [token_in(client.get(LINE)) for _ in range(2)]
    client.post(TAKE, {"token": tokens[0]})
    with CaptureQueriesContext(connection) as asked:
        Client().post(TAKE, {"token": tokens[1]}, headers={"accept": "application/json"})
    assert len(asked) == 1
    assert Place.objects.count() == 2
    assert state_in(client.get(LINE)) == "early"
