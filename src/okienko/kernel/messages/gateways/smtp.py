"""E-mail through any SMTP server: smtp://user:password@host:587?tls=starttls, smtps://user:password@host."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from okienko.kernel.messages import composing
from okienko.kernel.messages.gateways.line import SECONDS, AboutTo, Outcome, Phase
from okienko.kernel.messages.gateways.tls import trust
from okienko.kernel.messages.models import Message

_LEADING_DOT = re.compile(rb"(?m)^\.")


class Smtp:
    """One connection for as many messages as follow each other.

    A server answers for a message from the moment at which it has read the line with a single dot. Everything
    before that line is sent first; the line alone waits for `about_to`.
    """

    repeats_are_safe: ClassVar[bool] = False

    def __init__(self, address: str) -> None:
        self.address = urlsplit(address)
        self.line: smtplib.SMTP | None = None

    def hand_over(self, message: Message, about_to: AboutTo) -> Outcome:
        mail = composing.as_mail(message).as_bytes()
        try:
            line = self._open()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome(Phase.POSTPONED, _said(error), line_down=True)
        try:
            refused = self._envelope(line, message.address) or self._content(line, mail)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome(Phase.POSTPONED, _said(error), line_down=True)
        if refused is not None:
            if refused.line_down:
                self._drop()
            return refused
        if not about_to():
            self._drop()
            return Outcome(Phase.ABANDONED)
        try:
            line.send(b".\r\n")
            code, answer = line.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome(Phase.UNKNOWN, f"no-answer: {_said(error)}", line_down=True)
        return _judged(code, answer) or Outcome(Phase.ACCEPTED, _text(code, answer))

    def _open(self) -> smtplib.SMTP:
        if self.line is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if self.line.rset()[0] == 250:
                    return self.line
            self._drop()
        where, options = self.address, parse_qs(self.address.query)
        host = where.hostname or "localhost"
        tls = options.get("tls", ["no"])[-1]
        if tls not in ("starttls", "no"):
            raise smtplib.SMTPException(f"tls={tls} is neither starttls nor no")
        if where.scheme == "smtps":
            self.line = smtplib.SMTP_SSL(host, where.port or 465, timeout=SECONDS, context=trust())
        else:
            self.line = smtplib.SMTP(host, where.port or 25, timeout=SECONDS)
        # The last line goes by itself: without this it would wait for the other side's delayed acknowledgement.
        if self.line.sock is not None:
            self.line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line.ehlo_or_helo_if_needed()
        if tls == "starttls":
            # A server that does not offer it is an error: nothing goes on in the clear.
            self.line.starttls(context=trust())
            self.line.ehlo()
        if where.username:
            self.line.login(unquote(where.username), unquote(where.password or ""))
        return self.line

    def _envelope(self, line: smtplib.SMTP, address: str) -> Outcome | None:
        options = []
        if not address.isascii():
            if not line.has_extn("smtputf8"):
                return Outcome(Phase.REFUSED, "address-letters")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
            line.command_encoding = "utf-8"
        return _judged(*line.mail(composing.own_address(), options)) or _judged(*line.rcpt(address))

    def _content(self, line: smtplib.SMTP, mail: bytes) -> Outcome | None:
        code, answer = line.docmd("DATA")
        if code != 354:
            return _judged(code, answer) or Outcome(Phase.POSTPONED, _text(code, answer), line_down=True)
        line.send(_LEADING_DOT.sub(b"..", mail))
        if not mail.endswith(b"\r\n"):
            line.send(b"\r\n")
        return None

    def _drop(self) -> None:
        """Without a farewell: a server that has not read the last dot throws away what it has read."""
        if self.line is not None:
            self.line.close()
            self.line = None

    def close(self) -> None:
        if self.line is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.line.quit()
            self._drop()


def _judged(code: int, answer: bytes) -> Outcome | None:
    """Refused for good, refused for now, or not refused."""
    if 200 <= code < 400:
        return None
    if 500 <= code < 600:
        return Outcome(Phase.REFUSED, _text(code, answer))
    return Outcome(Phase.POSTPONED, _text(code, answer), line_down=code in (-1, 421))


def _text(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}".replace("\x00", "")[:1000]


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _text(error.smtp_code, said if isinstance(said, bytes) else str(said).encode())
    return f"{type(error).__name__}: {error}"[:1000]
