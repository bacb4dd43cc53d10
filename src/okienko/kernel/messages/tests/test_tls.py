"""Mail over TLS with real sockets: what is not safe is not sent, and the message waits and says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from django.core.mail import send_mail

from okienko.kernel.messages import delivery, fetching
from okienko.kernel.messages.models import Mailbox, Message
from okienko.kernel.messages.tests.authority import Authority
from okienko.kernel.messages.tests.offices import ANNA, Clock, write
from okienko.kernel.messages.tests.servers import Letterbox, imap_server, smtp_server
from okienko.kernel.units.models import Unit

State = Message.State
pytestmark = [pytest.mark.django_db, pytest.mark.req("CORE-32")]
LETTER = b"From: anna@example.org\r\nSubject: x\r\nMessage-ID: <1@example.org>\r\n\r\nTekst\r\n"


@pytest.fixture
def authority(tmp_path: Path, settings: Any) -> Authority:
    made = Authority(tmp_path / "ours")
    settings.CA_FILE = str(made.file)
    return made


def _asked(letterbox: Letterbox, *, right: bool = True) -> Any:
    """Keeps each password that was said, and whether the line was encrypted by then."""

    def asked(server: Any, session: Any, envelope: Any, mechanism: str, said: Any) -> AuthResult:
        letterbox.logins.append((bytes(said.password).decode(), session.ssl is not None))
        return AuthResult(success=right, handled=False)

    return asked


def _sent(unit: Unit) -> Message:
    write(unit)
    delivery.deliver_due("email", clock=Clock())
    return Message.objects.get()


def _with_login(address: str, scheme: str, query: str = "") -> str:
    return address.replace("smtp://127.0.0.1", f"{scheme}://urzad:haslo@localhost") + query


def test_over_tls_from_the_first_byte(unit: Unit, settings: Any, authority: Authority) -> None:
    with smtp_server(ssl_context=authority.server("localhost"), auth_require_tls=False) as (box, address):
        settings.SMTP_URL = address.replace("smtp://127.0.0.1", "smtps://localhost")
        assert _sent(unit).state == State.SENT
    assert box.envelopes[0][1] == [ANNA]


def test_over_starttls_the_password_is_said_only_inside(
    unit: Unit, settings: Any, authority: Authority
) -> None:
    box = Letterbox()
    options: dict[str, Any] = {"tls_context": authority.server("localhost"), "require_starttls": True}
    with smtp_server(box, authenticator=_asked(box), **options) as (_box, address):
        settings.SMTP_URL = _with_login(address, "smtp", "?tls=starttls")
        assert _sent(unit).state == State.SENT
    assert box.logins == [("haslo", True)]


def test_a_server_without_starttls_is_told_neither_password_nor_mail(unit: Unit, settings: Any) -> None:
    box = Letterbox()
    with smtp_server(box, authenticator=_asked(box), auth_require_tls=False) as (_box, address):
        settings.SMTP_URL = _with_login(address, "smtp", "?tls=starttls")
        message = _sent(unit)
    assert message.state == State.WAITING
    assert "STARTTLS" in message.problem
    assert (box.logins, box.mails) == ([], [])


def test_a_misspelt_wish_for_tls_is_no_leave_to_go_without(unit: Unit, settings: Any) -> None:
    with smtp_server() as (box, address):
        settings.SMTP_URL = address + "?tls=start-tls"
        message = _sent(unit)
    assert (message.state, box.mails) == (State.WAITING, [])
    assert "start-tls" in message.problem


def test_a_refused_login_over_tls_waits_and_says_so(unit: Unit, settings: Any, authority: Authority) -> None:
    box = Letterbox()
    context = authority.server("localhost")
    with smtp_server(box, tls_context=context, authenticator=_asked(box, right=False)) as (_box, address):
        settings.SMTP_URL = _with_login(address, "smtp", "?tls=starttls")
        message = _sent(unit)
    assert message.state == State.WAITING
    assert message.problem.startswith("535")
    assert box.mails == []


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
@pytest.mark.parametrize("wrong", ["host", "authority"])
def test_neither_a_wrong_name_nor_an_unknown_authority_is_trusted(
    unit: Unit, settings: Any, authority: Authority, tmp_path: Path, wrong: str, scheme: str
) -> None:
    signer = authority if wrong == "host" else Authority(tmp_path / "theirs", "Somebody else")
    context = signer.server("other.example" if wrong == "host" else "localhost")
    box = Letterbox()
    how = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context}
    with smtp_server(box, authenticator=_asked(box), **how) as (_box, address):
        settings.SMTP_URL = _with_login(address, scheme, "?tls=starttls" if scheme == "smtp" else "")
        message = _sent(unit)
    assert message.state == State.WAITING
    assert ("Hostname mismatch" if wrong == "host" else "unable to get local issuer") in message.problem
    assert (box.logins, box.mails) == ([], [])


def test_codes_for_signing_in_go_by_the_same_trust(settings: Any, authority: Authority) -> None:
    with smtp_server(ssl_context=authority.server("localhost")) as (box, address):
        settings.EMAIL_BACKEND = "okienko.kernel.messages.gateways.tls.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", int(address.rpartition(":")[2])
        settings.EMAIL_USE_SSL = True
        assert send_mail("Kod", "123", "urzad@okienko.example", [ANNA]) == 1
    assert len(box.mails) == 1


@pytest.mark.parametrize("scheme", ["imaps", "imap"])
def test_a_box_is_read_over_tls(db: None, authority: Authority, scheme: str) -> None:
    context = authority.server("localhost")
    with imap_server(**{"tls" if scheme == "imaps" else "starttls": context}) as (box, address):
        box.put(LETTER)
        assert fetching.fetch(_box(address, scheme), clock=Clock()) == 1
    assert [encrypted for _command, encrypted in box.logins] == [True]
    assert Mailbox.objects.get().problem == ""


def test_a_box_without_starttls_is_not_told_the_password(db: None, authority: Authority) -> None:
    with imap_server() as (box, address):
        assert fetching.fetch(_box(address, "imap"), clock=Clock()) == 0
    assert box.logins == []
    assert "TLS" in Mailbox.objects.get().problem


@pytest.mark.parametrize("wrong", ["host", "authority"])
def test_a_box_that_is_not_who_it_says_is_left_alone(
    db: None, authority: Authority, tmp_path: Path, wrong: str
) -> None:
    signer = authority if wrong == "host" else Authority(tmp_path / "theirs", "Somebody else")
    with imap_server(tls=signer.server("other.example" if wrong == "host" else "localhost")) as (
        box,
        address,
    ):
        assert fetching.fetch(_box(address, "imaps"), clock=Clock()) == 0
    assert box.logins == []
    assert "certificate verify failed" in Mailbox.objects.get().problem


def _box(address: str, scheme: str) -> str:
    return address.replace("imap://", f"{scheme}://").replace("127.0.0.1", "localhost").replace("?tls=no", "")
