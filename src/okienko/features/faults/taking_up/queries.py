from __future__ import annotations

from django.db.models import QuerySet

from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import visible_to
from okienko.kernel.people.models import Person

SHOWN = 50


def waiting_for(person: Person) -> QuerySet[Case]:
    """What was sent in and nobody has read: the oldest first, since its deadline runs already."""
    seen = visible_to(person, PROCEDURE).filter(open=True, report__waiting=True)
    return seen.select_related("report__category").defer("words").order_by("received_at", "pk")
