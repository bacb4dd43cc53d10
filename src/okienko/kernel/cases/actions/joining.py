"""Cases that belong together, or are one."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.events import publish
from okienko.kernel.cases import clocks, queries
from okienko.kernel.cases.acting import add_sights, demand_work, mark_changed, person_of
from okienko.kernel.cases.actions.steps import CONTACT, register
from okienko.kernel.cases.events import CaseMerged, CaseSplit
from okienko.kernel.cases.models import Case, Link, Sight
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand


@atomic
def link(source_id: int, target_id: int, kind: str, *, by: Actor, at: datetime, note: str = "") -> Link:
    person = person_of(by)
    ends = {pk: queries.lock(pk, visible_to_person=person) for pk in sorted({source_id, target_id})}
    demand_work(ends[source_id], person)
    if len(ends) < 2:
        raise Refused(_("A case cannot be linked to itself."), code="linked-to-itself", field="number")
    for end in ends.values():
        end.refuse_forgotten()
    made, new = Link.objects.get_or_create(
        source=ends[source_id], target=ends[target_id], kind=kind, defaults={"note": note}
    )
    if not new:
        raise Refused(_("These cases are already linked."), code="linked-already", field="number")
    for end in ends.values():
        record(end, "case.linked", by=by, at=at, after={"kind": kind}, note=note)
    return made


@atomic
def merge(duplicate_id: int, into_id: int, *, by: Actor, at: datetime, note: str = "") -> Case:
    """The duplicate ends and points at the one that goes on; whoever follows it is told of the other."""
    person = person_of(by)
    ends = {pk: queries.lock(pk, visible_to_person=person) for pk in sorted({duplicate_id, into_id})}
    duplicate, into = ends[duplicate_id], ends[into_id]
    demand(by, duplicate.table.register_permission)
    if len(ends) < 2:
        raise Refused(_("A case cannot be merged with itself."), code="merged-with-itself", field="number")
    if duplicate.procedure != into.procedure:
        raise Refused(_("Only cases of one kind can be merged."), code="other-procedure", field="number")
    if not duplicate.open or duplicate.merged_into_id or into.merged_into_id:
        raise Refused(_("One of these cases has already ended."), code="ended-already", field="number")
    into.refuse_forgotten()
    duplicate.merged_into = into
    duplicate.open, duplicate.closed_at = False, at
    clocks.cancel_all(duplicate, by=by, at=at)
    mark_changed(duplicate, at)
    Link.objects.get_or_create(
        source=duplicate, target=into, kind=Link.Kind.DUPLICATE, defaults={"note": note}
    )
    inherited = [
        Sight(case=into, unit_id=sight.unit_id, group_id=sight.group_id, since=at)
        for sight in duplicate.sights.all()
    ]
    add_sights(into, inherited)
    record(duplicate, "case.merged", by=by, at=at, note=note)
    record(into, "case.absorbed", by=by, at=at, note=note)
    publish(CaseMerged(duplicate.pk, into.pk, at))
    return into


@atomic
def split(case_id: int, *, by: Actor, at: datetime, subject: str, note: str = "") -> Case:
    """A part becomes a case of its own; it came when the whole came, and both know each other."""
    person = person_of(by)
    case = queries.lock(case_id, visible_to_person=person)
    demand(by, case.table.register_permission)
    if not case.open:
        raise Refused(_("This case has already ended."), code="ended-already")
    part = register(
        case.table,
        by=by,
        at=at,
        channel=case.channel,
        subject=subject,
        received_at=case.received_at,
        requester=case.requester,
        description=case.description,
        kind=case.kind,
        **{name: getattr(case, name) for name in CONTACT},
    )
    Link.objects.create(source=part, target=case, kind=Link.Kind.PART, note=note)
    record(case, "case.split", by=by, at=at, note=note)
    publish(CaseSplit(case.pk, part.pk, at))
    return part
