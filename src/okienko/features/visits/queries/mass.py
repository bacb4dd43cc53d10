"""Many visits at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from okienko.base.decisions import Missing
from okienko.features.visits.models import (
    MassChange,
    MassStep,
)
from okienko.kernel.people.access import Someone, scope_of
from okienko.kernel.people.models import Person


@dataclass(frozen=True, slots=True)
class Progress:
    waiting: int = 0
    done: int = 0
    left: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.done + self.left

    @property
    def over(self) -> int:
        return self.done + self.left

    def counted(self) -> dict[str, int]:
        return {"done": self.done, "left": self.left}


def progress_of(change: MassChange) -> Progress:
    rows = change.steps.order_by().values_list("state").annotate(number=Count("pk"))
    return Progress(**dict(rows))


def mass_changes(person: Someone) -> QuerySet[MassChange]:
    """Those that one ordered oneself; who may change all visits sees all."""
    scope, every = scope_of(person, "visits.change"), MassChange.objects.select_related("counter")
    if scope.everywhere:
        return every
    return every.filter(person=person) if scope and isinstance(person, Person) else every.none()


def mass_change(person: Someone, change_id: int) -> MassChange:
    found = mass_changes(person).filter(pk=change_id).first()
    if found is None:
        raise Missing
    return found


def left_of(change: MassChange) -> QuerySet[MassStep]:
    steps = change.steps.filter(state=MassStep.State.LEFT).select_related(
        "booking__service", "booking__resource"
    )
    return steps.order_by("booking__start", "pk")
