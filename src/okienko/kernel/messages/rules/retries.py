"""When a message that could not be handed over is tried again."""

from __future__ import annotations

from datetime import timedelta

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))
"""After each try; when the last is used up the message is given up and waits for a person."""

LEASE = timedelta(minutes=5)
"""A sender that has said nothing for so long is dead; longer than every time limit of a conversation."""


def pause_after(tries: int) -> timedelta | None:
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None
