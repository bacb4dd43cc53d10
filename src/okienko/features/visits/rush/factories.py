"""Lines for tests and the demonstration, made by the same steps as those of visitors."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from okienko.features.visits import holding
from okienko.features.visits.models import Service
from okienko.features.visits.rush import actions, standing
from okienko.features.visits.rush.models import Release
from okienko.kernel.history.actors import Actor

DEMO_VISITORS = 12


def make_release(service: Service, *, by: Actor, at: datetime, **details: Any) -> Release:
    usual: dict[str, Any] = {
        "active": True,
        "hour": time(8),
        "early_minutes": 30,
        "at_once": 3,
        "choose_minutes": 5,
    }
    made = actions.set_release(service, by=by, at=at, **{**usual, **details})
    service.release = made
    return made


def make_place(release: Release, *, at: datetime, network: str = "", worked: bool = True) -> str:
    """The token of a new place."""
    token = holding.new_key()
    standing.join(release, token, network=network or token[:12], worked=worked, at=at)
    return token


def demo_line(service: Service, *, by: Actor, at: datetime) -> None:
    """New times every day at eight, and the line of the last time: some came early, some late, each in turn."""
    release = make_release(service, by=by, at=at)
    hour_at = release.last(at).hour_at
    tokens = [make_place(release, at=hour_at - timedelta(minutes=5)) for _ in range(DEMO_VISITORS)]
    tokens += [make_place(release, at=hour_at + timedelta(seconds=20)) for _ in range(DEMO_VISITORS)]
    for minute in range(DEMO_VISITORS):
        now = hour_at + timedelta(minutes=minute + 1)
        for token in tokens:
            standing.come(standing.hashed(token), at=now)
