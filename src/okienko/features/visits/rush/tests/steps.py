"""What visitors of a line do, and the moments at which they do it."""

from __future__ import annotations

from datetime import datetime, timedelta

from okienko.features.visits import actions, holding, queries
from okienko.features.visits.actions import Contact
from okienko.features.visits.models import Booking, Service
from okienko.features.visits.rush import hours, standing
from okienko.features.visits.rush.factories import make_place
from okienko.features.visits.rush.models import Line, Release
from okienko.features.visits.rush.rules import State
from okienko.features.visits.tests.conftest import AT, RESIDENT, Office
from okienko.kernel.slots.models import Claim
from okienko.kernel.slots.queries import Free

HOUR, MINUTE, SECOND = AT, timedelta(minutes=1), timedelta(seconds=1)
EARLY = HOUR - 5 * MINUTE
LATE = HOUR + MINUTE


def come(token: str, at: datetime) -> standing.Seen:
    return standing.come(standing.hashed(token), at=at)


def state(token: str, at: datetime) -> State:
    return standing.look(standing.hashed(token), at=at).state


def service_of(office: Office) -> Service:
    found = queries.offered(office.service.code)
    assert found is not None
    return found


def newest(office: Office, at: datetime) -> list[Free]:
    service = service_of(office)
    last = hours.horizon(service, at)[1]
    free = queries.free_times(service, queries.counters_of(service), now=at)
    return [one for one in free if one.start.date() == last]


def hold(
    office: Office, start: datetime, at: datetime, turn: str | None = "", key: str = "", network: str = ""
) -> str:
    key = key or holding.new_key()
    holding.hold(
        service_of(office), start, counters=office.counters, key=key, at=at, turn=turn, network=network
    )
    return key


def book(office: Office, key: str, at: datetime) -> Booking:
    start = Claim.objects.get(key=key).during.lower
    who = Contact("Anonim", f"{key[:10]}@example.org".lower())
    return actions.book(key, by=RESIDENT, at=at, service=service_of(office), start=start, contact=who)


def line() -> Line:
    return Line.objects.get()


def waiting_line(release: Release, count: int) -> list[str]:
    """Tokens in the order of their numbers, all of them there at the hour."""
    tokens = [make_place(release, at=EARLY) for _ in range(count)]
    for token in tokens:
        come(token, HOUR)
    return sorted(tokens, key=lambda token: standing.look(standing.hashed(token), at=HOUR).number or 0)
