from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StaffMemberInvited:
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StaffMemberLeft:
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkHandedOver:
    """All open work of one person goes to another: every module that keeps work hands over its own."""

    from_person_id: int
    to_person_id: int
    by_person_id: int | None
    by_label: str
    at: datetime
