"""A report about several events becomes as many reports as there are events (§ 11, 13(2), 20(2))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.features.faults.actions.drafts import as_sent
from okienko.features.faults.actions.reports import subject_of
from okienko.features.faults.models import Category, Report
from okienko.features.faults.reactions import tell_of_parts
from okienko.kernel.cases import actions as cases
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import lock
from okienko.kernel.documents import actions as documents
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.people.models import Person

MOST_EVENTS = 20


@dataclass(frozen=True, slots=True)
class Event:
    """`files`: those of the report that belong to this event; its copy gets copies of them."""

    covers: str
    category: Category
    files: frozenset[int] = frozenset()


@atomic
def split_events(
    case_id: int, events: Sequence[Event], *, by: Actor, at: datetime, person: Person, version: int
) -> list[Case]:
    """The first event stays with the report that came, each other one gets a copy with its answers and source."""
    demand(by, "faults.register")
    if not 2 <= len(events) <= MOST_EVENTS:
        raise Refused(_("Give two events at least."), code="number-of-events")
    case = lock(case_id, visible_to_person=person)
    changes.check_version(case, version)
    kept = {file.pk: file for file in documents_of(case)}
    made = [_is_about(case, events[0], by=by, at=at)]
    for event in events[1:]:
        part = cases.split(case.pk, by=by, at=at, subject=case.subject)
        for chosen in sorted(event.files & kept.keys()):
            file = as_sent(kept[chosen])
            documents.attach(part, file.read(), by=by, at=at, name=file.name or "plik")
        made.append(_is_about(part, event, by=by, at=at))
    tell_of_parts(Report.objects.select_related("case").get(pk=case.pk), at)
    return made


def _is_about(case: Case, event: Event, *, by: Actor, at: datetime) -> Case:
    if event.category.handled_elsewhere:
        raise Refused(event.category.handled_elsewhere, code="handled-elsewhere")
    report = Report.objects.select_for_update(of=("self",)).select_related("area").get(pk=case.pk)
    before, after = changes.apply(report, {"covers": event.covers})
    report.category = event.category
    report.save(update_fields=["covers", "category"])
    subject = f"{subject_of(report)} – {event.covers}"
    case = cases.change_details(
        case.pk, by=by, at=at, version=case.version, subject=subject[:250], kind=event.category.code
    )
    record(case, "fault.covers", by=by, at=at, before=before, after=after)
    return case
