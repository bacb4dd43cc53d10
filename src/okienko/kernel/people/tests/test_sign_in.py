from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client

from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of
from okienko.kernel.people import actions, queries
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.middleware import LOOK_AGAIN_SECONDS, LOOKED
from okienko.kernel.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("okienko.kernel.people.tests.urls")]

BY = Actor.system("tests")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
PASSWORD = "osiem zielonych kotów"


@pytest.fixture(autouse=True)
def _no_memory_of_tries() -> None:
    cache.clear()


@pytest.fixture
def clerk() -> Person:
    person = make_staff("anna@okienko.example", by=BY, at=AT, first_name="Anna", password=PASSWORD)
    EmailAddress.objects.update_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )
    return person


def sign_in(client: Client, email: str, password: str = PASSWORD, language: str = "en") -> str:
    response = client.post(
        "/konto/login/",
        {"login": email, "password": password},
        headers={"accept-language": language},
        follow=True,
    )
    return response.content.decode()


def confirm(client: Client) -> None:
    """Once more the password, before what concerns the safety of the account."""
    client.post("/konto/reauthenticate/", {"password": PASSWORD})


def ten_minutes_later(client: Client) -> None:
    """Whether a second factor is needed is kept with the session for that long."""
    session = client.session
    session[LOOKED] -= LOOK_AGAIN_SECONDS
    session.save()


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.req("CORE-02")
def test_residents_sign_up_themselves_by_a_code_sent_to_their_address(client: Client) -> None:
    form = {"email": "ola@example.org", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post("/konto/signup/", form, headers={"accept-language": "uk"}, follow=True)
    person = Person.objects.get(email="ola@example.org")
    assert person.kind == Person.Kind.RESIDENT
    assert person.language == "uk"
    assert [entry.kind for entry in entries_of(person)] == ["person.signed_up"]
    assert not signed_in(client)
    assert "ola@example.org" in response.content.decode()
    (sent,) = mail.outbox
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(sent.body), re.MULTILINE)
    assert code is not None, sent.body
    wrong = client.post("/konto/confirm-email/", {"code": "000000"})
    assert not signed_in(client), wrong.content.decode()
    client.post("/konto/confirm-email/", {"code": code[1]})
    assert signed_in(client)
    assert EmailAddress.objects.get(email="ola@example.org").verified


@pytest.mark.req("CORE-02")
def test_signing_up_with_the_address_of_staff_gives_nothing_and_tells_nothing(
    client: Client, clerk: Person
) -> None:
    form = {"email": "ANNA@okienko.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/konto/signup/", form, follow=True)
    assert not signed_in(client)
    assert Person.objects.count() == 1
    clerk.refresh_from_db()
    assert clerk.is_staff_member


@pytest.mark.req("CORE-02")
def test_an_invited_person_sets_the_password_by_the_link_and_works(client: Client) -> None:
    person = actions.invite(by=BY, at=AT, email="jan@okienko.example", language="uk")
    link = queries.password_path(person)
    page = client.get(link, follow=True)
    (address, _status) = page.redirect_chain[-1]
    client.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    sign_in(client, "jan@okienko.example")
    assert signed_in(client)
    assert client.cookies["okienko_language"].value == "uk"
    client.logout()
    assert "uses" not in client.get(link, follow=True).redirect_chain
    assert 'name="password1"' not in client.get(link, follow=True).content.decode()


@pytest.mark.req("CORE-55")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The e-mail address or the password is wrong"),
        ("pl", "Adres e-mail lub hasło są błędne"),
        ("uk", "Адреса електронної пошти або пароль неправильні"),
    ],
)
def test_a_wrong_password_is_said_plainly_and_keeps_the_address(
    client: Client, clerk: Person, language: str, words: str
) -> None:
    shown = sign_in(client, clerk.email, "wrong password", language)
    assert words in shown
    assert f'value="{clerk.email}"' in shown
    assert not signed_in(client)


@pytest.mark.req("CORE-66")
def test_repeated_failures_lock_even_the_right_password_out(client: Client, clerk: Person) -> None:
    for _ in range(5):
        sign_in(client, clerk.email, "wrong password")
    shown = sign_in(client, clerk.email)
    assert "Wait five minutes" in shown
    assert not signed_in(client)
    cache.clear()
    sign_in(client, clerk.email)
    assert signed_in(client)


@pytest.mark.req("CORE-66")
def test_the_session_ends_with_sign_out_and_elsewhere_with_a_new_password(
    client: Client, clerk: Person
) -> None:
    sign_in(client, clerk.email)
    cookie = client.cookies["okienko_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    other = Client()
    sign_in(other, clerk.email)
    assert other.get("/moje/").status_code == 200
    client.post("/konto/sessions/")
    assert other.get("/moje/").status_code == 302
    sign_in(other, clerk.email)
    new = {
        "oldpassword": PASSWORD,
        "password1": "dziewięć białych psów",
        "password2": "dziewięć białych psów",
    }
    assert client.post("/konto/password/change/", new).status_code == 302
    assert other.get("/moje/").status_code == 302
    assert client.get("/moje/").status_code == 200
    kept = client.cookies["okienko_session"].value
    client.post("/konto/logout/")
    stolen = Client()
    stolen.cookies["okienko_session"] = kept
    assert stolen.get("/moje/").status_code == 302


@pytest.mark.req("CORE-02", "CORE-66")
def test_who_must_use_a_second_factor_gets_only_as_far_as_setting_one_up(
    client: Client, clerk: Person
) -> None:
    actions.give_role(clerk, "administrator", by=BY, at=AT)
    sign_in(client, clerk.email)
    assert client.get("/osoby/").status_code == 200
    actions.require_second_factor(["administrator"], by=BY, at=AT)
    ten_minutes_later(client)
    for address in ("/osoby/", "/moje/", "/moje/klucze/", "/", "/praca/", "/konto/email/"):
        assert client.get(address)["location"] == "/konto/2fa/", address
    assert "wymaga drugiego składnika" in client.get("/konto/2fa/").content.decode()
    assert client.get("/konto/2fa/totp/activate/")["location"].startswith("/konto/reauthenticate/")
    confirm(client)
    page = client.get("/konto/2fa/totp/activate/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = client.session["mfa.totp.secret"]
    assert secret in page
    wrong = client.post("/konto/2fa/totp/activate/", {"code": "000"}, headers={"accept-language": "pl"})
    assert "error" in wrong.content.decode()
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    client.post("/konto/2fa/totp/activate/", {"code": code})
    assert client.get("/osoby/").status_code == 200
    assert "<code>" in client.get("/konto/2fa/recovery-codes/").content.decode()
    client.post("/konto/logout/")
    shown = sign_in(client, clerk.email)
    assert 'autocomplete="one-time-code"' in shown
    assert not signed_in(client)
    (recovery,) = Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES)
    client.post("/konto/2fa/authenticate/", {"code": recovery.wrap().get_unused_codes()[0]})
    assert signed_in(client)


@pytest.mark.req("CORE-02")
def test_who_is_told_so_personally_needs_a_second_factor_too(clerk: Person) -> None:
    assert not queries.lacks_second_factor(clerk, at=AT)
    actions.change_person(clerk, by=BY, at=AT, version=clerk.version, must_use_second_factor=True)
    assert queries.lacks_second_factor(clerk, at=AT)


@pytest.mark.req("CORE-02")
@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_a_passkey_is_a_second_factor_as_good_as_a_code(client: Client, clerk: Person, kind: str) -> None:
    actions.give_role(clerk, "administrator", by=BY, at=AT)
    actions.require_second_factor(["administrator"], by=BY, at=AT)
    client.force_login(clerk)
    assert client.get("/osoby/")["location"] == "/konto/2fa/"
    Authenticator.objects.create(user=clerk, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert client.get("/osoby/")["location"] == "/konto/2fa/", "codes for an emergency are none by themselves"
    Authenticator.objects.create(user=clerk, type=kind, data={})
    assert client.get("/osoby/").status_code == 200
    assert "set up" in client.get(f"/osoby/{clerk.pk}/", headers={"accept-language": "en"}).content.decode()


@pytest.mark.req("CORE-02")
@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_every_page_of_sign_in_shows_and_has_no_inline_script(
    client: Client, clerk: Person, language: str
) -> None:
    spoken = {"accept-language": language}
    entrance = ("/konto/login/", "/konto/signup/", "/konto/password/reset/", "/konto/password/reset/done/")
    inside = (
        "/konto/email/", "/konto/password/change/", "/konto/2fa/", "/konto/2fa/totp/activate/", "/konto/logout/",
        "/konto/2fa/webauthn/add/", "/konto/2fa/webauthn/", "/konto/sessions/", "/moje/",
    )  # fmt: skip
    for address in entrance:
        _check(client.get(address, headers=spoken).content.decode(), address)
    sign_in(client, clerk.email)
    _check(client.get("/konto/reauthenticate/", headers=spoken).content.decode(), "/konto/reauthenticate/")
    confirm(client)
    for address in inside:
        response = client.get(address, headers=spoken)
        assert response.status_code == 200, address
        _check(response.content.decode(), address)


def _check(page: str, address: str) -> None:
    assert 'id="content"' in page, address
    for attributes in re.findall(r"<script([^>]*)>", page):
        assert "src=" in attributes or 'type="application/json"' in attributes, address
    assert " style=" not in page, address
    assert " onclick=" not in page, address


@pytest.mark.req("CORE-61", "CORE-66")
def test_what_one_process_counts_all_of_them_know(client: Client, clerk: Person) -> None:
    def counts() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM okienko_cache")
            return int(cursor.fetchone()[0])

    before = counts()
    sign_in(client, clerk.email, "wrong password")
    assert counts() > before


@pytest.mark.req("CORE-66")
def test_too_many_requests_are_answered_in_words(client: Client) -> None:
    for _ in range(60):
        response = client.post(
            "/konto/password/reset/", {"email": "x@example.org"}, headers={"accept-language": "en"}
        )
        if response.status_code == 429:
            break
    assert response.status_code == 429
    assert "Wait a few minutes" in response.content.decode()
