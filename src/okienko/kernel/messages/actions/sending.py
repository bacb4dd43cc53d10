from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.kernel.history.actions import Line, record, record_many, subject_key
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.statements import insert_once
from okienko.kernel.history.transactions import atomic
from okienko.kernel.messages import composing, declaring, queries
from okienko.kernel.messages.models import Attempt, Channel, Enclosure, Message
from okienko.kernel.messages.rules import short
from okienko.kernel.people.models import Person


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom: each address that is known and that the notice has a text for gets a message.

    A person's e-mail is taken from the account; a text message goes only to a phone that is named here.
    """

    person: Person | None = None
    email: str = ""
    phone: str = ""
    language: str = ""

    def addresses(self) -> dict[str, str]:
        email = self.email or (self.person.email if self.person else "")
        return {Channel.EMAIL.value: email.strip(), Channel.SMS.value: _dialled(self.phone)}

    @property
    def reads(self) -> str:
        language = self.language or (self.person.language if self.person else "")
        return language if language in declaring.LANGUAGES else "pl"


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


def _dialled(phone: str) -> str:
    digits = "".join(letter for letter in phone if letter.isdigit() and letter.isascii())
    digits = digits.removeprefix("00") if digits.startswith("00") else digits
    return f"48{digits}" if len(digits) == 9 else digits


@atomic
def send(
    notice_code: str,
    *,
    to: Recipient,
    subject: models.Model,
    data: Mapping[str, Any],
    cause: str,
    by: Actor,
    at: datetime,
    variant: str = "",
    not_before: datetime | None = None,
    attachments: Sequence[Attachment] = (),
) -> list[Message]:
    """Write the messages with what they tell about, or not at all; couriers look for what is written and due.

    The same cause writes to the same address once, however often it is told.
    """
    notice = declaring.notice(notice_code)
    about = declaring.how_about(subject_key(subject)[0])
    number = about.number_of(subject) if about else ""
    written = composing.write(notice, data, language=to.reads, variant=variant, number=number)
    texts = {Channel.EMAIL.value: written.body, Channel.SMS.value: written.sms}
    sent = []
    for channel, address in to.addresses().items():
        if not address or not texts[channel]:
            continue
        message, new = _write(
            notice_code, variant, channel, address, texts[channel], written.title,
            to=to, subject=subject, number=number, about=about, cause=cause, at=at, due=not_before or at,
        )  # fmt: skip
        if new:
            if channel == Channel.EMAIL:
                Enclosure.objects.bulk_create(
                    Enclosure(
                        message=message, name=file.name, media_type=file.media_type, content=file.content
                    )
                    for file in attachments
                )
            sent.append(message)
    if sent:
        record(
            subject,
            "message.written",
            by=by,
            at=at,
            after={"notice": notice_code, "channel": [message.channel for message in sent]},
        )
    return sent


def _write(
    notice: str, variant: str, channel: str, address: str, text: str, title: str, *,
    to: Recipient, subject: models.Model, number: str, about: declaring.About | None, cause: str, at: datetime,
    due: datetime,
) -> tuple[Message, bool]:  # fmt: skip
    subject_type, subject_id = subject_key(subject)
    unit_id, group_id = about.holder(subject) if about else (None, None)
    key = composing.new_key()
    email = channel == Channel.EMAIL
    once = hashlib.sha256("\0".join((cause, channel, address.lower())).encode()).hexdigest()
    message = Message(
        once=once,
        notice=notice,
        variant=variant,
        language=to.reads,
        channel=channel,
        cause=cause,
        subject_type=subject_type,
        subject_id=subject_id,
        number=number,
        unit_id=unit_id,
        group_id=group_id,
        person=to.person,
        address=address,
        title=title if email else "",
        text=text,
        parts=0 if email else short.length(text).parts,
        key=key,
        mail_id=composing.mail_id(key, number) if email else "",
        in_reply_to=queries.continued(subject, address) if email else "",
        written_at=at,
        next_try_at=due,
    )
    return message, insert_once(message)


@atomic
def cancel(cause: str, *, subject: models.Model, by: Actor, at: datetime) -> int:
    """Messages about the subject whose cause begins so are not sent any more, unless they are being handed over."""
    waiting = (
        queries.messages_of(subject)
        .select_for_update()
        .filter(cause__startswith=cause, state__in=[Message.State.WAITING, Message.State.SENDING])
    )
    cancelled = []
    for message in waiting:
        if message.state == Message.State.SENDING:
            # Who sends asks once more before handing over: it or this, whichever comes first.
            begun = Attempt.objects.filter(message=message, phase=Attempt.Phase.CLAIMED)
            if not begun.update(phase=Attempt.Phase.ABANDONED, ended_at=at):
                continue
        cancelled.append(message.pk)
    Message.objects.filter(pk__in=cancelled).update(state=Message.State.CANCELLED, next_try_at=None)
    if cancelled:
        record(subject, "message.cancelled", by=by, at=at, after={"messages": len(cancelled)})
    return len(cancelled)


@atomic
def send_again(messages: QuerySet[Message], *, by: Actor, at: datetime) -> int:
    """What could not be delivered waits once more, with all its tries; what has been forgotten cannot."""
    locked = list(queries.troubles(messages).select_for_update(of=("self",)))
    if not locked:
        raise Refused(_("There is nothing here that could be sent again."), code="nothing-to-send")
    Message.objects.filter(pk__in=[message.pk for message in locked]).update(
        state=Message.State.WAITING, next_try_at=at, tries=0, problem=""
    )
    record_many(
        [
            Line(subject_key(message), "message.sent_again", before={"state": message.state})
            for message in locked
        ],
        by=by,
        at=at,
    )
    return len(locked)
