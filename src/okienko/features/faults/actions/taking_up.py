"""An operator takes up what was sent in (§ 9): channel, category, place and contact come to where they belong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.features.faults.actions.reports import keep_answers, subject_of
from okienko.features.faults.models import Category, Report
from okienko.features.faults.places import register
from okienko.features.faults.places.queries import district_at
from okienko.kernel.cases import actions as cases
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import lock
from okienko.kernel.cases.words import index_words
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Group


@atomic
def take_up(
    case_id: int,
    *,
    by: Actor,
    at: datetime,
    person: Person,
    version: int,
    channel: str,
    category: Category,
    description: str,
    place: Mapping[str, Any],
    contact: Mapping[str, Any],
    answers: Sequence[tuple[str, str]] = (),
    rpw: str = "",
    group: Group | None = None,
) -> Case:
    """What was sent stays as it came, in its source; with `group` it is passed on at once."""
    demand(by, "faults.register")
    case = lock(case_id, visible_to_person=person)
    report = Report.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not report.waiting:
        raise Refused(_("Somebody has taken it up already."), code="taken-up-already")
    changes.check_version(case, version)
    if category.handled_elsewhere:
        raise Refused(category.handled_elsewhere, code="handled-elsewhere", field="category")
    before, after = changes.apply(report, {**place, "category": category, "rpw": rpw})
    report.area = district_at(*report.position) if report.position else report.area
    report.waiting = False
    report.save()
    report.answers.all().delete()
    keep_answers(report, answers)
    case = cases.change_details(
        case.pk, by=by, at=at, version=version, channel=channel, kind=category.code, description=description,
        subject=subject_of(report)[:250], **contact,
    )  # fmt: skip
    index_words(case)
    for told in (before, after):
        if "category" in told:
            told["category"] = Category.objects.get(pk=told["category"]).name
    record(case, "fault.taken_up", by=by, at=at, before=before, after=after)
    register.ask_aside(report)
    if group is not None:
        inputs: dict[str, Any] = {"group": group, **({"rpw": rpw} if rpw else {})}
        case = cases.take_step(case.pk, "pass-to-coordinator", by=by, at=at, **inputs)
    return case
