from __future__ import annotations

import re
import smtplib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from okienko.kernel.people.models import Person
from okienko.site.sign_in_mails import ASKED, CHANGED
from okienko.ui.office import Office

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 16, 8, tzinfo=UTC)

PASSWORD = "dobre-i-dlugie-haslo-77"
SIGN_UP = {"email": "ola@example.org", "password1": PASSWORD, "password2": PASSWORD}


def test_whatever_the_library_may_write_has_words_of_ours() -> None:
    """Sign-in by a code alone and from elsewhere is not offered."""
    folder = Path(allauth.__file__).parent / "templates"
    names = {path.name.removesuffix("_message.txt") for path in folder.glob("*/email/*_message.txt")}
    not_used = {"base", "email_confirmation_signup", "login_code", "password_reset_code"}
    not_used |= {"account_connected", "account_disconnected"}
    assert names - not_used == ASKED.keys() | CHANGED.keys()


@pytest.fixture(autouse=True)
def _no_memory_of_tries() -> None:
    cache.clear()


def starostwo() -> Office:
    return Office(name="Starostwo", contact="tel. 22 000 00 00")


@pytest.mark.req("CORE-02", "CORE-50")
def test_the_first_mail_comes_from_the_office_in_the_readers_language(client: Client, settings: Any) -> None:
    settings.OFFICE = f"{__name__}.starostwo"
    client.post("/konto/signup/", SIGN_UP, headers={"accept-language": "pl"})
    (sent,) = mail.outbox
    assert sent.subject == "Kod potwierdzający adres e-mail"
    assert sent.body.startswith("Przepisz ten kod")
    assert sent.body.endswith("\n\nStarostwo\ntel. 22 000 00 00\n")
    assert "testserver" not in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.req("CORE-02")
def test_a_code_that_did_not_come_is_sent_again_and_a_wrong_address_put_right(client: Client) -> None:
    client.post("/konto/signup/", SIGN_UP)
    cache.clear()  # some minutes later
    client.post("/konto/confirm-email/", {"action": "resend"})
    client.post("/konto/confirm-email/", {"action": "change", "email": "ola.dobra@example.org"})
    assert [sent.to for sent in mail.outbox] == [["ola@example.org"]] * 2 + [["ola.dobra@example.org"]]
    codes = [re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", str(sent.body), re.MULTILINE) for sent in mail.outbox]
    assert codes[2] is not None
    client.post("/konto/confirm-email/", {"code": codes[2][1]})
    assert "_auth_user_id" in client.session
    assert Person.objects.get().email == "ola.dobra@example.org"


@pytest.mark.req("CORE-02", "CORE-55")
def test_mail_that_cannot_leave_breaks_no_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: Any) -> None:
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as down:
        down.setattr(EmailBackend, "send_messages", refuse)
        page = client.post("/konto/signup/", SIGN_UP, headers={"accept-language": "en"}, follow=True)
    assert page.status_code == 200
    shown = page.content.decode()
    assert "could not be sent just now" in shown
    assert shown.count("ola@example.org") == 1, (
        "only the page says where the code goes, nothing that it has been sent"
    )
    cache.clear()  # some minutes later
    client.post("/konto/confirm-email/", {"action": "resend"})
    assert len(mail.outbox) == 1


@pytest.mark.req("CORE-02", "CORE-66")
def test_a_change_of_the_password_is_told_with_a_way_out(client: Client) -> None:
    person = Person(email="ola@example.org", kind=Person.Kind.RESIDENT, joined_at=AT)
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    client.post("/konto/login/", {"login": person.email, "password": PASSWORD})
    given = {"oldpassword": PASSWORD, "password1": PASSWORD + "8", "password2": PASSWORD + "8"}
    client.post(
        "/konto/password/change/", given, headers={"accept-language": "pl", "user-agent": "100%s pewne"}
    )
    (sent,) = mail.outbox
    assert sent.subject == "Twoje hasło zostało zmienione"
    assert "http://testserver/konto/password/reset/" in sent.body
    assert "100%s pewne" in sent.body
