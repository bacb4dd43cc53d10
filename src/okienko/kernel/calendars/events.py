from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CalendarChanged:
    calendar_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that is another one than before."""

    clock_id: int
    subject_type: str
    subject_id: int
    code: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class DeadlinesMoved:
    """All that one change of a calendar, of a rule or of a clock has moved."""

    moves: tuple[Moved, ...]
    at: datetime
