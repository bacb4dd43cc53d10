from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CaseRegistered:
    case_id: int
    number: str
    procedure: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StepTaken:
    case_id: int
    procedure: str
    step: str
    tells: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseMerged:
    case_id: int
    into_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseSplit:
    case_id: int
    part_id: int
    at: datetime
