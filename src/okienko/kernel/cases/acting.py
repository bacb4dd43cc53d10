"""What every deed done to a case begins with, and what it leaves behind."""

from __future__ import annotations

from datetime import datetime

from okienko.base.decisions import Missing
from okienko.kernel.cases import queries
from okienko.kernel.cases.models import Case, Sight
from okienko.kernel.cases.words import add_marks
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import Person


def person_of(by: Actor) -> Person | None:
    """The one whose roles count; none for the system, which may do what it is built for."""
    if by.person_id is None:
        if by.channel in ("system", "command"):
            return None
        raise Missing
    person = Person.objects.filter(pk=by.person_id).first()
    if person is None:
        raise Missing
    person.token_scopes = by.scopes
    return person


def demand_work(case: Case, person: Person | None) -> None:
    if person is not None and not queries.may_work(case, person):
        raise Missing


def mark_changed(case: Case, at: datetime) -> None:
    case.version += 1
    case.changed_at = at
    case.save()


def sights_now(case: Case, at: datetime) -> list[Sight]:
    sights: list[Sight] = []
    if case.unit_id is not None:
        sights.append(Sight(case=case, unit_id=case.unit_id, since=at))
    if case.group_id is not None:
        sights.append(Sight(case=case, group_id=case.group_id, since=at))
    return sights


def add_sights(case: Case, sights: list[Sight]) -> None:
    if sights:
        Sight.objects.bulk_create(sights, ignore_conflicts=True)
        add_marks(case, sights)
