"""Who has a case in hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused, Stale
from okienko.kernel.cases import queries
from okienko.kernel.cases.acting import demand_work, mark_changed, person_of
from okienko.kernel.cases.holders import holder_of
from okienko.kernel.cases.models import Case
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.models import Person


@atomic
def assign(case_id: int, to: Person | None, *, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Give the case to a person of the group that holds it, or back to the whole group."""
    person = person_of(by)
    case = queries.lock(case_id, visible_to_person=person)
    if version is not None:
        changes.check_version(case, version)
    demand_work(case, person)
    if to is not None and not queries.visible_to(to).filter(pk=case.pk).exists():
        raise Refused(_("This person cannot see the case."), code="cannot-see", field="person")
    before = holder_of(case)
    case.person = to
    mark_changed(case, at)
    record(case, f"{case.procedure}.assigned", by=by, at=at, before=before, after=holder_of(case))
    return case


@atomic
def assign_many(
    cases: QuerySet[Case],
    to: Person | None,
    *,
    by: Actor,
    at: datetime,
    seen: Mapping[int, int] | None = None,
) -> int:
    """Many at once, all or none; where it is told which versions were seen, all must still be there as they were."""
    versions = dict(cases.order_by("id").values_list("id", "version"))
    if seen is not None and seen != versions:
        raise Stale(_("Some of these cases have changed in the meantime. Look at what is chosen now."))
    for case_id in versions:
        assign(case_id, to, by=by, at=at, version=None if seen is None else seen[case_id])
    return len(versions)


@atomic
def hand_over_all(person: Person, to: Person, *, by: Actor, at: datetime) -> int:
    """All or none: nothing goes to somebody who could not see it."""
    cases = list(Case.objects.select_for_update(of=("self",)).filter(person=person, open=True).order_by("id"))
    seen = queries.visible_to(to).filter(pk__in=[case.pk for case in cases]).count()
    if seen < len(cases):
        words = _("This person cannot see all of the cases. Give them a role where the cases lie first.")
        raise Refused(words, code="cannot-see", field="to")
    for case in cases:
        before = holder_of(case)
        case.person = to
        mark_changed(case, at)
        record(case, f"{case.procedure}.handed_over", by=by, at=at, before=before, after=holder_of(case))
    return len(cases)
