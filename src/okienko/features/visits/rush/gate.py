"""What booking asks of the line: may this one hold this time now, and which days are open to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from okienko.base.time import WARSAW
from okienko.features.visits.models import Service
from okienko.features.visits.rush import standing
from okienko.features.visits.rush.hours import horizon, release_of


@dataclass(frozen=True, slots=True)
class Sight:
    """How the newest days stand for one visitor."""

    last_day: date
    state: Literal["open", "soon", "line", "turn"] = "open"
    moment: datetime | None = None
    """When the new times open, or when the turn ends."""

    def shows(self, start: datetime) -> bool:
        return start.astimezone(WARSAW).date() <= self.last_day


def demand_turn(service: Service, start: datetime, *, token: str, key: str, at: datetime) -> bool:
    """Only the newest days go by turns: what was open before the hour anybody may book, as before. Whether one has
    stood in the line for it."""
    release = release_of(service)
    if release is None:
        return False
    opening = release.last(at)
    day = start.astimezone(WARSAW).date()
    if opening.first_day <= day and standing.in_force(release, opening, at=at):
        return standing.enter(release, opening, token=token, key=key, at=at)
    return False


def sight(service: Service, *, at: datetime, token: str = "", key: str = "") -> Sight:
    release = release_of(service)
    last_day = horizon(service, at)[1]
    if release is None:
        return Sight(last_day)
    coming, opening = release.next(at), release.last(at)
    if standing.in_force(release, opening, at=at):
        hashes = [standing.hashed(text) for text in (token, key) if text]
        turn = standing.turn_of(release, opening, hashes, at=at)
        if turn is not None:
            return Sight(last_day, "turn", turn.until)
        if standing.is_busy(release, opening, at=at):
            return Sight(opening.first_day - timedelta(days=1), "line")
    if coming.hour_at - release.early <= at:
        return Sight(last_day, "soon", coming.hour_at)
    return Sight(last_day)


def without_turn(service: Service, *, at: datetime) -> date:
    """The last day that is free to all: newer ones go by turns."""
    release = release_of(service)
    if release is None:
        return horizon(service, at)[1]
    opening = release.last(at)
    by_turns = standing.in_force(release, opening, at=at)
    return opening.first_day - timedelta(days=1) if by_turns else opening.last_day


def booked(service: Service, key: str, *, at: datetime) -> None:
    if release_of(service) is not None:
        standing.booked(key, at=at)
