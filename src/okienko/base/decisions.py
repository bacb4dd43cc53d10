"""How the rules say no: to a person in words, to a program by a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Words = Any  # str, or a lazily translated string: base knows no framework


class Refused(Exception):
    """The rules do not allow this. `reason` is a sentence for the reader; `field` names the input it is about."""

    def __init__(self, reason: Words, *, code: str = "refused", field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.field = field

    def __str__(self) -> str:
        return str(self.reason)


class Stale(Refused):
    """Somebody else changed the same thing first; carries what stands there now."""

    def __init__(self, reason: Words, *, current: object = None, code: str = "changed-meanwhile") -> None:
        super().__init__(reason, code=code)
        self.current = current


class Missing(Exception):
    """Not there, or not there for this person: from outside the two look the same."""


@dataclass(frozen=True, slots=True)
class Allowed:
    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """`limit`: the nearest that would have been allowed."""

    reason: Words
    code: str = "denied"
    field: str | None = None
    limit: Any = None

    def __bool__(self) -> bool:
        return False

    def refuse(self) -> Refused:
        return Refused(self.reason, code=self.code, field=self.field)


Decision = Allowed | Denied
