"""What is known of a case, and views of lists."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.kernel.cases import queries
from okienko.kernel.cases.acting import demand_work, mark_changed, person_of
from okienko.kernel.cases.models import Case, Link, SavedView
from okienko.kernel.cases.words import index_words
from okienko.kernel.documents import actions as documents
from okienko.kernel.documents.models import Document
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.people.models import Person

LONGEST_VIEW = 2000


@atomic
def change_details(case_id: int, *, by: Actor, at: datetime, version: int, **values: Any) -> Case:
    person = person_of(by)
    case = queries.lock(case_id, visible_to_person=person)
    demand(by, case.table.register_permission)
    case.refuse_forgotten()
    changes.check_version(case, version)
    before, after = changes.apply(case, values)
    if not after:
        return case
    mark_changed(case, at)
    index_words(case)
    record(case, f"{case.procedure}.changed", by=by, at=at, before=before, after=after)
    return case


@atomic
def add_files(case_id: int, files: Sequence[UploadedFile[Any]], *, by: Actor, at: datetime) -> list[Document]:
    """By whoever works on it or brought it in: to see a case is not to add to it."""
    person = person_of(by)
    case = queries.lock(case_id, visible_to_person=person)
    if person is None or case.requester_id != person.pk:
        demand_work(case, person)
    case.refuse_forgotten()
    return documents.attach_all(case, files, by=by, at=at)


@atomic
def save_view(
    owner: Person, list_code: str, name: str, query: str, *, shared: bool, by: Actor, at: datetime
) -> SavedView:
    if len(query) > LONGEST_VIEW:
        raise Refused(_("This view asks for too much to be kept."), code="view-too-long", field="query")
    view, _new = SavedView.objects.update_or_create(
        owner=owner, list_code=list_code, name=name, defaults={"query": query, "shared": shared}
    )
    record(view, "view.saved", by=by, at=at, after={"name": name, "query": query, "shared": shared})
    return view


@atomic
def forget_view(view: SavedView, *, by: Actor, at: datetime) -> None:
    record(view, "view.removed", by=by, at=at, before={"name": view.name, "query": view.query})
    view.delete()


@atomic
def forget_people(case: Case, *, by: Actor, at: datetime) -> None:
    """What the case says of people goes, its words for search with it; what is counted stays."""
    case.contact_name = case.contact_email = case.contact_phone = case.description = ""
    case.subject = _("(removed)")
    case.requester, case.wants_answer = None, False
    case.follow_key = secrets.token_urlsafe(24)
    Link.objects.filter(Q(source=case) | Q(target=case)).update(note="")
    mark_changed(case, at)
    index_words(case)
    record(case, "case.people_forgotten", by=by, at=at)
