from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from okienko.base.decisions import Refused
from okienko.base.events import _handlers, subscribe
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.queries import entries_of
from okienko.kernel.messages import declaring, delivery, fetching
from okienko.kernel.messages.actions import forget, offer_again, set_aside
from okienko.kernel.messages.events import MailJoined
from okienko.kernel.messages.models import IncomingMail, Mailbox, Message
from okienko.kernel.messages.tests.offices import ANNA, AT, BY, Clock, number_of, write
from okienko.kernel.messages.tests.servers import Box, imap_server
from okienko.kernel.units.actions import add_unit
from okienko.kernel.units.models import Unit

State = IncomingMail.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def box(unit: Unit, settings: Any) -> Iterator[Box]:
    with imap_server() as (box, address):
        settings.IMAP_URL = address
        yield box


@pytest.fixture
def joined() -> Iterator[list[MailJoined]]:
    heard: list[MailJoined] = []
    subscribe(MailJoined, heard.append)
    yield heard
    _handlers[MailJoined].remove(heard.append)


def mail(
    subject: str = "Pytanie", sender: str = ANNA, text: str = "Dzień dobry", **headers: str
) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "urzad@okienko.example", subject
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def come(box: Box, settings: Any, *mails: EmailMessage | bytes) -> list[IncomingMail]:
    for one in mails:
        box.put(one if isinstance(one, bytes) else one.as_bytes())
    clock = Clock()
    fetching.fetch(settings.IMAP_URL, clock=clock)
    fetching.settle_all(clock=clock)
    return list(IncomingMail.objects.order_by("id"))


@pytest.mark.req("CORE-20", "CORE-32")
def test_a_reply_finds_its_way_back_by_number_from_who_is_known(
    unit: Unit, box: Box, settings: Any, joined: list[MailJoined]
) -> None:
    number = number_of(unit)
    known, stranger = come(
        box,
        settings,
        mail(f"Re: [{number}] Potwierdzenie"),
        mail(f"Re: [{number}]", sender="obcy@example.org"),
    )
    assert (known.state, known.subject_id) == (State.JOINED, unit.pk)
    assert (stranger.state, stranger.subject_id) == (State.UNTAKEN, None)
    assert [(event.incoming_id, event.automatic) for event in joined] == [(known.pk, False)]


@pytest.mark.req("CORE-20", "CORE-32")
def test_who_answers_our_message_is_let_in_by_its_key(unit: Unit, box: Box, settings: Any) -> None:
    (message,) = write(unit)
    (reply,) = come(box, settings, mail("Odp:", sender="praca.anny@example.org", In_Reply_To=message.mail_id))
    assert (reply.state, reply.subject_id) == (State.JOINED, unit.pk)
    (answer,) = write(unit, cause="2", email="praca.anny@example.org")
    assert answer.in_reply_to == reply.message_id or not reply.message_id


@pytest.mark.req("CORE-32")
def test_each_mail_is_taken_once_and_kept_as_it_came(unit: Unit, box: Box, settings: Any) -> None:
    first = mail("Raz", Message_ID="<1@example.org>")
    come(box, settings, first, mail("Dwa", Message_ID="<2@example.org>"))
    assert len(come(box, settings)) == 2
    box.validity = 2
    assert len(come(box, settings, mail("Trzy", Message_ID="<1@example.org>"))) == 3
    kept = IncomingMail.objects.order_by("id").first()
    assert kept is not None
    assert bytes(kept.source) == box.mails[1]
    assert box.seen == {1, 2, 3}
    assert [entry.kind for entry in entries_of(kept)].count("mail.came") == 1


@pytest.mark.req("CORE-31", "CORE-32")
def test_a_connection_that_breaks_loses_and_doubles_nothing(unit: Unit, box: Box, settings: Any) -> None:
    for number in range(6):
        box.put(mail(f"Nr {number}").as_bytes())
    box.drop_after = 3
    come(box, settings)
    assert IncomingMail.objects.count() == 2
    assert Mailbox.objects.get().problem
    assert len(come(box, settings)) == 6
    assert Mailbox.objects.get().problem == ""


@pytest.mark.req("CORE-32")
def test_machines_are_never_answered(unit: Unit, box: Box, settings: Any, joined: list[MailJoined]) -> None:
    offered: list[Any] = []
    declaring.receive_with(lambda incoming: offered.append(incoming))
    (message,) = write(unit)
    away, away_about, own, own_about = come(
        box,
        settings,
        mail("Automatyczna odpowiedź", Auto_Submitted="auto-replied"),
        mail("Out of office", In_Reply_To=message.mail_id, Auto_Submitted="auto-replied"),
        mail("[x]", sender="urzad@okienko.example"),
        mail("Re: nasze", sender="urzad@okienko.example", In_Reply_To=message.mail_id),
    )
    assert [one.state for one in (away, away_about)] == [State.ASIDE, State.JOINED]
    # What we have sent ourselves joins nothing, or it would go round for ever.
    assert [one.state for one in (own, own_about)] == [State.ASIDE, State.ASIDE]
    assert offered == []
    assert [event.automatic for event in joined] == [True]


@pytest.mark.req("CORE-32")
def test_a_bounce_marks_the_message_that_came_back(unit: Unit, box: Box, settings: Any) -> None:
    from okienko.kernel.messages.tests.test_rules import BOUNCE

    (message,) = write(unit)
    delivery.deliver_due("email", clock=Clock())
    forged, real = come(
        box, settings, BOUNCE, BOUNCE.replace(b"<abc.100014@okienko.example>", message.mail_id.encode())
    )
    message.refresh_from_db()
    assert (message.state, message.problem) == (Message.State.BOUNCED, "5.1.1 550 no such user")
    assert (forged.state, real.state) == (State.ASIDE, State.JOINED)


@pytest.mark.req("CORE-32")
def test_new_mail_is_offered_and_what_nobody_takes_waits(unit: Unit, box: Box, settings: Any) -> None:
    def questions(incoming: declaring.IncomingMessage) -> Unit | None:
        if "pytanie" not in incoming.mail.subject.lower():
            return None
        return add_unit(by=BY, at=AT, symbol=f"P{incoming.id}", name=incoming.mail.subject)

    declaring.receive_with(questions)
    with_file = mail("Pytanie")
    with_file.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="a.pdf")
    with_file.add_attachment(b"MZ evil", maintype="application", subtype="octet-stream", filename="a.exe")
    taken, untaken = come(box, settings, with_file, mail("Reklama"))
    assert (taken.state, untaken.state) == (State.TAKEN, State.UNTAKEN)
    made = Unit.objects.get(pk=taken.subject_id)
    assert [document.name for document in documents_of(made)] == ["a.pdf"]
    assert "a.exe" in taken.note

    assert offer_again(untaken, by=BY, at=AT).state == State.UNTAKEN
    assert set_aside(untaken, by=BY, at=AT).state == State.ASIDE
    with pytest.raises(Refused):
        set_aside(untaken, by=BY, at=AT)


@pytest.mark.req("CORE-32")
def test_an_intake_that_fails_is_tried_again_and_leaves_nothing_by_half(
    unit: Unit, box: Box, settings: Any
) -> None:
    def broken(incoming: declaring.IncomingMessage) -> Unit:
        add_unit(by=BY, at=AT, symbol="HALF", name="Half")
        raise ValueError("cannot")

    declaring.receive_with(broken)
    (kept,) = come(box, settings, mail())
    assert (kept.state, kept.tries) == (State.RECEIVED, 1)
    clock = Clock(AT + timedelta(days=1))
    for _ in range(4):
        fetching.settle_all(clock=clock)
        clock.forward(days=1)
    kept.refresh_from_db()
    assert (kept.state, kept.note) == (State.UNTAKEN, "not-taken: ValueError: cannot")
    assert not Unit.objects.filter(symbol="HALF").exists()


def test_a_huge_mail_stays_in_the_box_and_is_told_of(
    unit: Unit, box: Box, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 1000)
    (huge,) = come(box, settings, mail("Wielka", text="x" * 2000))
    assert (huge.state, huge.note, huge.title) == (State.UNTAKEN, "too-big", "Wielka")
    assert box.seen == set()
    with pytest.raises(Refused):
        offer_again(huge, by=BY, at=AT)


def test_a_wrong_password_is_shown_with_the_box(unit: Unit, box: Box, settings: Any) -> None:
    settings.IMAP_URL = settings.IMAP_URL.replace("haslo", "wrong")
    come(box, settings, mail())
    assert "error" in Mailbox.objects.get().problem
    assert IncomingMail.objects.count() == 0


@pytest.mark.req("CORE-41")
def test_forgetting_a_thing_forgets_its_mail(unit: Unit, box: Box, settings: Any) -> None:
    (kept,) = come(box, settings, mail(f"[{number_of(unit)}]"))
    assert forget(unit, by=BY, at=AT) == 1
    kept.refresh_from_db()
    assert (kept.sender, kept.text, kept.title, bytes(kept.source)) == ("", "", "", b"")


@pytest.mark.req("CORE-41")
def test_what_was_forgotten_takes_in_no_more_mail(unit: Unit, box: Box, settings: Any) -> None:
    """Nobody looks at it again: an answer to an old letter of ours, or that letter come back, would stay for good."""
    from okienko.kernel.messages.tests.test_rules import BOUNCE

    (message,) = write(unit)
    delivery.deliver_due("email", clock=Clock())
    forget(unit, by=BY, at=AT)
    returned = BOUNCE.replace(b"<abc.100014@okienko.example>", message.mail_id.encode())
    answer, bounce = come(box, settings, mail("Odp:", In_Reply_To=message.mail_id), returned)
    assert [(one.state, one.subject_id) for one in (answer, bounce)] == [
        (State.UNTAKEN, None), (State.ASIDE, None),
    ]  # fmt: skip
    message.refresh_from_db()
    assert (message.state, message.problem) == (Message.State.SENT, "")
