"""The lists of messages and of mail that came: their columns and filters, and the queries behind them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from okienko.base import numbers
from okienko.kernel.messages import declaring, queries, words
from okienko.kernel.messages.models import Channel, IncomingMail, Message
from okienko.kernel.people.access import Someone
from okienko.ui.lists import Column, Dates, Definition, Filter, ListRequest
from okienko.ui.templatetags.ui import badge


def name_of(notice: str) -> str:
    return str(declaring.notice(notice).name) if declaring.is_known(notice) else notice


def title_of(message: Message) -> str:
    return message.title or message.text[:80] or name_of(message.notice)


def _state(message: Message, shown: str) -> str:
    return badge(shown, message.badge)


def _in_one_piece(_row: Message, shown: str) -> str:
    return format_html('<span class="number">{}</span>', shown)


def messages_definition(*, only_troubles: bool = False) -> Definition:
    """Whoever looks at troubles wants the reason at once. Most leave as soon as they are written, so one moment is enough."""
    return Definition(
        (
            Column("title", _("Message"), title_of, fixed=True, wide=True),
            Column("to", _("To"), "address"),
            Column("state", _("State"), lambda row: row.get_state_display(), show=_state),
            Column(
                "why", _("Why not"), lambda message: words.problem(message.problem), default=only_troubles
            ),
            Column("written", _("Written"), "written_at", sort="written_at"),
            Column("sent", _("Sent"), "sent_at", default=False),
            Column("delivered", _("Delivered"), "delivered_at", default=False),
            Column("channel", _("Channel"), lambda row: row.get_channel_display()),
            Column(
                "number", _("Number"), lambda message: numbers.read_aloud(message.number), show=_in_one_piece
            ),
            Column("notice", _("Notice"), lambda message: name_of(message.notice), default=False),
            Column("parts", _("Parts"), "parts", align="end", default=False),
            Column("tries", _("Tries"), "tries", align="end", default=False),
        ),
        (
            Filter("state", _("State"), choices=tuple(Message.State.choices), multiple=True),
            Filter("channel", _("Channel"), choices=tuple(Channel.choices)),
            Filter(
                "notice",
                _("Notice"),
                choices=tuple((known.code, known.name) for known in declaring.all_notices()),
            ),
            Filter("written", _("Written"), kind="dates"),
        ),
        sort="-written",
    )


def messages(request: ListRequest, person: Someone) -> QuerySet[Message]:
    rows = queries.visible_to(person)
    for name, value in dict(request.filters).items():
        match name:
            case "state":
                rows = rows.filter(state__in=value)
            case "channel" | "notice":
                rows = rows.filter(**{name: value})
            case "written":
                rows = rows.filter(_between("written_at", value))
    if request.search:
        typed = request.search.strip()
        number = numbers.from_speech(typed)
        found = Q(address__iexact=typed)
        if number:
            found |= Q(number=number) | Q(address=number)
        rows = rows.filter(found)
    return rows


def mails_definition() -> Definition:
    return Definition(
        (
            Column("title", _("Subject"), lambda mail: mail.title or str(_("(no subject)")), fixed=True),
            Column("from", _("From"), "sender"),
            Column("state", _("State"), lambda row: row.get_state_display()),
            Column("kind", _("Kind"), lambda row: row.get_kind_display()),
            Column("came", _("Came"), "received_at", sort="received_at"),
        ),
        (
            Filter("state", _("State"), choices=tuple(IncomingMail.State.choices)),
            Filter("kind", _("Kind"), choices=tuple(IncomingMail.Kind.choices)),
            Filter("came", _("Came"), kind="dates"),
        ),
        sort="-came",
    )


def mails(request: ListRequest, person: Someone) -> QuerySet[IncomingMail]:
    rows = queries.incoming_visible_to(person)
    for name, value in dict(request.filters).items():
        match name:
            case "state" | "kind":
                rows = rows.filter(**{name: value})
            case "came":
                rows = rows.filter(_between("received_at", value))
    if request.search:
        rows = rows.filter(Q(sender__iexact=request.search) | Q(title__icontains=request.search))
    return rows


def _between(field: str, days: Dates) -> Q:
    """Whole local days, both ends included."""
    rule = Q()
    if days.first:
        rule &= Q(**{f"{field}__gte": timezone.make_aware(datetime.combine(days.first, time()))})
    if days.last:
        after = days.last + timedelta(days=1)
        rule &= Q(**{f"{field}__lt": timezone.make_aware(datetime.combine(after, time()))})
    return rule
