"""Passkeys in a real browser with an authenticator that Chromium plays, under the strict security policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page

from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person

OpenPage = Callable[..., Page]

PASSWORD = "osiem zielonych kotów"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def clerk(transactional_db: None) -> Person:
    at = datetime(2026, 11, 16, tzinfo=UTC)
    person = make_staff("anna@okienko.example", by=Actor.system("tests"), at=at, password=PASSWORD)
    EmailAddress.objects.update_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )
    return person


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    page = open_page()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def with_password(page: Page, clerk: Person) -> None:
    page.goto("/konto/login/")
    page.fill("[name=login]", clerk.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")


def with_passkey(page: Page) -> None:
    page.click("form[data-passkey] button")


@pytest.mark.req("CORE-02", "CORE-66")
def test_a_passkey_is_made_and_signs_in_by_itself(page: Page, clerk: Person) -> None:
    with_password(page, clerk)
    page.wait_for_url("**/praca/")
    page.goto("/konto/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.fill("[name=name]", "Telefon Anny")
    with_passkey(page)
    page.wait_for_url("**/recovery-codes/")
    page.goto("/konto/2fa/webauthn/")
    assert "Telefon Anny" in page.content()
    page.context.clear_cookies(name="okienko_session")
    page.goto("/konto/login/")
    with_passkey(page)
    page.wait_for_url("**/praca/")
    page.goto("/moje/")
    assert page.title().startswith("Moje dane")
    page.context.clear_cookies(name="okienko_session")
    with_password(page, clerk)
    page.wait_for_url("**/2fa/authenticate/")
    with_passkey(page)
    page.wait_for_url("**/praca/")
    assert page.complaints == []  # type: ignore[attr-defined]
