from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from okienko.kernel.messages import delivery
from okienko.kernel.messages.actions import change_settings
from okienko.kernel.messages.models import Message
from okienko.kernel.messages.tests.offices import ANNA, AT, BY, Clock, number_of, write
from okienko.kernel.messages.tests.servers import Letterbox, smtp_server
from okienko.kernel.units.models import Unit
from okienko.ui.office import Office

State = Message.State
pytestmark = pytest.mark.django_db


@pytest.mark.req("CORE-32", "CORE-34")
def test_a_mail_as_a_real_server_gets_it(unit: Unit, letterbox: Letterbox) -> None:
    change_settings(by=BY, at=AT, fold_letters=True, reply_to="sprawy@okienko.example")
    write(unit)
    assert delivery.deliver_due("email", clock=Clock()).tried == 1
    mail = message_from_bytes(letterbox.mails[0], policy=default)
    message = Message.objects.get()
    assert letterbox.envelopes == [("urzad@okienko.example", [ANNA])]
    assert mail["Subject"] == f"[{number_of(unit)}] Potwierdzenie dla Żaneta <b>"
    assert mail["Message-ID"] == message.mail_id
    assert mail["Reply-To"] == "sprawy@okienko.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"]
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert mail.get_body(("plain",)).get_content().replace("\r", "").strip() == message.text  # type: ignore[union-attr]
    assert (message.state, message.sent_at) == (State.SENT, AT)


@pytest.mark.req("CORE-32")
@pytest.mark.parametrize(
    ("sender", "name"), [("urzad@okienko.example", "Powiat Żółty"), ("BOM <urzad@okienko.example>", "BOM")]
)
def test_a_mail_comes_from_the_office_by_its_name(
    unit: Unit, letterbox: Letterbox, settings: Any, sender: str, name: str
) -> None:
    settings.OFFICE, settings.MAIL_FROM = f"{__name__}.yellow_county", sender
    write(unit)
    delivery.deliver_due("email", clock=Clock())
    mail = message_from_bytes(letterbox.mails[0], policy=default)
    assert mail["From"].addresses[0].display_name == name
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.replace("\r", "").endswith("\n\nPowiat Żółty\nul. Zmyślona 1\n")


def yellow_county() -> Office:
    return Office(name="Powiat Żółty", contact="ul. Zmyślona 1")


def test_a_line_with_a_dot_arrives_whole(unit: Unit, letterbox: Letterbox) -> None:
    (message,) = write(unit)
    text = "raz\n.\n..dwa\nRCPT TO:<x@example.org>"
    Message.objects.update(text=text)
    delivery.deliver_due("email", clock=Clock())
    mail = message_from_bytes(letterbox.mails[0], policy=default)
    assert mail.get_body(("plain",)).get_content().replace("\r", "").strip() == text  # type: ignore[union-attr]
    assert message.pk


def test_many_messages_go_over_one_connection(unit: Unit, letterbox: Letterbox) -> None:
    for number in range(20):
        write(unit, cause=f"c{number}")
    assert delivery.deliver_due("email", clock=Clock()).tried == 20
    assert len(set(letterbox.ids())) == 20
    assert len(letterbox.sessions) == 1


@pytest.mark.req("CORE-31")
def test_refusals_for_good_and_for_now_are_told_apart(unit: Unit, letterbox: Letterbox) -> None:
    answers = {"gone@example.org": "550 no such user", "full@example.org": "452 full"}
    letterbox.says = lambda step, address: answers.get(address) if step == "rcpt" else None
    late = {"late@example.org": "554 spam"}
    for address in (*answers, ANNA, "late@example.org"):
        write(unit, email=address)
    rcpt = letterbox.says
    letterbox.says = lambda step, address: late.get(address) if step == "data" else rcpt(step, address)
    assert delivery.deliver_due("email", clock=Clock()).tried == 4
    found = dict(Message.objects.values_list("address", "state"))
    assert found == {
        "gone@example.org": State.FAILED,
        "full@example.org": State.WAITING,
        "late@example.org": State.FAILED,
        ANNA: State.SENT,
    }
    assert Message.objects.get(address="gone@example.org").problem == "550 no such user"


@pytest.mark.req("CORE-31")
def test_a_server_that_is_away_is_tried_later(unit: Unit, settings: Any) -> None:
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    write(unit, cause="a")
    write(unit, cause="b")
    assert delivery.deliver_due("email", clock=Clock()).tried == 1
    assert set(Message.objects.values_list("state", flat=True)) == {State.WAITING}


def test_a_wrong_password_is_not_the_fault_of_the_message(unit: Unit, settings: Any) -> None:
    with smtp_server(auth_require_tls=False, authenticator=lambda *args: _no()) as (_box, address):
        settings.SMTP_URL = address.replace("//", "//urzad:z%40ly@")
        write(unit)
        delivery.deliver_due("email", clock=Clock())
    message = Message.objects.get()
    assert message.state == State.WAITING
    assert message.problem.startswith("535")


def _no() -> Any:
    from aiosmtpd.smtp import AuthResult

    return AuthResult(success=False, handled=False)


@pytest.mark.parametrize(("extended", "state"), [(True, State.SENT), (False, State.FAILED)])
def test_addresses_with_other_letters_need_a_server_that_knows_them(
    unit: Unit, settings: Any, extended: bool, state: str
) -> None:
    with smtp_server(enable_SMTPUTF8=extended) as (box, address):
        settings.SMTP_URL = address
        write(unit, email="żółw@example.org")
        delivery.deliver_due("email", clock=Clock())
    assert Message.objects.get().state == state
    assert len(box.mails) == (state == State.SENT)
