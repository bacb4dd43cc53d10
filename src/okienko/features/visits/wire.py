"""Visits as programs send and get them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from okienko.features.visits.forms.extra import LONGEST
from okienko.features.visits.working import LONGEST_ANSWER

LARGEST_ID = 2**63 - 1
MOST_FIELDS, MOST_PLACES = 50, 100

PlaceId = Annotated[int, Field(ge=1, le=LARGEST_ID, description="From `locations`; without it, any of them.")]


class Given(Schema):
    model_config = ConfigDict(extra="forbid")


class FieldOut(Schema):
    name: str
    label: str
    kind: str
    required: bool
    help: str
    options: list[str]


class ConsentOut(Schema):
    name: str
    words: str
    required: bool


class ServiceOut(Schema):
    code: str
    title: str
    description: str
    category: str | None
    minutes: int
    nearest_days: int
    farthest_days: int
    confirm_by: str
    location_ids: list[int]
    fields: list[FieldOut]
    consents: list[ConsentOut]


class PlaceOut(Schema):
    id: int
    name: str
    address: str
    phone: str
    email: str


class SlotOut(Schema):
    start: datetime
    location_ids: list[int]
    places: int


class HoldIn(Given):
    service: Annotated[str, Field(max_length=40)]
    location: PlaceId | None = None
    start: AwareDatetime
    turn: Annotated[
        str,
        Field(max_length=100, description="The token of a place in the line, while new times go by turns."),
    ] = ""


class HoldOut(Schema):
    hold: str
    until: datetime
    counter: str
    location_id: int | None
    task: str
    bits: int


class ResidentIn(Given):
    name: Annotated[str, Field(max_length=200)]
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    language: Literal["pl", "en", "uk"] = "pl"
    consents: Annotated[
        list[Annotated[str, Field(max_length=40)]],
        Field(max_length=MOST_FIELDS, description="The names of those that are given."),
    ] = []

    def typed(self) -> dict[str, Any]:
        """As the form of the page gets it."""
        who = {"name": self.name, "email": self.email, "phone": self.phone}
        return who | dict.fromkeys(self.consents, "on")


class BookingIn(ResidentIn):
    hold: Annotated[str, Field(max_length=1000, description="What `holds` answered.")]
    answers: Annotated[
        dict[str, Annotated[str, Field(max_length=max(LONGEST, 2000))] | bool],
        Field(max_length=MOST_FIELDS, description="By the names of the `fields` of the service."),
    ] = {}
    work: Annotated[
        str,
        Field(
            max_length=LONGEST_ANSWER,
            description="Decimal digits such that SHA-256 of `task`, a colon and them begins with `bits` zero bits; "
            "a token with the scope `visits.book` (or `visits:book`) needs none.",
        ),
    ] = ""


class CodeIn(Given):
    code: Annotated[str, Field(max_length=100, description="The PIN, or `kod` of the link in the message.")]


class MoveIn(Given):
    start: AwareDatetime
    location: Annotated[
        int | None,
        Field(ge=1, le=LARGEST_ID, description="From `locations`; without it, where the visit is now."),
    ] = None


class WaitingIn(ResidentIn):
    service: Annotated[str, Field(max_length=40)]
    last_day: Annotated[date, Field(description="The last day that would suit.")]
    locations: Annotated[
        list[Annotated[int, Field(ge=1, le=LARGEST_ID)]],
        Field(max_length=MOST_PLACES, description="From `locations`; without any, all of them suit."),
    ] = []


class WaitingOut(Schema):
    secret: str
    service: str
    title: str
    state: str
    last_day: date
    position: int | None
    start: datetime | None
    place: str
    offered_until: datetime | None
    page: str


class BookingOut(Schema):
    secret: str
    number: str
    service: str
    title: str
    location_id: int | None
    place: str
    start: datetime
    end: datetime
    state: str
    confirm_by: str
    confirm_until: datetime | None
    why: str
    page: str


class TakenOut(Schema):
    booking: BookingOut | None
    hold: HoldOut | None
