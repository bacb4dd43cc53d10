from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from okienko.base.lemmas import query as words_query
from okienko.features.faults.models import Category
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.lists import newest
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import visible_to
from okienko.kernel.people.access import scope_of
from okienko.kernel.people.models import Person

MOST = 20
MOST_ALIKE = 5


def alike(category: Category, street: str, person: Person, *, at: datetime) -> QuerySet[Case]:
    """Open reports of the same kind on the same street, newest first: while the caller is still telling."""
    since = at - timedelta(weeks=category.near_weeks)
    cases = visible_to(person, PROCEDURE).filter(open=True, kind=category.code, received_at__gte=since)
    words = words_query(street)
    narrowed = cases.filter(words__holds=words) if words else cases.none()
    return narrowed.select_related("report").defer("words").order_by("-received_at")[:MOST_ALIKE]


def found(typed: str, person: Person) -> list[Case]:
    """By number, phone, name, street or words, newest first."""
    if not typed.strip():
        return []
    cases = newest(
        visible_to(person, PROCEDURE), typed.strip(), scope_of(person, PROCEDURE.see_permission), MOST
    )
    return list(cases.select_related("group").defer("words", "description"))
