from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q, QuerySet

from okienko.base.decisions import Missing
from okienko.kernel.history.actions import subject_key
from okienko.kernel.history.statements import prepared, rows_of
from okienko.kernel.messages import declaring
from okienko.kernel.messages.declaring import Notice, Original
from okienko.kernel.messages.models import (
    Channel,
    Edition,
    Enclosure,
    IncomingMail,
    Mailbox,
    Message,
    Settings,
    Template,
)
from okienko.kernel.people.access import Someone, scope_of

# Messages


def visible_to(person: Someone) -> QuerySet[Message]:
    """Messages about what lies in one's units and groups, as far as one may see the thing itself; those that belong
    to no unit, for the whole office only."""
    scope = scope_of(person, "messages.see")
    if not scope:
        return Message.objects.none()
    abouts = declaring.all_abouts()
    seen = ~Q(subject_type__in=list(abouts))
    for subject_type, about in abouts.items():
        seen |= Q(subject_type=subject_type, subject_id__in=about.visible(person).order_by().values("pk"))
    return Message.objects.filter(scope.q(), seen)


def message_for(person: Someone, message_id: int) -> Message:
    found = visible_to(person).filter(pk=message_id).first()
    if found is None:
        raise Missing
    return found


def messages_of(subject: models.Model) -> QuerySet[Message]:
    """All messages about one thing. Whoever may see the thing may see its messages."""
    type_, id_ = subject_key(subject)
    return Message.objects.filter(subject_type=type_, subject_id=id_).order_by("written_at", "id")


def mails_of(subject: models.Model) -> QuerySet[IncomingMail]:
    type_, id_ = subject_key(subject)
    return (
        IncomingMail.objects.filter(subject_type=type_, subject_id=id_)
        .defer("source")
        .order_by("received_at", "id")
    )


def continued(subject: models.Model, address: str) -> str:
    """The mail to which the next one to the address is an answer: theirs, else our first about the same thing."""
    type_, id_ = subject_key(subject)
    theirs, ours = IncomingMail._meta.db_table, Message._meta.db_table
    with prepared() as cursor:
        cursor.execute(
            f"""
            SELECT coalesce(
                (SELECT message_id FROM {theirs} WHERE subject_type = %(type)s AND subject_id = %(id)s
                 AND sender = lower(%(address)s::text) AND message_id <> '' ORDER BY received_at DESC, id DESC LIMIT 1),
                (SELECT mail_id FROM {ours} WHERE subject_type = %(type)s AND subject_id = %(id)s
                 AND channel = 'email' AND address = %(address)s ORDER BY written_at, id LIMIT 1),
                '')
            """,  # noqa: S608
            {"type": type_, "id": id_, "address": address},
        )
        return str(cursor.fetchone()[0])[:500]


def troubles(messages: QuerySet[Message]) -> QuerySet[Message]:
    """What somebody can still do something about: what has been forgotten cannot be sent any more."""
    return messages.filter(state__in=Message.TROUBLES, forgotten_at__isnull=True)


def pending_count() -> int:
    """For metrics: what is written and not yet handed over."""
    return Message.objects.filter(state__in=[Message.State.WAITING, Message.State.SENDING]).count()


def trouble_count() -> int:
    return troubles(Message.objects.all()).count()


def text_message(*, key: str = "", gateway_id: str = "") -> Message | None:
    """The text message that a gateway reports on, by our name for it or by the gateway's."""
    named = {name: value for name, value in (("key", key), ("gateway_id", gateway_id)) if value}
    return Message.objects.filter(channel=Channel.SMS, **named).first() if named else None


def how_many_due(channel: str, *, most: int, at: datetime) -> int:
    """Counted no further than that."""
    with prepared() as cursor:
        cursor.execute(_DUE, [channel, at, most])
        return int(cursor.fetchone()[0])


# Asked twice a second.
_DUE = f"""
    SELECT count(*) FROM (
        SELECT FROM {Message._meta.db_table} WHERE channel = %s AND state = 'waiting' AND next_try_at <= %s LIMIT %s
    ) AS found
"""  # noqa: S608


def enclosures_of(message: Message) -> list[Enclosure]:
    return rows_of(Enclosure, '"message_id" = %s ORDER BY "id"', [message.pk])


# Texts


def settings_row() -> Settings:
    return next(iter(rows_of(Settings, "one")), None) or Settings()


def text_in_force(notice: Notice, language: str, variant: str = "") -> Original:
    """The text for the service or procedure, else the general one, else the one that the system brings."""
    language = language if language in notice.languages else "pl"
    with prepared() as cursor:
        cursor.execute(_IN_FORCE, [notice.code, language, variant])
        found = cursor.fetchone()
    return Original(*found) if found else notice.originals[language]


# Asked with every message.
_IN_FORCE = f"""
    SELECT edition.subject, edition.body, edition.sms
    FROM {Template._meta.db_table} template
    JOIN {Edition._meta.db_table} edition ON edition.template_id = template.id AND edition.version = template.version
    WHERE notice = %s AND language = %s AND variant IN ('', %s) AND NOT original
    ORDER BY variant DESC LIMIT 1
"""  # noqa: S608


def text_of(edition: Edition) -> Original:
    return Original(edition.subject, edition.body, edition.sms)


def template_of(notice: Notice, language: str, variant: str = "") -> Template:
    """Not saved as long as nobody has changed the text."""
    key = {"notice": notice.code, "language": language, "variant": variant}
    return Template.objects.filter(**key).first() or Template(**key)


def editions_of(template: Template) -> QuerySet[Edition]:
    return Edition.objects.filter(template_id=template.pk).select_related("made_by").order_by("-version")


def changed_templates() -> set[tuple[str, str, str]]:
    """Notice, variant and language of the texts that are not the original ones now."""
    return set(
        Edition.objects.filter(version=models.F("template__version"), original=False).values_list(
            "template__notice", "template__variant", "template__language"
        )
    )


# Mail that came


def incoming_visible_to(person: Someone) -> QuerySet[IncomingMail]:
    """The box belongs to the whole office: its mail is for those who may see messages everywhere."""
    mails = IncomingMail.objects.defer("source")
    return mails if scope_of(person, "messages.see").everywhere else mails.none()


def incoming_for(person: Someone, incoming_id: int) -> IncomingMail:
    """One mail: for who may see the box, or the thing that the mail has joined."""
    mail = IncomingMail.objects.filter(pk=incoming_id).first()
    if mail is None:
        raise Missing
    about = declaring.how_about(mail.subject_type)
    joined = about is not None and mail.subject_id is not None and about.sees(person, mail.subject_id)
    if not joined and not incoming_visible_to(person).filter(pk=incoming_id).exists():
        raise Missing
    return mail


def boxes() -> QuerySet[Mailbox]:
    return Mailbox.objects.order_by("address")


def sent_with_ids(mail_ids: list[str]) -> QuerySet[Message]:
    """Ours that mails name. By what has been forgotten nobody comes back to what has been forgotten with it."""
    known = Message.objects.filter(forgotten_at__isnull=True).exclude(mail_id="")
    return known.filter(mail_id__in=mail_ids).order_by("-id")
