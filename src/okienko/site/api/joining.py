"""Units that join: agreed on, with the fixed form as a file or as rows, shown as an exact difference, agreed to or sent
back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from okienko.base.time import now
from okienko.features.faults.joining import actions, queries
from okienko.features.faults.joining.forms import ChangeForm, JoinForm
from okienko.features.faults.joining.models import Joining, Submission
from okienko.features.faults.joining.sheets import PEOPLE, QUESTIONS
from okienko.kernel.history.api import version_needed
from okienko.kernel.people.access import actor_of, may, person_of
from okienko.kernel.people.organisation.sheets import NO, YES
from okienko.site.api.checking import LARGEST_ID, Given, Version, checked, demand
from okienko.site.api.checking import told as with_version
from okienko.site.api.imports import DifferenceOut, WrongOut, difference_of, wrong_of

router = Router(tags=["joining"])


class JoiningOut(Schema):
    id: int
    unit: str = Field(alias="unit.symbol")
    asked_by: str
    agreed_on: date
    starts_on: date
    ended_on: date | None
    version: int


class JoiningIn(Given):
    unit: str = Field(max_length=40)
    asked_by: str
    agreed_on: date
    starts_on: date


class JoiningChangeIn(Given):
    asked_by: str | None = None
    agreed_on: date | None = None
    starts_on: date | None = None
    ended_on: date | None = None
    version: Version | None = None


class PersonIn(Given):
    email: str
    first_name: str
    last_name: str
    inner: str
    group: str = ""
    group_name: str = ""
    permissions: str


class QuestionIn(Given):
    category: str
    text: str
    required: bool = False


class RowsIn(Given):
    """All who work there; without questions those of now stay."""

    people: list[PersonIn] = Field(max_length=2000)
    questions: list[QuestionIn] | None = Field(default=None, max_length=2000)
    exception: str = Field(default="", max_length=300)


class FileOut(Schema):
    id: int
    joining_id: int
    name: str
    exception: str
    brought_at: datetime
    decided_at: datetime | None
    agreed: bool | None
    reason: str
    wrong: list[WrongOut]
    refused: str
    differences: list[DifferenceOut]


class RefuseIn(Given):
    reason: str = Field(min_length=1, max_length=500)


def _file(request: HttpRequest, file_id: int) -> Submission:
    return queries.submission_by_id(person_of(request), min(file_id, LARGEST_ID))


def _told(request: HttpRequest, found: Submission) -> dict[str, Any]:
    """What would change and what is wrong in the file; for who may agree, what the rules would refuse as well."""
    names = ("id", "joining_id", "name", "exception", "brought_at", "decided_at", "agreed", "reason")
    told = {name: getattr(found, name) for name in names}
    if found.decided_at is not None:
        return told | {"wrong": [], "refused": "", "differences": []}
    _content, wrong, differences = actions.compared(found, now())
    refused = None
    if not wrong and may(request.user, "faults.agree"):
        refused = actions.trial(found.pk, by=actor_of(request), at=now())
    return told | {
        "wrong": [wrong_of(one) for one in wrong],
        "refused": str(refused.reason) if refused else "",
        "differences": [difference_of(one) for one in differences],
    }


@router.get("/joinings", response=list[JoiningOut], summary="Units that have joined, or are about to")
def list_joinings(request: HttpRequest) -> QuerySet[Joining]:
    demand(request, "faults.join")
    return queries.visible_to(person_of(request))


def _joining(request: HttpRequest, joining_id: int) -> Joining:
    return queries.joining_by_id(person_of(request), min(joining_id, LARGEST_ID))


@router.post("/joinings", response={201: JoiningOut}, summary="A unit joins")
def add_joining(request: HttpRequest, response: HttpResponse, given: JoiningIn) -> Joining:
    demand(request, "faults.agree")
    units = queries.units_that_may_join()
    unit = units.filter(symbol=given.unit).first()
    asked = given.model_dump() | {"unit": unit.pk if unit else given.unit}
    read = checked(JoinForm(units, asked))
    return with_version(response, actions.join(by=actor_of(request), at=now(), **read))


@router.get("/joinings/{int:joining_id}", response=JoiningOut, summary="A unit that has joined")
def show_joining(request: HttpRequest, response: HttpResponse, joining_id: int) -> Joining:
    return with_version(response, _joining(request, joining_id))


@router.patch("/joinings/{int:joining_id}", response=JoiningOut, summary="Correct its dates, or end it")
def change_joining(
    request: HttpRequest, response: HttpResponse, joining_id: int, given: JoiningChangeIn
) -> Joining:
    """What is left out stays as it is."""
    demand(request, "faults.agree")
    found = _joining(request, joining_id)
    kept = {name: getattr(found, name) for name in ("asked_by", "agreed_on", "starts_on", "ended_on")}
    version = version_needed(request, given.version)
    asked = kept | given.model_dump(exclude_unset=True) | {"version": version}
    read = checked(ChangeForm(asked))
    made = actions.change_joining(found.pk, by=actor_of(request), at=now(), **read)
    return with_version(response, made)


@router.post(
    "/joinings/{int:joining_id}/rows",
    response={201: FileOut},
    summary="Propose who works there as rows; nothing changes yet",
)
def propose_rows(request: HttpRequest, joining_id: int, given: RowsIn) -> Any:
    joining = _joining(request, joining_id)
    rows = {PEOPLE: [one.model_dump() for one in given.people]}
    if given.questions is not None:
        said = {True: YES, False: NO}
        rows[QUESTIONS] = [one.model_dump() | {"required": said[one.required]} for one in given.questions]
    made = actions.bring_rows(joining.pk, rows, by=actor_of(request), at=now(), exception=given.exception)
    return _told(request, made)


@router.post(
    "/joinings/{int:joining_id}/files", response={201: FileOut}, summary="Bring a file; nothing changes yet"
)
def bring_file(
    request: HttpRequest,
    joining_id: int,
    file: File[UploadedFile],
    exception: Annotated[str, Form(max_length=300)] = "",
) -> Any:
    joining = _joining(request, joining_id)
    made = actions.bring(
        joining.pk, file.name or "przystapienie", file.read(), by=actor_of(request), at=now(), exception=exception
    )  # fmt: skip
    return _told(request, made)


@router.get("/joinings/files/{int:file_id}", response=FileOut, summary="What a file would change")
def show_file(request: HttpRequest, file_id: int) -> Any:
    return _told(request, _file(request, file_id))


@router.post(
    "/joinings/files/{int:file_id}/agree",
    response=list[DifferenceOut],
    summary="Agree to it, and apply it whole or not at all",
)
def agree_to_file(request: HttpRequest, file_id: int) -> Any:
    demand(request, "faults.agree")
    done = actions.agree(_file(request, file_id).pk, by=actor_of(request), at=now())
    return [difference_of(one) for one in done]


@router.post("/joinings/files/{int:file_id}/refuse", response=FileOut, summary="Send it back with the reason")
def refuse_file(request: HttpRequest, file_id: int, given: RefuseIn) -> Any:
    demand(request, "faults.agree")
    return _told(
        request,
        actions.refuse(_file(request, file_id).pk, given.reason, by=actor_of(request), at=now()),
    )
