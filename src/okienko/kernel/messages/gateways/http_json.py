"""Text messages through an HTTP gateway of the kind common in Poland: https+json://token@host/path?from=Office.

The message goes by POST as a form with a bearer token; the answer is JSON with the identifier that delivery
reports come back with. The message's own key goes along as `idx` with `check_idx=1`: gateways that know it
refuse a second copy. `safe_repeats=1` in the address says that this one does.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from okienko.kernel.messages.gateways import web
from okienko.kernel.messages.gateways.line import AboutTo, Outcome, Phase
from okienko.kernel.messages.models import Message
from okienko.kernel.messages.rules import short

DUPLICATE = "idx"


class HttpJson:
    repeats_are_safe: ClassVar[bool] = False

    def __init__(self, address: str) -> None:
        self.where = urlsplit(address)
        self.options = {name: values[0] for name, values in parse_qs(self.where.query).items()}
        if self.options.get("safe_repeats") == "1":
            self.repeats_are_safe = True  # type: ignore[misc]

    def hand_over(self, message: Message, about_to: AboutTo) -> Outcome:
        form = {
            "to": message.address,
            "message": message.text,
            "from": self.options.get("from", ""),
            "encoding": "utf-8",
            "format": "json",
            "idx": message.key,
            "check_idx": "1",
            "notify_url": web.report_address("json"),
        }
        if not short.is_plain(message.text):
            form["unicode"] = "1"
        reply = web.ask(
            self.where,
            self.where.scheme == "https+json",
            "POST",
            self.where.path or "/",
            about_to=about_to,
            body=urlencode(form).encode(),
            headers={
                "Authorization": f"Bearer {unquote(self.where.username or '')}",
                "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
                "Accept": "application/json",
            },
        )
        return reply if isinstance(reply, Outcome) else _read(reply)

    def close(self) -> None:
        """Each message has a connection of its own."""


def _read(reply: web.Reply) -> Outcome:
    wrong = web.judged(reply)
    try:
        answer = json.loads(reply.body)
    except (ValueError, RecursionError):
        return wrong or Outcome(Phase.UNKNOWN, f"no-answer: {reply.text}")
    if _is_duplicate(answer):
        return Outcome(Phase.ACCEPTED, reply.text)
    if wrong:
        return wrong
    found = _identifier(answer)
    if found:
        return Outcome(Phase.ACCEPTED, reply.text, gateway_id=found)
    return Outcome(Phase.REFUSED, reply.text)


def _is_duplicate(answer: Any) -> bool:
    return isinstance(answer, dict) and DUPLICATE in str(
        answer.get("invalid_fields", answer.get("duplicate", ""))
    )


def _identifier(answer: Any) -> str:
    """{"id": …}, or {"list": [{"id": …}]} with one entry per recipient."""
    if isinstance(answer, dict) and not answer.get("error"):
        entries = answer.get("list")
        if isinstance(entries, list) and entries and isinstance(entries[0], dict):
            answer = entries[0]
        found = answer.get("id")
        if isinstance(found, str | int):
            return str(found)[:100]
    return ""
