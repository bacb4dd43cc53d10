"""What every way out promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from okienko.kernel.messages.models import Attempt, Message

Phase = Attempt.Phase
AboutTo = Callable[[], bool]
SECONDS = 60
"""How long the other side may take for one answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`line_down`: the other side cannot be reached, so the next message need not be tried now."""

    phase: Attempt.Phase
    answer: str = ""
    gateway_id: str = ""
    line_down: bool = False


class Gateway(Protocol):
    """`hand_over` asks `about_to` right before the step after which the message may arrive, and stops when told no.

    Whatever fails before that step is POSTPONED or REFUSED; an answer that never came after it is UNKNOWN.
    `repeats_are_safe`: the other side drops a second copy, so what is unknown may be sent once more.
    """

    repeats_are_safe: ClassVar[bool]

    def hand_over(self, message: Message, about_to: AboutTo) -> Outcome: ...

    def close(self) -> None: ...
