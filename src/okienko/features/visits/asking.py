"""What booking and cancelling ask about at once, under their locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from okienko.features.visits import rules
from okienko.features.visits.models import Booking, Service
from okienko.kernel.history.statements import prepared
from okienko.kernel.messages.models import Message
from okienko.kernel.slots.models import Claim

# Who changes a time that stands for another holds no more than before.
_COUNT_HOLD = """
WITH held AS (
    SELECT expires_at > %(now)s::timestamptz AS stands FROM slots_claim WHERE key = %(key)s AND kind = 'hold'
), counted AS (
    INSERT INTO visits_networkholds AS known (service_id, mark, since, holds)
    SELECT %(service)s::bigint, %(network)s::text, %(now)s, 1
    WHERE %(network)s <> '' AND NOT EXISTS (SELECT FROM held WHERE stands)
    ON CONFLICT (service_id, mark) DO UPDATE SET
        holds = CASE WHEN known.since > %(opened)s::timestamptz THEN known.holds + 1 ELSE 1 END,
        since = CASE WHEN known.since > %(opened)s THEN known.since ELSE excluded.since END
    WHERE known.since <= %(opened)s OR known.holds < %(most)s::int
    RETURNING since
)
SELECT EXISTS (SELECT FROM visits_booking WHERE hold_key = %(key)s), EXISTS (SELECT FROM held),
    %(network)s = '' OR EXISTS (SELECT FROM held WHERE stands) OR EXISTS (SELECT FROM counted),
    (SELECT since FROM visits_networkholds WHERE service_id = %(service)s AND mark = %(network)s)
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What holding asks about at once, under its lock."""

    booked: bool
    """A visit, under the same key."""
    held: bool
    """A time, under the same key, in time or not."""
    allowed: bool
    """The network may hold one more, and this one is counted."""
    since: datetime | None
    """When the first of those was held that count against it."""


def count_hold(service: Service, key: str, *, network: str, now: datetime) -> Known:
    """The count is taken back with the transaction of whoever holds nothing in the end."""
    values: dict[str, Any] = {
        "service": service.pk, "key": key, "network": network, "now": now, "most": service.most_holds,
        "opened": now - rules.NETWORK_SPAN,
    }  # fmt: skip
    with prepared() as cursor:
        cursor.execute(_COUNT_HOLD, values)
        return Known(*cursor.fetchone())


@dataclass(frozen=True, slots=True)
class Counted:
    """What booking asks about at once, under its locks."""

    booking_id: int | None
    """Booked under the same key already."""
    published: bool
    by_email: int
    by_phone: int
    from_network: int
    from_list: bool
    """The time was offered to somebody who waits."""
    counter_id: int | None
    """Where the time is held."""


_COUNTED = """
WITH ahead AS (
    SELECT upper(email) AS email, phone FROM visits_booking
    WHERE service_id = %(service)s AND start > %(now)s
    AND (state = 'confirmed' OR state = 'unconfirmed' AND confirm_until > %(now)s)
    AND (upper(email) = upper(%(email)s::text) OR phone = %(phone)s)
)
SELECT (SELECT id FROM visits_booking WHERE hold_key = %(key)s),
    EXISTS (SELECT FROM visits_service WHERE id = %(service)s AND status = 'published'),
    (SELECT count(*) FROM ahead WHERE email <> '' AND email = upper(%(email)s::text)),
    (SELECT count(*) FROM ahead WHERE phone <> '' AND phone = %(phone)s),
    (SELECT count(*) FROM visits_booking WHERE network <> '' AND network = %(network)s AND created_at > %(since)s),
    EXISTS (SELECT FROM visits_waiting WHERE key = %(key)s AND state = 'offered'),
    (SELECT resource_id FROM slots_claim WHERE key = %(key)s AND kind = 'hold' AND expires_at > %(now)s)
"""


def counted(
    service: Service, *, now: datetime, key: str, email: str = "", phone: str = "", network: str = ""
) -> Counted:
    """How many visits for the service this e-mail and this phone have ahead, what this network has booked lately."""
    values: dict[str, Any] = {
        "service": service.pk, "now": now, "key": key, "email": email, "phone": phone, "network": network,
        "since": now - rules.NETWORK_SPAN,
    }  # fmt: skip
    with prepared() as cursor:
        cursor.execute(_COUNTED, values)
        return Counted(*cursor.fetchone())


def all_held(keys: Sequence[str], *, now: datetime) -> list[Claim]:
    return list(Claim.objects.filter(key__in=keys, kind=Claim.Kind.HOLD, expires_at__gt=now))


def with_messages_waiting(bookings: Iterable[Booking]) -> set[int]:
    """Those about whom there is a message that has not been handed over yet."""
    states = (Message.State.WAITING, Message.State.SENDING)
    about = Message.objects.filter(subject_type=Booking._meta.label_lower, state__in=states)
    return set(about.filter(subject_id__in=[one.pk for one in bookings]).values_list("subject_id", flat=True))
