from __future__ import annotations

from okienko.kernel.cases import actions
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.events import WorkHandedOver
from okienko.kernel.people.models import Person


def hand_over_cases(event: WorkHandedOver) -> None:
    actions.hand_over_all(
        Person.objects.get(pk=event.from_person_id),
        Person.objects.get(pk=event.to_person_id),
        by=Actor(event.by_person_id, event.by_label),
        at=event.at,
    )
