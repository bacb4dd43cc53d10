"""How the kernel's own things are found."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from okienko.kernel.cases.lists import newest as newest_cases
from okienko.kernel.cases.queries import visible_to as cases_visible_to
from okienko.kernel.cases.rules import Procedure, all_procedures
from okienko.kernel.knowledge import markup
from okienko.kernel.knowledge.queries import searched as articles_searched
from okienko.kernel.knowledge.queries import visible_to as articles_visible_to
from okienko.kernel.knowledge.search import Hit, searchable
from okienko.kernel.people.access import Someone, may, scope_of
from okienko.kernel.people.queries import called
from okienko.kernel.people.queries import visible_to as people_visible_to
from okienko.kernel.units.models import Unit
from okienko.kernel.units.naming import named


def declare() -> None:
    searchable("cases", _("Cases"), find_cases)
    searchable("articles", _("Knowledge base"), find_articles)
    searchable("people", _("People"), find_people)
    searchable("units", _("Units"), find_units)


def find_cases(person: Someone, typed: str, limit: int) -> Sequence[Hit]:
    hits: list[Hit] = []
    for table in all_procedures():
        hits += _cases_of(table, person, typed, limit - len(hits))
        if len(hits) == limit:
            break
    return hits


def _cases_of(table: Procedure, person: Someone, typed: str, limit: int) -> Sequence[Hit]:
    seen, scope = cases_visible_to(person, table), scope_of(person, table.see_permission)
    found = newest_cases(seen, typed, scope, limit)
    return [
        Hit(
            f"{case.spoken_number} {case.subject}",
            reverse("cases:case", args=[case.number]),
            markup.snippet(case.description, typed),
            f"{table.name}: {case.state_name}",
        )
        for case in found
    ]


def find_articles(person: Someone, typed: str, limit: int) -> Sequence[Hit]:
    return [
        Hit(
            article.title,
            reverse("knowledge:article", args=[article.pk]),
            markup.snippet(markup.plain(article.body), typed),
            "" if article.is_published else _("draft"),
        )
        for article in articles_searched(articles_visible_to(person), typed)[:limit]
    ]


def find_people(person: Someone, typed: str, limit: int) -> Sequence[Hit]:
    """Staff whom the person may see, by the beginnings of names or of the e-mail."""
    if not may(person, "people.see"):
        return []
    found = people_visible_to(person).filter(called(typed), kind="staff").order_by("sort_key", "pk")[:limit]
    return [
        Hit(one.name, f"mailto:{one.email}", one.phone, "" if one.is_active else _("gone")) for one in found
    ]


def find_units(person: Someone, typed: str, limit: int) -> Sequence[Hit]:
    if not may(person, "units.see"):
        return []
    rule = named(typed) | Q(symbol__iexact=typed.strip())
    found = Unit.objects.filter(rule, active=True).order_by("sort_key", "pk")[:limit]
    return [
        Hit(unit.name, f"mailto:{unit.email}" if unit.email else "", unit.address, unit.symbol)
        for unit in found
    ]
