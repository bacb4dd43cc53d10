from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MailJoined:
    """A mail came about something that is already here. What is `automatic` must never be answered."""

    incoming_id: int
    subject_type: str
    subject_id: int
    automatic: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageBounced:
    message_id: int
    subject_type: str
    subject_id: int
    reason: str
    at: datetime
