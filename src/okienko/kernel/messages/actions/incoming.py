"""Mail that came: kept first, whole, then understood. What cannot be placed waits for a person."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.events import publish
from okienko.kernel.documents import actions as documents
from okienko.kernel.history.actions import record, subject_key
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.messages import composing, declaring, queries
from okienko.kernel.messages.actions.outcomes import bounced
from okienko.kernel.messages.events import MailJoined
from okienko.kernel.messages.models import IncomingMail, Mailbox, Message
from okienko.kernel.messages.rules.parsing import Mail, parse
from okienko.kernel.messages.rules.recognising import numbers_in, recognise

State = IncomingMail.State


@atomic
def take_in(
    mailbox: Mailbox, source: bytes, *, uid: int, by: Actor, at: datetime, too_big: bool = False
) -> IncomingMail | None:
    """Keep a mail and how far the box has been read, both or neither; None for one that is here already."""
    mail = parse(source)
    verdict = recognise(mail, own_address=composing.own_address(), own_mark=composing.own_domain())
    incoming, new = IncomingMail.objects.get_or_create(
        fingerprint=mail.fingerprint,
        defaults={
            "mailbox": mailbox,
            "message_id": mail.message_id,
            "sender": mail.sender,
            "sender_name": mail.sender_name,
            "title": mail.subject,
            "text": mail.text,
            "source": source,
            "received_at": at,
            "kind": verdict.kind.value,
            "state": State.UNTAKEN if too_big else State.RECEIVED,
            "note": "too-big" if too_big else "",
            "next_try_at": at,
        },
    )
    Mailbox.objects.filter(pk=mailbox.pk, last_uid__lt=uid).update(last_uid=uid)
    if not new:
        return None
    record(incoming, "mail.came", by=by, at=at)
    return incoming


@atomic
def settle(incoming_id: int, *, by: Actor, at: datetime) -> IncomingMail:
    """Let a mail join what it is about, or offer it to those who take new mail."""
    incoming = IncomingMail.objects.select_for_update().get(pk=incoming_id)
    if incoming.state != State.RECEIVED:
        return incoming
    mail = parse(bytes(incoming.source))
    verdict = recognise(mail, own_address=composing.own_address(), own_mark=composing.own_domain())
    if verdict.kind.value == IncomingMail.Kind.LOOP:
        return _end(incoming, State.ASIDE, "mail.set_aside", by=by, at=at)
    ours = _message_named(mail)
    if verdict.kind.value == IncomingMail.Kind.BOUNCE and ours is not None:
        bounced(ours.pk, verdict.reason, by=by, at=at)
    subject = _subject_of(mail, ours)
    if subject is not None:
        return _belong(incoming, mail, subject, State.JOINED, "mail.joined", by=by, at=at)
    if verdict.automatic:
        return _end(incoming, State.ASIDE, "mail.set_aside", by=by, at=at)
    for intake in declaring.intakes():
        subject = intake(declaring.IncomingMessage(incoming.pk, mail))
        if subject is not None:
            return _belong(incoming, mail, subject, State.TAKEN, "mail.taken", by=by, at=at)
    return _end(incoming, State.UNTAKEN, "mail.untaken", by=by, at=at)


def _message_named(mail: Mail) -> Message | None:
    """Ours, that this mail answers or brings back. Its name holds a key that only its recipient knows."""
    return queries.sent_with_ids([*mail.returned, *mail.references]).first()


def _subject_of(mail: Mail, ours: Message | None) -> models.Model | None:
    if ours is not None:
        about = declaring.how_about(ours.subject_type)
        found = about.by_id(ours.subject_id) if about else None
        if about is not None and found is not None and about.takes(found):
            return found
    # A number is no secret: it lets in only those whom the thing knows.
    for number in numbers_in(mail.subject):
        for about in declaring.all_abouts().values():
            named = about.by_number(number)
            if named is not None and mail.sender and about.knows(named, mail.sender):
                return named
    return None


def _belong(
    incoming: IncomingMail,
    mail: Mail,
    subject: models.Model,
    state: str,
    kind: str,
    *,
    by: Actor,
    at: datetime,
) -> IncomingMail:
    incoming.subject_type, incoming.subject_id = subject_key(subject)
    refused = []
    for file in mail.files:
        try:
            with transaction.atomic():
                documents.attach(subject, file.content, by=by, at=at, name=file.name)
        except Refused as why:
            refused.append(str(why.reason))
    incoming.note = "\n".join(refused)
    _end(incoming, state, kind, by=by, at=at)
    record(subject, kind, by=by, at=at, note=incoming.note)
    if state == State.JOINED:
        publish(
            MailJoined(incoming.pk, incoming.subject_type, incoming.subject_id or 0, incoming.automatic, at)
        )
    return incoming


def _end(incoming: IncomingMail, state: str, kind: str, *, by: Actor, at: datetime) -> IncomingMail:
    incoming.state, incoming.next_try_at = state, None
    incoming.save()
    record(incoming, kind, by=by, at=at)
    return incoming


@atomic
def offer_again(incoming: IncomingMail, *, by: Actor, at: datetime) -> IncomingMail:
    """After whatever stood in the way has gone: settle the mail anew."""
    incoming = IncomingMail.objects.select_for_update().get(pk=incoming.pk)
    if incoming.state != State.UNTAKEN or incoming.note == "too-big":
        raise Refused(_("This mail cannot be offered again."), code="mail-settled")
    incoming.state, incoming.note, incoming.tries, incoming.next_try_at = State.RECEIVED, "", 0, at
    incoming.save()
    record(incoming, "mail.offered_again", by=by, at=at)
    return settle(incoming.pk, by=by, at=at)


@atomic
def set_aside(incoming: IncomingMail, *, by: Actor, at: datetime) -> IncomingMail:
    """A person has looked at the mail and nothing is to be done."""
    incoming = IncomingMail.objects.select_for_update().get(pk=incoming.pk)
    if incoming.state != State.UNTAKEN:
        raise Refused(_("Only mail that nobody took can be set aside."), code="mail-settled")
    return _end(incoming, State.ASIDE, "mail.set_aside", by=by, at=at)


@atomic
def could_not_settle(
    incoming_id: int, reason: str, *, by: Actor, at: datetime, try_again_at: datetime | None
) -> None:
    """What went wrong is noted; after the last try the mail waits for a person instead."""
    incoming = IncomingMail.objects.select_for_update().get(pk=incoming_id)
    incoming.tries += 1
    incoming.note = f"not-taken: {reason}"
    incoming.next_try_at = try_again_at
    if try_again_at is None:
        _end(incoming, State.UNTAKEN, "mail.untaken", by=by, at=at)
        return
    incoming.save()
    record(incoming, "mail.not_settled", by=by, at=at)
