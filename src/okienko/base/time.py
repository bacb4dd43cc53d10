"""The clock and the zone. Only the edges (views, commands, jobs) ask what time it is; rules are told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")


def now() -> datetime:
    return datetime.now(UTC)


def day_of(at: datetime) -> date:
    """By the calendar on the wall of the office."""
    return at.astimezone(WARSAW).date()
