"""Units that join: the file of the fixed form is brought, shown as an exact difference, agreed to or sent back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from okienko.base.time import now
from okienko.features.faults.joining import actions, queries
from okienko.features.faults.joining.models import Joining, Submission
from okienko.kernel.people.access import actor_of, may, person_of
from okienko.site.api.checking import LARGEST_ID, Given, demand
from okienko.site.api.imports import DifferenceOut, WrongOut, difference_of, wrong_of

router = Router(tags=["joining"])


class JoiningOut(Schema):
    id: int
    unit: str = Field(alias="unit.symbol")
    asked_by: str
    agreed_on: date
    starts_on: date
    ended_on: date | None


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


@router.post(
    "/joinings/{int:joining_id}/files", response={201: FileOut}, summary="Bring a file; nothing changes yet"
)
def bring_file(
    request: HttpRequest,
    joining_id: int,
    file: File[UploadedFile],
    exception: Annotated[str, Form(max_length=300)] = "",
) -> Any:
    joining = queries.joining_by_id(person_of(request), min(joining_id, LARGEST_ID))
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
