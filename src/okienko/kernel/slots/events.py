from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HoursChanged:
    resource_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TimeFreed:
    """Somebody gave back a time that was really taken: whoever waits for one may want to know."""

    resource_id: int
    start: datetime
    at: datetime
