"""How often a program may ask: so many requests a minute per token, fewer per address without one.

Counted in one row per caller by one statement, so that all processes count together. The table is not written
to the log of the database: after a crash the counting begins anew, which harms nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from okienko.kernel.history.statements import prepared
from okienko.kernel.people.network import caller

WINDOW_SECONDS = 60
PER_ADDRESS = 60

_COUNT = """
INSERT INTO api_window AS known (caller, minute, requests) VALUES (%s, %s, 1)
ON CONFLICT (caller) DO UPDATE SET
    requests = CASE WHEN known.minute = excluded.minute THEN known.requests + 1 ELSE 1 END,
    minute = excluded.minute
RETURNING requests
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    limit: int
    used: int
    seconds_left: int

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        found = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.limit - self.used, 0)),
            "RateLimit-Reset": str(self.seconds_left),
        }
        return found | ({"Retry-After": str(self.seconds_left)} if self.exceeded else {})


def count_token(token_id: int, *, at: datetime) -> Allowance:
    return _count(f"token {token_id}", settings.API_PER_MINUTE, at)


def count_address(request: HttpRequest, *, at: datetime) -> Allowance:
    """The address itself is not kept, only what it hashes to."""
    hidden = salted_hmac("okienko.api.window", caller(request)).hexdigest()
    limit = getattr(settings, "API_PER_MINUTE_WITHOUT_TOKEN", PER_ADDRESS)
    return _count(f"address {hidden}", limit, at)


def _count(caller: str, limit: int, at: datetime) -> Allowance:
    minute, gone = divmod(int(at.timestamp()), WINDOW_SECONDS)
    with prepared() as cursor:
        cursor.execute(_COUNT, [caller, minute])
        return Allowance(limit, cursor.fetchone()[0], WINDOW_SECONDS - gone)


def forget_old(*, at: datetime) -> int:
    """Rows of callers who have not come for an hour."""
    oldest = int(at.timestamp()) // WINDOW_SECONDS - 60
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM api_window WHERE minute < %s", [oldest])
        return int(cursor.rowcount)
