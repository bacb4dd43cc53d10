"""A mail as it came, understood as far as it can be: nothing in it is trusted, nothing makes it fail."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime

LONGEST_TEXT = 200_000
LONGEST_HEADER = 100_000
MOST_WORK = 10**8  # lines, each looked at once for every part that may end with it
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}@[^<>\s]{1,250}>")
_BLANK_LINES = re.compile(r"\n{3,}")
_BREAKS = re.compile(r"<\s*(br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!?][^<>]*>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(style|script|head|title)\b|<!--", re.IGNORECASE)
_UNSEEN_UNTIL = {
    kind: re.compile(end, re.IGNORECASE)
    for kind, end in {
        "style": "</style", "script": "</script", "head": "</head", "title": "</title", "": "--(?=>)",
    }.items()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A file that came with the mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    message_id: str
    sender: str
    sender_name: str
    recipients: str
    subject: str
    text: str
    written: str
    references: tuple[str, ...]
    headers: dict[str, str]
    digest: str
    files: tuple[Part, ...] = ()
    faults: tuple[str, ...] = ()
    statuses: tuple[dict[str, str], ...] = ()
    returned: tuple[str, ...] = field(default=())
    """Message-IDs of mails that this one brings back or reports on."""

    @property
    def fingerprint(self) -> str:
        """The same for copies of one mail, another for another mail that says it has the same Message-ID."""
        if not self.message_id:
            return self.digest
        said = [self.message_id, self.sender, self.written, self.subject, self.text, *self.returned]
        said += [hashlib.sha256(part.content).hexdigest() for part in self.files]
        return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()


def parse(source: bytes) -> Mail:
    """With its parts; where they lie too deep in one another, as a mail with one file, which is all that came."""
    if source.lower().count(b"boundary") * source.count(b"\n") <= MOST_WORK:
        try:
            return _parsed(source, whole=True)
        except RecursionError:
            pass
    return _parsed(source, whole=False)


def _parsed(source: bytes, *, whole: bool) -> Mail:
    message = BytesParser(policy=policy.compat32).parsebytes(source, headersonly=not whole)
    headers = {name.lower(): decoded(value) for name, value in reversed(message.items())}
    name, address = _who(headers.get("from", ""))
    reading = _Reading()
    for part in _leaves(message):
        reading.take(part)
    ids = _MESSAGE_ID.findall(headers.get("in-reply-to", "")) + _MESSAGE_ID.findall(
        headers.get("references", "")
    )
    own_id = _MESSAGE_ID.search(headers.get("message-id", ""))
    return Mail(
        message_id=own_id[0] if own_id else "",
        sender=_clean(address)[:254].lower(),
        sender_name=_clean(name)[:200],
        recipients=headers.get("to", "")[:1000],
        subject=headers.get("subject", "")[:500],
        text=reading.text(),
        written=_written(headers.get("date", "")),
        references=tuple(dict.fromkeys(ids)),
        headers=headers,
        digest=hashlib.sha256(source).hexdigest(),
        files=tuple(reading.files),
        faults=tuple(
            dict.fromkeys(type(fault).__name__ for part in message.walk() for fault in part.defects)
        ),
        statuses=tuple(reading.statuses),
        returned=tuple(dict.fromkeys(reading.returned)),
    )


def _who(header: str) -> tuple[str, str]:
    try:
        return parseaddr(header)
    except RecursionError:  # remarks within remarks
        return "", ""


def decoded(value: object) -> str:
    """A header in letters, whatever it claims its letters are."""
    raw = str(value)[:LONGEST_HEADER]
    try:
        text = str(make_header(decode_header(raw)))
    except (UnicodeError, LookupError, ValueError, TypeError):
        text = raw
    return _clean(text.encode("utf-8", "replace").decode("utf-8"))


def _clean(text: str) -> str:
    """PostgreSQL keeps no NUL, and a header has one line."""
    return " ".join(text.replace("\x00", "").split())


def _written(text: str) -> str:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _leaves(message: Message) -> Iterator[Message]:
    """Parts that hold something; a mail inside a mail is one thing."""
    kind = message.get_content_type()
    if kind in ("message/rfc822", "message/delivery-status", "text/rfc822-headers"):
        yield message
    elif message.is_multipart():
        payload = message.get_payload()
        for part in payload if isinstance(payload, list) else ():
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield message


class _Reading:
    """What the parts of one mail say, gathered."""

    def __init__(self) -> None:
        self.plain: list[str] = []
        self.html: list[str] = []
        self.files: list[Part] = []
        self.statuses: list[dict[str, str]] = []
        self.returned: list[str] = []

    def take(self, part: Message) -> None:
        kind = part.get_content_type()
        name = _file_name(part)
        if kind == "message/delivery-status":
            self._statuses(part)
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            self._returned(part, name)
        elif name or part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            content = _content(part)
            if content:
                self.files.append(Part(name or "plik", content))
        elif kind == "text/html":
            self.html.append(_letters(part))
        else:
            self.plain.append(_letters(part))

    def _statuses(self, part: Message) -> None:
        payload = part.get_payload()
        for block in payload if isinstance(payload, list) else ():
            if isinstance(block, Message):
                self.statuses.append({name.lower(): decoded(value) for name, value in block.items()})

    def _returned(self, part: Message, name: str) -> None:
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        if isinstance(inner, Message):
            said = str(inner.get("Message-ID", ""))
            content = (
                inner.as_bytes(policy=policy.compat32.clone(linesep="\r\n")) if _writable(inner) else b""
            )
            if content and name:
                self.files.append(Part(name, content))
        else:
            said = _letters(part)
        self.returned += _MESSAGE_ID.findall(said[:LONGEST_HEADER])

    def text(self) -> str:
        plain = "\n\n".join(filter(None, (piece.strip() for piece in self.plain)))
        if not plain:
            plain = "\n\n".join(filter(None, (without_markup(piece) for piece in self.html)))
        return plain.replace("\x00", "")[:LONGEST_TEXT]


def _writable(message: Message) -> bool:
    try:
        message.as_bytes()
    except (UnicodeError, LookupError, ValueError, AttributeError, TypeError, KeyError):
        return False
    return True


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename()
    except (UnicodeError, LookupError, ValueError, TypeError, AttributeError):
        return "plik"
    return decoded(name)[:150] if name else ""


def _content(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (UnicodeError, LookupError, ValueError, AssertionError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def _letters(part: Message) -> str:
    """UTF-8 when it is UTF-8, whatever is claimed; then what is claimed; then what Polish programs once wrote."""
    content = _content(part)
    claimed = str(part.get_content_charset("") or "")
    for charset in ("utf-8", claimed, "cp1250"):
        if not charset:
            continue
        try:
            return content.decode(charset).replace("\r\n", "\n").replace("\r", "\n")
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("latin-1")


def without_markup(markup: str) -> str:
    """What is seen of it, as text: whoever shows it escapes it, so nothing depends on what is taken out here."""
    seen = _BREAKS.sub("\n", "".join(_seen(markup[: LONGEST_TEXT * 4])))
    text = html.unescape(_TAG.sub("", seen))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def _seen(markup: str) -> Iterator[str]:
    """In one go from the beginning to the end, however often something is opened that nothing closes."""
    here = 0
    while begun := _UNSEEN.search(markup, here):
        yield f"{markup[here : begun.start()]} "
        ended = _UNSEEN_UNTIL[(begun[1] or "").lower()].search(markup, begun.end())
        if ended is None:
            return
        # The closing tag itself goes with all others.
        here = ended.end() + 1 if not begun[1] else ended.start()
    yield markup[here:]
