from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from okienko.base import time
from okienko.base.decisions import Missing
from okienko.features.faults.letters import actions, printing, queries
from okienko.features.faults.letters.models import Letter
from okienko.features.faults.letters.rules import Paper
from okienko.features.faults.models import Report
from okienko.features.faults.queries import report_by_id
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import by_number
from okienko.kernel.cases.wire import Email
from okienko.kernel.people.access import actor_of, person_of

router = Router(tags=["cases"])


class LetterIn(Schema):
    """What is left out is as the template and the report have it."""

    kind: Literal["covering", "note", "message"]
    addressee: str | None = Field(None, min_length=1, max_length=200)
    address: str | None = Field(None, max_length=300)
    title: str | None = Field(None, min_length=1, max_length=250)
    text: str | None = Field(None, min_length=1, max_length=20_000)
    signer: str | None = Field(None, min_length=1, max_length=200)
    role: str = Field("", max_length=200)
    email: Email = ""
    enclosed: list[int] = Field([], max_length=100)


class LetterOut(Schema):
    id: int
    kind: str
    version: int
    addressee: str
    email: str
    signer: str
    printed_at: datetime
    printed_by_id: int | None


def _case(request: HttpRequest, number: str) -> Case:
    return by_number(number, visible_to_person=request.user)


def _report(request: HttpRequest, number: str) -> Report:
    report = report_by_id(_case(request, number).pk)
    if report is None:
        raise Missing
    return report


@router.get(
    "/cases/{number}/letters", response=list[LetterOut], summary="Letters written about a fault report"
)
def list_letters(request: HttpRequest, number: str) -> Any:
    return queries.letters_of(_report(request, number))


@router.post(
    "/cases/{number}/letters", response={201: LetterOut}, summary="Write a letter, and send it if asked to"
)
def write_letter(request: HttpRequest, number: str, given: LetterIn) -> Letter:
    case, person, paper = _case(request, number), person_of(request), Paper(given.kind)
    found = queries.printable(case, person)
    if found is None or paper not in found.papers:
        raise Missing
    said = given.model_dump(exclude_none=True, exclude={"kind"})
    told = printing.draft(case, found, paper, person) | said
    return actions.print_letter(case.pk, paper, by=actor_of(request), at=time.now(), person=person, **told)


@router.get("/cases/{number}/letters/{int:letter_id}", summary="One letter as it was printed")
def read_letter(request: HttpRequest, number: str, letter_id: int) -> FileResponse:
    document = queries.letter_of(_report(request, number), min(letter_id, 2**63 - 1)).document
    return FileResponse(
        default_storage.open(document.stored_as), as_attachment=True, filename=document.name, content_type="application/pdf"
    )  # fmt: skip
