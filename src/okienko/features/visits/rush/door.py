"""Coming to the line, by a page or by a program: whether there is one, the piece of work, and the place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from okienko.base.decisions import Missing
from okienko.features.visits import holding, queries, working
from okienko.features.visits.models import Service
from okienko.features.visits.rush import hours, kept, rules, standing
from okienko.features.visits.rush.models import Release
from okienko.features.visits.rush.standing import Seen


@dataclass(frozen=True, slots=True)
class Door:
    service: Service
    release: Release
    opening: rules.Opening
    early: bool
    """Before the hour, when all who come take part in the lot."""
    stands: bool
    """Whether there is a line at all: early, or because somebody would have to wait."""

    def task(self, token: str) -> str:
        """Bound to the token that the place will have: work is good for one place."""
        return working.task_for(f"{self.release.pk}:{self.opening.hour_at.isoformat()}:{token}")


def door(code: str, *, at: datetime) -> Door:
    """Kept for a second, but never past the hour."""
    service, release = kept.known(("service", code), lambda: _offered(code), at=at)
    opening = release.joined(at)
    early = opening.hour_at > at
    stands = early or kept.known(
        ("stands", release.pk, opening.hour_at), lambda: _stands(release, opening, at), at=at
    )
    return Door(service, release, opening, early, stands)


def _offered(code: str) -> tuple[Service, Release]:
    service = queries.offered(code) if code.isprintable() else None
    release = hours.release_of(service) if service else None
    if service is None or release is None:
        raise Missing
    return service, release


def _stands(release: Release, opening: rules.Opening, at: datetime) -> bool:
    return standing.in_force(release, opening, at=at) and standing.is_busy(release, opening, at=at)


def may_enter(door: Door, token: str, *, at: datetime) -> bool:
    if not holding.is_key(token):
        return False
    return door.early or standing.in_force(door.release, door.opening, at=at)


def enter(door: Door, token: str, *, work: str, network: str, at: datetime, trusted: bool = False) -> Seen:
    """A place in the line. Taken before the hour, it is known without asking the database again."""
    worked = trusted or working.solves(door.task(token), work)
    if standing.join(door.release, token, network=network, worked=worked, at=at):
        return standing.early(door.service.code, door.opening, at=at)
    return standing.come(standing.hashed(token), at=at)


def own(door: Door, token: str, *, at: datetime) -> tuple[str, Seen | None]:
    """The place under the token, where it is one in the line that stands now."""
    place = standing.hashed(token)
    try:
        seen = standing.look(place, at=at) if token else None
    except Missing:
        seen = None
    return (place, seen) if seen is not None and seen.hour_at == door.opening.hour_at else ("", None)
