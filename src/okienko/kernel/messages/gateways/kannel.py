"""Text messages through Kannel: kannel://user:password@host:13013/?from=Office&dlr=yes (kannels:// by TLS)."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from okienko.kernel.messages.gateways import web
from okienko.kernel.messages.gateways.line import AboutTo, Outcome, Phase
from okienko.kernel.messages.models import Message
from okienko.kernel.messages.rules import short

DELIVERED, FAILED, REJECTED = 1, 2, 16
"""Bits of Kannel's report: delivered to the phone, not delivered, refused by the centre."""


class Kannel:
    repeats_are_safe: ClassVar[bool] = False

    def __init__(self, address: str) -> None:
        self.where = urlsplit(address)
        self.options = {name: values[0] for name, values in parse_qs(self.where.query).items()}

    def hand_over(self, message: Message, about_to: AboutTo) -> Outcome:
        asked = {
            "username": unquote(self.where.username or ""),
            "password": unquote(self.where.password or ""),
            "from": self.options.get("from", ""),
            "to": f"+{message.address}",
            "text": message.text,
            "charset": "UTF-8",
            "coding": "0" if short.is_plain(message.text) else "2",
        }
        if self.options.get("dlr", "yes") != "no":
            asked["dlr-mask"] = str(DELIVERED | FAILED | REJECTED)
            asked["dlr-url"] = f"{web.report_address('kannel')}?key={message.key}&status=%d&answer=%A"
        path = f"/cgi-bin/sendsms?{urlencode(asked)}"
        reply = web.ask(self.where, self.where.scheme == "kannels", "GET", path, about_to=about_to)
        if isinstance(reply, Outcome):
            return reply
        # 202: "0: Accepted for delivery" or "3: Queued for later delivery".
        return web.judged(reply) or Outcome(Phase.ACCEPTED, reply.text)

    def close(self) -> None:
        """Each message has a connection of its own."""
