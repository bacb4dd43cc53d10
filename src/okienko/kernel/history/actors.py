"""Who does something: a person, a resident without an account, or a part of the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RESIDENT = "resident"
Channel = Literal["page", "phone", "mail", "sms", "api", "kiosk", "command", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    person_id: int | None
    label: str
    channel: Channel = "page"
    scopes: frozenset[str] | None = (
        None  # of the API token used; None where no token limits the person's roles
    )

    @classmethod
    def system(cls, part: str) -> Actor:
        return cls(None, part, "system")

    @classmethod
    def resident(cls, channel: Channel = "page") -> Actor:
        """Someone without an account: known only by what they typed, which is not repeated in the history."""
        return cls(None, RESIDENT, channel)
