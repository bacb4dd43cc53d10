from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from okienko.features.faults.letters import queries
from okienko.features.faults.letters.models import Letter
from okienko.features.faults.models import Report

register = template.Library()


@register.inclusion_tag("letters/of_report.html", takes_context=True)
def letters_of(context: Context, report: Report) -> dict[str, Any]:
    """What was printed, and what may be printed now."""
    found = queries.printable(report.case, context["request"].user)
    papers = found.papers if found else ()
    return {
        "case": report.case,
        "letters": queries.letters_of(report),
        "papers": [(paper.value, Letter.Kind(paper.value).label) for paper in papers],
    }
