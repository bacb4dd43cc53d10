"""The line as programs get it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from okienko.features.visits.wire import Given
from okienko.features.visits.working import LONGEST_ANSWER


class VisitLineOut(Schema):
    service: str
    opens_at: Annotated[datetime, Field(description="The hour whose line one would stand in now.")]
    first_day: date
    last_day: date
    stands: Annotated[bool, Field(description="Without a line, hold a time at once.")]
    next_at: Annotated[datetime, Field(description="When new times open next.")]
    token: Annotated[str, Field(description="For a place: keep it, it is all that the place is known by.")]
    task: str
    bits: int


class LinePlaceIn(Given):
    token: Annotated[str, Field(max_length=100, description="What the line answered.")]
    work: Annotated[
        str,
        Field(
            max_length=LONGEST_ANSWER,
            description="Decimal digits such that SHA-256 of `task`, a colon and them begins with `bits` zero bits.",
        ),
    ] = ""


class LinePlaceOut(Schema):
    token: str
    service: str
    state: Literal["early", "waiting", "turn", "over", "booked", "left"]
    opens_at: datetime
    number: int | None
    ahead: Annotated[int, Field(description="How many wait before this place.")]
    wait_seconds: int
    all_taken: bool
    until: Annotated[datetime | None, Field(description="When the turn ends.")]
    ask_after: Annotated[float, Field(description="Seconds after which asking again is of use.")]
