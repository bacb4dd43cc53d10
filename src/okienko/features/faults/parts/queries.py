from __future__ import annotations

from django.db.models import QuerySet

from okienko.features.faults.models import Report
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.queries import visible_to
from okienko.kernel.people.access import Someone


def parts_of(report: Report, person: Someone) -> QuerySet[Report]:
    """The other reports made of what once came as one, as far as the person may see them."""
    return parts_followed(report).filter(case__in=visible_to(person, PROCEDURE))


def parts_followed(report: Report) -> QuerySet[Report]:
    """The same for the reporter, whose report it was before it became several."""
    others = Report.objects.filter(first=report.first_id, first__isnull=False, forgotten_at__isnull=True)
    others = others.exclude(pk=report.pk)
    return others.select_related("category", "case__group", "case__unit").order_by("pk")
