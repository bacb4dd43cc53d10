from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import File, Router
from ninja.errors import ValidationError
from ninja.files import UploadedFile
from ninja.params.functions import Query

from okienko.base import time
from okienko.base.decisions import Missing, Refused
from okienko.base.time import day_of
from okienko.kernel.cases import actions, inputs, lists, looks, queries, rules
from okienko.kernel.cases.clocks import deadlines_of
from okienko.kernel.cases.models import Case, Link, SavedView
from okienko.kernel.cases.wire import (
    AssignIn,
    CasesOut,
    DeadlineOut,
    DetailsIn,
    DocumentOut,
    EntryOut,
    LinkIn,
    MergeIn,
    ProcedureOut,
    SplitIn,
    StepIn,
    StepOut,
    ViewIn,
    ViewOut,
    WholeCaseOut,
)
from okienko.kernel.documents import responses
from okienko.kernel.documents.models import Document
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history import changes
from okienko.kernel.history.api import plain as plain_entry
from okienko.kernel.history.api import version_needed, version_shown
from okienko.kernel.history.queries import entries_of
from okienko.kernel.people.access import may, person_of
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import visible_to as people_visible_to
from okienko.ui.lists import ListRequest

router = Router(tags=["cases"])

MOST_ENTRIES = 500
FILES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}

# --- Procedures ---------------------------------------------------------------------------------------------


def _plain_procedure(table: rules.Procedure) -> dict[str, Any]:
    return {
        "code": table.code,
        "name": str(table.name),
        "source": str(table.source),
        "states": [{"code": one.code, "name": str(one.name), "open": one.open} for one in table.states],
        "steps": [_plain_step(row) for row in table.steps if not row.by_system],
    }


def _plain_step(row: rules.Step, facts: frozenset[str] = frozenset()) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": str(row.name),
        "target": row.target,
        "basis": row.basis,
        "needs": [
            {
                "name": need.name,
                "label": str(need.label),
                "kind": need.kind.value,
                "required": need.required or need.required_if in facts,
                "choices": [code for code, _name in need.choices],
            }
            for need in row.needs
        ],
    }


@router.get("/procedures", response=list[ProcedureOut], summary="Procedures with their states and steps")
def list_procedures(request: HttpRequest) -> list[dict[str, Any]]:
    return [_plain_procedure(table) for table in queries.procedures_seen_by(request.user)]


@router.get("/procedures/{slug:code}", response=ProcedureOut, summary="One procedure")
def read_procedure(request: HttpRequest, code: str) -> dict[str, Any]:
    return _plain_procedure(queries.procedure_for(request.user, code))


@router.get(
    "/procedures/{slug:code}/cases",
    response=CasesOut,
    summary="Cases, filtered, searched and sorted as on the page",
)
def list_cases(
    request: HttpRequest,
    code: str,
    q: str = Query("", description="Words or a number."),
    sort: str = Query("", description="A column such as `received`, or `-received`."),
    size: str = Query("", description="50, 25 or 100."),
    after: str = Query("", description="`next` of the page before."),
    before: str = Query("", description="`previous` of the page after."),
) -> dict[str, Any]:
    """The filters have the names that stand in the address of the page: `state`, `open`, `group`, `received_from`…"""
    table = queries.procedure_for(request.user, code)
    asked = _asked(table, request.GET, request.user)
    whole = replace(asked, columns=asked.definition.columns)
    page = lists.page(table, whole, request.user, now=time.now())
    return {
        "cases": [_plain(case) for case in page.rows],
        "total": page.total.number,
        "total_is_more": page.total.more,
        "next": page.next.encode() if page.next else None,
        "previous": page.previous.encode() if page.previous else None,
    }


def _asked(table: rules.Procedure, query: QueryDict, person: Any) -> ListRequest:
    asked = ListRequest.from_query(query, lists.definition(table, person))
    if asked.problems:
        raise ValidationError(
            [{"type": "wrong", "loc": ("query", ""), "words": words} for words in asked.problems]
        )
    return asked


@router.get(
    "/procedures/{slug:code}/cases/export",
    summary="All cases that a list shows, as a file",
    openapi_extra={"responses": {200: {"content": {kind: {} for kind in FILES.values()}}}},
)
def export_cases(
    request: HttpRequest, code: str, form: Literal["csv", "xlsx", "pdf"] = Query(alias="format")
) -> HttpResponseBase:
    """Filters, order and columns as in the address of the page: `state`, `sort`, `column`…"""
    table, person = queries.procedure_for(request.user, code), person_of(request)
    query = request.GET.copy()
    del query["format"]
    asked = _asked(table, query, person)
    whole = lists.whole(table, asked, person, now=time.now())
    return responses.export(form, name=table.code, title=str(table.name), **whole)


@router.get("/procedures/{slug:code}/views", response=list[ViewOut], summary="Saved views, own and shared")
def list_views(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    table, person = queries.procedure_for(request.user, code), person_of(request)
    return [_plain_view(view, person) for view in queries.saved_views(person, table.code)]


@router.post("/procedures/{slug:code}/views", response={201: ViewOut}, summary="Save a view")
def save_view(request: HttpRequest, code: str, given: ViewIn) -> dict[str, Any]:
    """One of the same name is replaced. What the query says is read as the page would."""
    table, person = queries.procedure_for(request.user, code), person_of(request)
    asked = _asked(table, QueryDict(given.query.removeprefix("?")), person)
    view = actions.save_view(
        person, table.code, given.name, asked.address(), shared=given.shared, by=_by(request), at=time.now()
    )
    return _plain_view(view, person)


@router.delete(
    "/procedures/{slug:code}/views/{int:view_id}", response={204: None}, summary="Remove a view of one's own"
)
def forget_view(request: HttpRequest, code: str, view_id: int) -> None:
    table = queries.procedure_for(request.user, code)
    view = queries.own_view(person_of(request), table.code, view_id)
    actions.forget_view(view, by=_by(request), at=time.now())


def _plain_view(view: SavedView, person: Person) -> dict[str, Any]:
    return {
        "id": view.pk,
        "name": view.name,
        "query": view.query,
        "shared": view.shared,
        "own": view.owner_id == person.pk,
    }


# --- One case -----------------------------------------------------------------------------------------------


def _plain(case: Case) -> dict[str, Any]:
    same = (
        "number", "procedure", "subject", "kind", "state", "open", "channel", "received_at", "changed_at",
        "closed_at", "due_at", "person_id", "version",
    )  # fmt: skip
    holder = {
        "unit": case.unit.symbol if case.unit else None,
        "group": case.group.symbol if case.group else None,
    }
    return {**{name: getattr(case, name) for name in same}, **holder}


def _whole(case: Case, person: Any) -> dict[str, Any]:
    seen = queries.visible_to(person)
    merged = seen.filter(pk=case.merged_into_id).first() if case.merged_into_id else None
    return {
        **_plain(case),
        "description": case.description,
        "contact": {
            "name": case.contact_name,
            "email": case.contact_email,
            "phone": case.contact_phone,
            "wants_answer": case.wants_answer,
        },
        "merged_into": merged.number if merged else None,
        "links": [_plain_link(link, other, case) for link, other in queries.links_of(case, person)],
    }


def _plain_link(link: Link, other: Case, case: Case) -> dict[str, Any]:
    return {
        "kind": link.kind,
        "number": other.number,
        "outgoing": link.source_id == case.pk,
        "note": link.note,
    }


def _case(request: HttpRequest, number: str) -> Case:
    return queries.by_number(number, visible_to_person=request.user)


def _changeable(request: HttpRequest, number: str) -> Case:
    case = _case(request, number)
    if not may(request.user, case.table.register_permission):
        raise Missing
    return case


def _other(request: HttpRequest, number: str, field: str) -> Case:
    try:
        return _case(request, number)
    except Missing:
        raise Refused(_("There is no case with this number."), code="no-such-case", field=field) from None


def _answer(request: HttpRequest, response: HttpResponse, case_id: int) -> dict[str, Any]:
    """The case as it stands now; after a step it may be out of the sight of the one who took it."""
    case = queries.visible_to(request.user).filter(pk=case_id).first()
    if case is None:
        raise Missing
    looks.note(case, by=_by(request), at=time.now())
    response["ETag"] = f'"{case.version}"'
    return _whole(case, request.user)


@router.get("/cases/{number}", response=WholeCaseOut, summary="One case")
def read_case(request: HttpRequest, response: HttpResponse, number: str) -> dict[str, Any]:
    return _answer(request, response, _case(request, number).pk)


@router.patch("/cases/{number}", response=WholeCaseOut, summary="Correct the data of a case")
def change_case(
    request: HttpRequest, response: HttpResponse, number: str, given: DetailsIn
) -> dict[str, Any]:
    case = _changeable(request, number)
    values = given.model_dump(exclude={"version"}, exclude_none=True)
    version = version_needed(request, given.version)
    actions.change_details(case.pk, by=_by(request), at=time.now(), version=version, **values)
    return _answer(request, response, case.pk)


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


@router.get("/cases/{number}/steps", response=list[StepOut], summary="Steps that can be taken now")
def list_steps(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    case = _case(request, number)
    facts = case.facts
    return [_plain_step(row, facts) for row in queries.possible_steps(case, request.user)]


@router.post("/cases/{number}/steps/{slug:code}", response=WholeCaseOut, summary="Take a step")
def take_step(
    request: HttpRequest, response: HttpResponse, number: str, code: str, given: StepIn
) -> dict[str, Any]:
    """What the step needs comes in `inputs`: groups and units by their symbols, people by their ids."""
    case = _case(request, number)
    version = version_shown(request, given.version)
    row = queries.step_asked_for(case, code, request.user, version)
    if version is not None:
        changes.check_version(case, version)  # first: what could be given then may not be there to choose now
    at = time.now()
    on = day_of(given.happened_at or at)
    actions.take_step(
        case.pk,
        code,
        by=_by(request),
        at=at,
        version=version,
        happened_at=given.happened_at,
        **inputs.read(row, given.inputs, case, person_of(request), on=on),
    )
    return _answer(request, response, case.pk)


@router.get("/cases/{number}/deadlines", response=list[DeadlineOut], summary="Deadlines, and why then")
def list_deadlines(request: HttpRequest, number: str) -> list[DeadlineOut]:
    return [DeadlineOut.of(one) for one in deadlines_of(_case(request, number), time.now())]


@router.get("/cases/{number}/history", response=list[EntryOut], summary="What happened, first to last")
def read_history(
    request: HttpRequest, number: str, after: int = Query(0, ge=0, le=2**31 - 1)
) -> list[dict[str, Any]]:
    entries = entries_of(_case(request, number)).filter(number__gt=after)[:MOST_ENTRIES]
    return [plain_entry(entry) for entry in entries]


# --- Files --------------------------------------------------------------------------------------------------


@router.get("/cases/{number}/attachments", response=list[DocumentOut], summary="Files of a case")
def list_attachments(request: HttpRequest, number: str) -> QuerySet[Document]:
    return documents_of(_case(request, number))


@router.post("/cases/{number}/attachments", response=list[DocumentOut], summary="Add files, all or none")
def add_attachments(request: HttpRequest, number: str, files: File[list[UploadedFile]]) -> list[Document]:
    case = _case(request, number)
    return actions.add_files(case.pk, files, by=_by(request), at=time.now())


@router.get("/cases/{number}/attachments/{int:document_id}", summary="The content of one file")
def read_attachment(request: HttpRequest, number: str, document_id: int) -> FileResponse:
    found = documents_of(_case(request, number)).filter(pk=min(document_id, 2**63 - 1)).first()
    if found is None:
        raise Missing
    return FileResponse(
        default_storage.open(found.stored_as),
        as_attachment=True,
        filename=found.name,
        content_type=found.media_type,
    )


# --- What joins and parts cases -----------------------------------------------------------------------------


@router.post("/cases/{number}/links", response=WholeCaseOut, summary="Link with another case")
def link_case(request: HttpRequest, response: HttpResponse, number: str, given: LinkIn) -> dict[str, Any]:
    case = _case(request, number)
    other = _other(request, given.number, "number")
    actions.link(case.pk, other.pk, given.kind.value, by=_by(request), at=time.now(), note=given.note)
    return _answer(request, response, case.pk)


@router.post("/cases/{number}/merge", response=WholeCaseOut, summary="Merge into the case that goes on")
def merge_case(request: HttpRequest, response: HttpResponse, number: str, given: MergeIn) -> dict[str, Any]:
    """The answer is the case that goes on."""
    case = _changeable(request, number)
    other = _other(request, given.into, "into")
    into = actions.merge(case.pk, other.pk, by=_by(request), at=time.now(), note=given.note)
    return _answer(request, response, into.pk)


@router.post("/cases/{number}/split", response={201: WholeCaseOut}, summary="Split off a part")
def split_case(request: HttpRequest, response: HttpResponse, number: str, given: SplitIn) -> dict[str, Any]:
    """The answer is the part."""
    case = _changeable(request, number)
    part = actions.split(case.pk, by=_by(request), at=time.now(), subject=given.subject, note=given.note)
    response["Location"] = reverse("api:read_case", args=[part.number])
    return _answer(request, response, part.pk)


@router.post(
    "/cases/{number}/assign", response=WholeCaseOut, summary="Give to a person, or to the whole group"
)
def assign_case(request: HttpRequest, response: HttpResponse, number: str, given: AssignIn) -> dict[str, Any]:
    case = _case(request, number)
    to = None
    if given.person_id is not None:
        able = people_visible_to(request.user).filter(is_active=True, kind=Person.Kind.STAFF)
        to = able.filter(pk=given.person_id).first()
        if to is None:
            raise Refused(_("There is no such person."), code="no-such-person", field="person_id")
    version = version_shown(request, given.version)
    actions.assign(case.pk, to, by=_by(request), at=time.now(), version=version)
    return _answer(request, response, case.pk)
