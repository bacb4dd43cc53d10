"""From a template and values to a text, and from a message to what goes over the line."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.html import conditional_escape, urlize
from django.utils.safestring import mark_safe

from okienko.base.decisions import Refused
from okienko.kernel.messages import words
from okienko.kernel.messages.declaring import Notice, Original
from okienko.kernel.messages.models import Message
from okienko.kernel.messages.queries import enclosures_of, settings_row, text_in_force
from okienko.kernel.messages.rules import short
from okienko.kernel.messages.rules.wording import WrongWording, fill
from okienko.ui import office

LONGEST_TITLE = 250


@dataclass(frozen=True, slots=True)
class Written:
    """A notice filled in: what each channel would carry. An empty text means no message by that channel."""

    title: str
    body: str
    sms: str

    @property
    def sms_length(self) -> short.Length:
        return short.length(self.sms)


def write(
    notice: Notice, data: Mapping[str, Any], *, language: str, variant: str = "", number: str = ""
) -> Written:
    return fill_in(notice, text_in_force(notice, language, variant), data, language=language, number=number)


def fill_in(
    notice: Notice, text: Original, data: Mapping[str, Any], *, language: str, number: str = ""
) -> Written:
    if missing := [name for name in notice.kinds if name not in data]:
        raise LookupError(f"the notice {notice.code} was not given {', '.join(missing)}")
    title, body, sms = (
        fill(notice.parts(part, language), data, language) for part in (text.subject, text.body, text.sms)
    )
    # A line break in a value must not end the header.
    title = " ".join(title.split())[:LONGEST_TITLE]
    if number and f"[{number}]" not in title:
        title = f"[{number}] {title}"
    sms = " ".join(sms.split())
    body = body.strip()
    if body and (signature := office.current().signature):
        body = f"{body}\n\n{signature}"
    return Written(title, body, short.folded(sms) if settings_row().fold_letters else sms)


def check(notice: Notice, text: Original, language: str) -> None:
    """Refused, beside the field that it is in, when a place of the text could not be filled."""
    for field in ("subject", "body", "sms"):
        try:
            notice.parts(getattr(text, field), language)
        except WrongWording as wrong:
            raise Refused(words.wrong(wrong), code="wrong-wording", field=field) from wrong


def own_domain() -> str:
    return parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2] or "localhost"


def own_address() -> str:
    return parseaddr(settings.MAIL_FROM)[1]


def new_key() -> str:
    """Nobody can name the message who did not get it: a reply that names it is let in by that."""
    return secrets.token_hex(16)


def mail_id(key: str, number: str) -> str:
    return f"<{'.'.join(filter(None, (key, number)))}@{own_domain()}>"


class _Headers(HeaderRegistry):
    """Reading a header costs as much as the rest of a letter; those of which letters have the same are read once."""

    OF_ONE_LETTER = ("to", "subject", "date", "message-id", "in-reply-to", "references")

    def __call__(self, name: str, value: Any) -> Any:
        one = name.lower() in self.OF_ONE_LETTER or not isinstance(value, str)
        return super().__call__(name, value) if one else self._kept(name, value)

    @lru_cache(maxsize=200)  # noqa: B019  (there is one of it)
    def _kept(self, name: str, value: str) -> Any:
        return super().__call__(name, value)


_ASCII = policy.SMTP.clone(header_factory=_Headers())
_UTF8 = _ASCII.clone(utf8=True)


def as_mail(message: Message) -> EmailMessage:
    mail = EmailMessage(policy=_ASCII if message.address.isascii() else _UTF8)
    name, address = parseaddr(settings.MAIL_FROM)
    mail["From"] = str(Address(name or office.current().name, addr_spec=address))
    username, _, domain = message.address.rpartition("@")
    mail["To"] = Address(username=username, domain=domain)
    mail["Subject"] = message.title
    mail["Date"] = format_datetime(message.written_at)
    mail["Message-ID"] = message.mail_id
    if message.in_reply_to:
        mail["In-Reply-To"] = message.in_reply_to
        mail["References"] = message.in_reply_to
    if reply_to := settings_row().reply_to:
        mail["Reply-To"] = reply_to
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["List-Id"] = f"<{message.notice.replace('.', '-')}.{own_domain()}>"
    mail["X-Okienko-Office"] = own_domain()
    mail["Content-Language"] = message.language
    mail.set_content(message.text + "\n")
    mail.add_alternative(as_html(message.text, message.language), subtype="html")
    for enclosure in enclosures_of(message):
        maintype, _, subtype = enclosure.media_type.partition("/")
        mail.add_attachment(
            bytes(enclosure.content), maintype=maintype, subtype=subtype, filename=enclosure.name
        )
    return mail


def as_html(text: str, language: str) -> str:
    """The same text as a page: escaped, with its links to click and its paragraphs apart."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        linked = urlize(mark_safe(conditional_escape(paragraph)))
        paragraphs.append(f"<p>{linked.replace(chr(10), '<br>')}</p>")
    head = f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head>'
    return f"{head}<body>{''.join(paragraphs)}</body></html>\n"
