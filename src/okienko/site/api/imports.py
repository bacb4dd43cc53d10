"""The organisation as a file: given out, read, shown as an exact difference, applied whole or not at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from okienko.base.decisions import Refused
from okienko.base.time import now
from okienko.kernel.people import queries
from okienko.kernel.people.access import actor_of
from okienko.kernel.people.models import OrganisationImport
from okienko.kernel.people.organisation import applying, writing
from okienko.kernel.people.organisation.comparing import Difference, compare
from okienko.kernel.people.organisation.reading import Wrong, read
from okienko.kernel.people.views.organisation import XLSX
from okienko.site.api.checking import LARGEST_ID, demand

router = Router(tags=["organisation"])


class CellOut(Schema):
    heading: str
    before: str
    after: str


class DifferenceOut(Schema):
    what: str
    sheet: str
    name: str
    cells: list[CellOut]


class WrongOut(Schema):
    sheet: str
    row: int
    column: str
    says: str


class ImportOut(Schema):
    id: int
    name: str
    uploaded_at: datetime
    applied_at: datetime | None
    wrong: list[WrongOut]
    refused: str
    differences: list[DifferenceOut]


def _import(request: HttpRequest, import_id: int) -> OrganisationImport:
    demand(request, "organisation.import")
    return queries.import_by_id(min(import_id, LARGEST_ID))


def difference_of(one: Difference) -> dict[str, Any]:
    cells = [{"heading": heading, "before": before, "after": after} for heading, before, after in one.cells]
    return {"what": one.what, "sheet": one.sheet, "name": one.name, "cells": cells}


def wrong_of(one: Wrong) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("sheet", "row", "column", "says")}


def _told(request: HttpRequest, made: OrganisationImport) -> dict[str, Any]:
    """What would change, what is wrong in the file, and what the rules would refuse: tried, and taken back."""
    at = now()
    file, wrong = read(made.name, bytes(made.content))
    open_, refused = made.applied_at is None, None
    if open_ and not wrong:
        refused = applying.trial(made, by=actor_of(request), at=at)
    return {
        "id": made.pk, "name": made.name, "uploaded_at": made.uploaded_at, "applied_at": made.applied_at,
        "wrong": [wrong_of(one) for one in wrong],
        "refused": str(refused.reason) if isinstance(refused, Refused) else "",
        "differences": [difference_of(one) for one in compare(writing.content(at), file)] if open_ else [],
    }  # fmt: skip


@router.get("/organisation", summary="Units, groups, people and roles as a workbook")
def read_organisation(request: HttpRequest) -> HttpResponse:
    demand(request, "organisation.import")
    response = HttpResponse(writing.workbook(writing.content(now())), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="organizacja.xlsx"'
    return response


@router.post(
    "/organisation/imports", response={201: ImportOut}, summary="Read a workbook; nothing changes yet"
)
def read_import(request: HttpRequest, file: File[UploadedFile]) -> Any:
    demand(request, "organisation.import")
    made = applying.keep(file.name or "organizacja", file.read(), by=actor_of(request), at=now())
    return _told(request, made)


@router.get(
    "/organisation/imports/{int:import_id}", response=ImportOut, summary="What a workbook would change"
)
def show_import(request: HttpRequest, import_id: int) -> Any:
    return _told(request, _import(request, import_id))


@router.post(
    "/organisation/imports/{int:import_id}/apply",
    response=list[DifferenceOut],
    summary="Apply it, whole or not at all",
)
def apply_import(request: HttpRequest, import_id: int) -> Any:
    done = applying.apply(_import(request, import_id), by=actor_of(request), at=now())
    return [difference_of(one) for one in done]
