"""Cases as programs send and get them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from django import forms
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from okienko.kernel.calendars.queries import stops_of
from okienko.kernel.cases.clocks import Deadline
from okienko.kernel.cases.models import Link
from okienko.ui.forms import PhoneField
from okienko.ui.forms.words import plain_messages


def _as_on_pages(field: forms.Field) -> Callable[[str], str]:
    """What a program sends is read as the same field of a page reads it, and refused in the same words."""
    plain_messages(field)

    def read(sent: str) -> str:
        try:
            return str(field.clean(sent))
        except forms.ValidationError as wrong:
            raise ValueError(*wrong.messages) from wrong

    return read


Email = Annotated[str, Field(max_length=254), AfterValidator(_as_on_pages(forms.EmailField(required=False)))]
Phone = Annotated[str, Field(max_length=20), AfterValidator(_as_on_pages(PhoneField(required=False)))]
Text = Annotated[str, Field(max_length=300)]
Number = Annotated[str, Field(max_length=30, description="With or without spaces.")]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Given(Schema):
    model_config = ConfigDict(extra="forbid")


class NeedOut(Schema):
    name: str
    label: str
    kind: str
    required: bool
    choices: list[str]


class StepOut(Schema):
    code: str
    name: str
    target: str | None
    basis: str
    needs: list[NeedOut]


class StateOut(Schema):
    code: str
    name: str
    open: bool


class ProcedureOut(Schema):
    code: str
    name: str
    source: str
    states: list[StateOut]
    steps: list[StepOut]


class CaseOut(Schema):
    number: str
    procedure: str
    subject: str
    kind: str
    state: str
    open: bool
    channel: str
    received_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    unit: str | None
    group: str | None
    person_id: int | None
    version: int


class ContactOut(Schema):
    name: str
    email: str
    phone: str
    wants_answer: bool


class LinkOut(Schema):
    kind: str
    number: str
    outgoing: bool
    note: str


class WholeCaseOut(CaseOut):
    description: str
    contact: ContactOut
    merged_into: str | None
    links: list[LinkOut]


class CasesOut(Schema):
    cases: list[CaseOut]
    total: int
    total_is_more: bool
    next: str | None
    previous: str | None


class DayOut(Schema):
    date: dt.date
    counted: bool
    says: str


class StopOut(Schema):
    since: datetime
    until: datetime | None


class DeadlineOut(Schema):
    code: str
    name: str
    state: str
    late: bool
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    rule: dict[str, Any]
    counts_from: str
    stops: list[StopOut]
    days: list[DayOut] = Field(description="Each day on the way, whether it counted and why.")
    says: list[str] = Field(description="The whole explanation, as the page of the case has it.")

    @classmethod
    def of(cls, deadline: Deadline) -> DeadlineOut:
        clock, told = deadline.clock, deadline.told
        same = ("code", "state", "started_at", "due_at", "ended_at", "rule", "counts_from")
        return cls(
            name=deadline.name,
            late=deadline.late,
            stops=[StopOut(since=since, until=until) for since, until in stops_of(clock)],
            days=[DayOut(date=day.date, counted=day.counted, says=says) for day, says in told.steps],
            says=[*told.result, *told.asked, *told.stops],
            **{name: getattr(clock, name) for name in same},
        )


class EntryOut(Schema):
    number: int
    kind: str
    at: datetime
    happened_at: datetime
    by: str
    channel: str
    before: Any
    after: Any
    note: str
    forgotten: bool
    hash: str


class DocumentOut(Schema):
    id: int
    name: str
    media_type: str
    size: int
    added_at: datetime


class StepIn(Given):
    inputs: dict[str, Any] = Field(default_factory=dict)
    version: Version | None = None
    happened_at: AwareDatetime | None = None


class DetailsIn(Given):
    version: Version | None = None
    subject: Annotated[str, Field(min_length=1, max_length=250)] | None = None
    description: Annotated[str, Field(max_length=20_000)] | None = None
    contact_name: Annotated[str, Field(max_length=200)] | None = None
    contact_email: Email | None = None
    contact_phone: Phone | None = None
    wants_answer: bool | None = None


class LinkIn(Given):
    number: Number
    kind: Link.Kind = Link.Kind.RELATED
    note: Text = ""


class MergeIn(Given):
    into: Number
    note: Text = ""


class SplitIn(Given):
    subject: Annotated[str, Field(min_length=1, max_length=250)]
    note: Text = ""


class AssignIn(Given):
    person_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None
    version: Version | None = None


class ViewOut(Schema):
    id: int
    name: str
    query: str
    shared: bool
    own: bool


class ViewIn(Given):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    query: Annotated[
        str, Field(max_length=2000, description="As in the address of the page: `?state=new&sort=-received`.")
    ] = ""
    shared: bool = False
