from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from okienko.base.decisions import Refused
from okienko.kernel.history.queries import entries_of, verify
from okienko.kernel.messages import delivery, queries
from okienko.kernel.messages.actions import Attachment, cancel, forget, send_again
from okienko.kernel.messages.actions.outcomes import bounced, delivered_by_gateway
from okienko.kernel.messages.gateways import Outcome
from okienko.kernel.messages.gateways.line import AboutTo
from okienko.kernel.messages.models import Attempt, Message
from okienko.kernel.messages.rules.retries import LEASE, PAUSES
from okienko.kernel.messages.tests.offices import ANNA, AT, BY, Clock, make_unit, number_of, write
from okienko.kernel.people.actions import invite
from okienko.kernel.units.models import Unit

Phase, State = Attempt.Phase, Message.State
pytestmark = pytest.mark.django_db


class Other:
    """The other side, answering as it is told."""

    repeats_are_safe = False

    def __init__(self, *answers: Outcome) -> None:
        self.answers = list(answers)
        self.got: list[str] = []

    def hand_over(self, message: Message, about_to: AboutTo) -> Outcome:
        answer = self.answers.pop(0)
        if answer.phase in (Phase.ACCEPTED, Phase.UNKNOWN):
            if not about_to():
                return Outcome(Phase.ABANDONED)
            self.got.append(message.key)
        return answer

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Any:
    def answering(*answers: Outcome) -> Other:
        gateway = Other(*answers)
        monkeypatch.setattr(delivery, "gateway_for", lambda channel: gateway)
        return gateway

    return answering


@pytest.mark.req("CORE-31")
@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_sent(notices: None, other: Any) -> None:
    unit = make_unit()
    gateway = other(Outcome(Phase.ACCEPTED))
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
        write(unit)
        assert Message.objects.count() == 1
        raise RuntimeError
    assert delivery.deliver_due("email", clock=Clock()).tried == 0
    (message,) = write(unit)
    assert delivery.deliver_due("email", clock=Clock()).tried == 1
    assert gateway.got == [message.key]


@pytest.mark.req("CORE-31")
def test_one_cause_writes_once_to_each_address_and_channel(unit: Unit) -> None:
    assert len(write(unit, phone="600 100 200")) == 2
    assert write(unit, phone="600 100 200") == []
    assert [message.address for message in write(unit, phone="600 100 201")] == ["48600100201"]
    assert len(write(unit, cause="visit:2")) == 1
    assert Message.objects.count() == 4
    assert not list(verify(unit))


@pytest.mark.req("CORE-20", "CORE-34")
def test_the_text_is_kept_as_sent_with_its_number(unit: Unit) -> None:
    (message,) = write(unit)
    assert message.title == f"[{number_of(unit)}] Potwierdzenie dla Żaneta <b>"
    assert "w poniedziałek 16 listopada 2026, za 5 dni." in message.text
    assert number_of(unit) in message.mail_id
    assert list(queries.messages_of(unit)) == [message]
    assert entries_of(unit).last().kind == "message.written"  # type: ignore[union-attr]
    (again,) = write(unit, cause="visit:2")
    assert again.in_reply_to == message.mail_id


@pytest.mark.req("CORE-31")
def test_without_a_server_messages_lie_in_a_folder(unit: Unit, tmp_path: Path) -> None:
    ics = Attachment("wizyta.ics", "text/calendar", b"BEGIN:VCALENDAR")
    write(unit, phone="600100200", attachments=[ics])
    clock = Clock(AT + timedelta(seconds=5))
    assert delivery.deliver_due("email", clock=clock).tried == 1
    assert delivery.deliver_due("sms", clock=clock).tried == 1
    (file,) = (tmp_path / "mail").glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert mail["To"] == ANNA
    assert mail["Auto-Submitted"] == "auto-generated"
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "Żaneta &lt;b&gt;" in html
    assert '<a href="https://okienko.example/"' in html
    assert "Żaneta <b>" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert [part.get_filename() for part in mail.iter_attachments()] == ["wizyta.ics"]  # type: ignore[attr-defined]
    (sms,) = (tmp_path / "mail").glob("*.sms.txt")
    assert "zazolc Zaneta" in sms.read_text()
    assert set(Message.objects.values_list("state", "sent_at")) == {(State.SENT, clock.at)}


@override_settings(PRODUCTION=True)
def test_in_production_without_a_server_messages_wait_and_are_counted(unit: Unit) -> None:
    write(unit)
    assert delivery.deliver_due("email", clock=Clock()).tried == 0
    assert queries.pending_count() == 1


@pytest.mark.req("CORE-31")
def test_retries_with_growing_pauses_then_given_up_then_sent_again(unit: Unit, other: Any) -> None:
    (message,) = write(unit)
    clock = Clock()
    for pause in PAUSES:
        other(Outcome(Phase.POSTPONED, "451 later"))
        assert delivery.deliver_due("email", clock=clock).tried == 1
        message.refresh_from_db()
        assert (message.state, message.next_try_at) == (State.WAITING, clock.at + pause)
        clock.at += pause - timedelta(seconds=1)
        assert delivery.deliver_due("email", clock=clock).tried == 0
        clock.forward(seconds=1)
    other(Outcome(Phase.POSTPONED, "451 still later"))
    delivery.deliver_due("email", clock=clock)
    message.refresh_from_db()
    assert (message.state, message.problem) == (State.FAILED, "451 still later")
    assert queries.trouble_count() == 1
    assert list(PAUSES) == sorted(PAUSES)

    send_again(Message.objects.all(), by=BY, at=clock.at)
    gateway = other(Outcome(Phase.ACCEPTED, "250 ok"))
    delivery.deliver_due("email", clock=clock)
    message.refresh_from_db()
    assert (message.state, gateway.got) == (State.SENT, [message.key])
    with pytest.raises(Refused):
        send_again(Message.objects.all(), by=BY, at=clock.at)


@pytest.mark.req("CORE-31")
def test_refused_for_good_is_not_tried_again(unit: Unit, other: Any) -> None:
    (message,) = write(unit)
    other(Outcome(Phase.REFUSED, "550 no such user"))
    delivery.deliver_due("email", clock=Clock())
    message.refresh_from_db()
    assert (message.state, message.problem, message.next_try_at) == (State.FAILED, "550 no such user", None)


@pytest.mark.req("CORE-31")
def test_no_answer_after_the_last_word_is_perhaps_delivered_and_never_repeated(
    unit: Unit, other: Any
) -> None:
    (message,) = write(unit)
    gateway = other(Outcome(Phase.UNKNOWN, "no-answer: timeout"))
    clock = Clock()
    delivery.deliver_due("email", clock=clock)
    clock.forward(days=30)
    assert delivery.deliver_due("email", clock=clock).tried == 0
    message.refresh_from_db()
    assert (message.state, gateway.got) == (State.UNCERTAIN, [message.key])


@pytest.mark.req("CORE-31")
def test_a_dead_sender_is_followed_by_the_rule(unit: Unit, other: Any) -> None:
    write(unit, cause="a")
    write(unit, cause="b")
    before_handing, handing = (delivery.claim("email", at=AT) for _ in range(2))
    assert before_handing
    assert handing
    assert delivery._still_ours(handing)
    gateway = other(Outcome(Phase.ACCEPTED))
    clock = Clock(AT + LEASE)
    assert delivery.release_dead("email", safe=False, at=clock()) == 0
    clock.forward(seconds=1)
    assert delivery.release_dead("email", safe=False, at=clock()) == 2
    assert delivery.deliver_due("email", clock=clock).tried == 1
    assert gateway.got == [before_handing.message.key]
    handing.message.refresh_from_db()
    assert (handing.message.state, handing.message.problem) == (State.UNCERTAIN, "sender-died")
    # The first sender was only slow: it is told no, and the message is not out twice.
    assert not delivery._still_ours(before_handing)
    # The answer of the second came late: the doubt is over.
    delivery.conclude(handing, Outcome(Phase.ACCEPTED, "250 ok"), at=clock.at, safe=False)
    handing.message.refresh_from_db()
    assert handing.message.state == State.SENT


def test_one_message_that_cannot_be_made_up_does_not_stop_the_next(
    unit: Unit, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(unit, cause="a")
    write(unit, cause="b")
    gateway = other(Outcome(Phase.ACCEPTED))
    real = gateway.hand_over
    broken = Message.objects.get(cause="a").pk

    def hand_over(message: Message, about_to: AboutTo) -> Outcome:
        if message.pk == broken:
            raise ValueError("cannot be written")
        return real(message, about_to)

    monkeypatch.setattr(gateway, "hand_over", hand_over)
    assert delivery.deliver_due("email", clock=Clock()).tried == 2
    assert set(Message.objects.values_list("cause", "state")) == {("a", State.WAITING), ("b", State.SENT)}


@pytest.mark.req("BOOK-19")
def test_cancelled_is_not_sent_even_when_it_is_already_in_hand(unit: Unit, other: Any) -> None:
    write(unit, cause="visit:1:reminder", not_before=AT + timedelta(days=1))
    write(unit, cause="visit:1:now")
    write(unit, cause="visit:2:now", email="other@example.org")
    attempt = delivery.claim("email", at=AT)
    assert attempt
    assert cancel("visit:1:", subject=unit, by=BY, at=AT) == 2
    assert not delivery._still_ours(attempt)
    gateway = other(Outcome(Phase.ACCEPTED))
    assert delivery.deliver_due("email", clock=Clock(AT + timedelta(days=2))).tried == 1
    assert gateway.got == [Message.objects.get(cause="visit:2:now").key]
    assert Message.objects.filter(state=State.CANCELLED).count() == 2


def test_what_is_to_wait_waits(unit: Unit, other: Any) -> None:
    write(unit, not_before=AT + timedelta(hours=1))
    other(Outcome(Phase.ACCEPTED))
    assert delivery.deliver_due("email", clock=Clock()).tried == 0
    assert delivery.deliver_due("email", clock=Clock(AT + timedelta(hours=1))).tried == 1


@pytest.mark.req("CORE-41")
def test_forgetting_removes_persons_and_keeps_the_count(unit: Unit) -> None:
    write(unit, phone="600100200", attachments=[Attachment("a.txt", "text/plain", b"Anna")])
    assert forget(unit, by=BY, at=AT) == 2
    for message in Message.objects.all():
        assert (message.address, message.text, message.title, message.state) == ("", "", "", State.CANCELLED)
        assert message.enclosures.count() == 0
        assert message.notice == "test.confirmed"
    assert forget(unit, by=BY, at=AT) == 0


@pytest.mark.req("CORE-31", "CORE-41")
def test_what_failed_and_was_forgotten_is_nobodys_trouble_any_more(unit: Unit, other: Any) -> None:
    write(unit)
    other(Outcome(Phase.REFUSED, "550 no such user"))
    delivery.deliver_due("email", clock=Clock())
    assert queries.trouble_count() == 1
    forget(unit, by=BY, at=AT)
    assert queries.trouble_count() == 0
    with pytest.raises(Refused):
        send_again(Message.objects.all(), by=BY, at=AT)
    assert Message.objects.get().state == State.FAILED


@pytest.mark.req("CORE-41")
@pytest.mark.parametrize("phase", [Phase.ACCEPTED, Phase.REFUSED, Phase.POSTPONED, Phase.UNKNOWN])
@pytest.mark.parametrize("doubted", [False, True])
def test_an_answer_that_comes_after_it_was_forgotten_names_nobody(
    unit: Unit, phase: Attempt.Phase, doubted: bool
) -> None:
    """In hand while it is forgotten, or taken from a sender that was thought dead and answers yet."""
    (message,) = write(unit)
    attempt = delivery.claim("email", at=AT)
    assert attempt
    assert delivery._still_ours(attempt)
    if doubted:
        delivery.release_dead("email", safe=False, at=AT + 2 * LEASE)
    forget(unit, by=BY, at=AT)
    ended = Message.objects.get().state
    told = Outcome(phase, f"550 5.1.1 <{ANNA}> no such user", gateway_id=ANNA)
    delivery.conclude(attempt, told, at=AT, safe=False)
    message.refresh_from_db()
    attempt.refresh_from_db()
    assert (message.problem, message.gateway_id, attempt.answer) == ("", "", "")
    assert (message.state, message.next_try_at) == (ended, None)


@pytest.mark.req("CORE-41")
def test_nor_does_what_comes_back_later(unit: Unit) -> None:
    write(unit, phone="600100200")
    Message.objects.update(state=State.SENT, sent_at=AT)
    forget(unit, by=BY, at=AT)
    for message in Message.objects.all():
        bounced(message.pk, f"550 <{ANNA}>", by=BY, at=AT)
        delivered_by_gateway(message, False, ANNA, by=BY, at=AT)
        message.refresh_from_db()
        assert (message.state, message.problem) == (State.SENT, "")


def test_a_value_that_is_missing_is_found_at_once(unit: Unit) -> None:
    from okienko.kernel.messages.actions import Recipient, send

    with pytest.raises(LookupError, match="count, day"):
        send(
            "test.confirmed", to=Recipient(email=ANNA), subject=unit, data={"number": "1", "name": "A"},
            cause="x", by=BY, at=AT,
        )  # fmt: skip


@pytest.mark.req("CORE-30")
def test_an_invited_staff_member_gets_a_link_that_works(client: Any) -> None:
    person = invite(by=BY, at=AT, email="nowa@okienko.example", first_name="Nowa", last_name="Osoba")
    message = queries.messages_of(person).get()
    assert message.address == "nowa@okienko.example"
    link = next(line for line in message.text.splitlines() if line.startswith("https://"))
    shown = client.get(link.removeprefix("https://okienko.example"), follow=True)
    assert shown.status_code == 200
    assert not shown.context.get("token_fail")
