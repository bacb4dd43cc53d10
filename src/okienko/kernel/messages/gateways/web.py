"""One request to a gateway, with its moment of no return."""

from __future__ import annotations

import hmac
import http.client
from dataclasses import dataclass
from urllib.parse import SplitResult

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from okienko.kernel.messages.gateways.line import SECONDS, AboutTo, Outcome, Phase

MOST_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes

    @property
    def text(self) -> str:
        return f"{self.status} {self.body.decode('utf-8', 'replace')}".replace("\x00", "").strip()[:1000]


def ask(
    where: SplitResult, secure: bool, method: str, path: str, *, about_to: AboutTo,
    body: bytes | None = None, headers: dict[str, str] | None = None,
) -> Reply | Outcome:  # fmt: skip
    """The reply, or what became of it: connecting may fail without harm, what comes after may not."""
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    line = kind(where.hostname or "localhost", where.port, timeout=SECONDS)
    try:
        try:
            line.connect()
        except OSError as error:
            return Outcome(Phase.POSTPONED, f"{type(error).__name__}: {error}", line_down=True)
        if not about_to():
            return Outcome(Phase.ABANDONED)
        try:
            line.request(method, path, body=body, headers=headers or {})
            response = line.getresponse()
            return Reply(response.status, response.read(MOST_BYTES))
        except (OSError, http.client.HTTPException) as error:
            return Outcome(Phase.UNKNOWN, f"no-answer: {type(error).__name__}: {error}")
    finally:
        line.close()


def judged(reply: Reply) -> Outcome | None:
    """By the status alone: wrong for good, wrong for now, or for the gateway itself to read."""
    if reply.status == 429 or reply.status >= 500:
        return Outcome(Phase.POSTPONED, reply.text, line_down=True)
    if reply.status in (401, 403, 404):
        # Our own key or address is wrong: not the fault of this message.
        return Outcome(Phase.POSTPONED, reply.text, line_down=True)
    if reply.status >= 400:
        return Outcome(Phase.REFUSED, reply.text)
    return None


def report_secret() -> str:
    return salted_hmac("okienko.messages.reports", "sms", algorithm="sha256").hexdigest()[:32]


def is_report_secret(given: str) -> bool:
    return hmac.compare_digest(given.encode(), report_secret().encode())


def report_address(gateway: str) -> str:
    path = reverse(f"office_messages:report_{gateway}", args=[report_secret()])
    return f"{settings.PUBLIC_ADDRESS}{path}"
