from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from okienko.features.faults.models import Report, Source
from okienko.features.faults.parts.queries import parts_of
from okienko.features.faults.queries import Word, report_of
from okienko.features.faults.queries import last_word as last_word_of
from okienko.features.faults.queries import unanswered as unanswered_of
from okienko.features.faults.routing.queries import Proposal, propose
from okienko.features.faults.sentences import LABELS
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import may_take

register = template.Library()


@register.simple_tag
def proposal(case: Case) -> Proposal:
    """The group that the rules propose for this report, and the rule that made it."""
    return propose(report_of(case))


@register.simple_tag(takes_context=True)
def other_parts(context: Context, report: Report) -> list[Report]:
    return list(parts_of(report, context["request"].user)) if report.first_id else []


@register.inclusion_tag("faults/contractors/of_case.html", takes_context=True)
def orders_of(context: Context, report: Report) -> dict[str, Any]:
    """The links of firms stand only before who may order."""
    case = report.case
    return {
        "orders": report.orders.select_related("firm").prefetch_related("notes"),
        "may_order": may_take(case, case.table.row("order"), context["request"].user),
        "csrf_token": context["csrf_token"],
    }


@register.simple_tag
def last_word(case: Case) -> Word | None:
    return last_word_of(case)


@register.simple_tag
def delay_wanted(case: Case, now: datetime) -> str:
    """Why a reason and a planned date are to be entered (§ 18(2)); empty where they need not be."""
    report = case.report
    if case.due_at is None or (report.planned_on is not None and report.planned_on >= localdate(now)):
        return ""
    if case.due_at < now:
        return _("Its time is over.")
    ordered = report.orders.filter(closed_at__isnull=True, until__gt=localdate(case.due_at)).exists()
    return _("The work is ordered for a day after its time.") if ordered and not report.planned_on else ""


@register.simple_tag
def unanswered(report: Report) -> list[str]:
    return unanswered_of(report)


@register.filter
def as_it_came(source: Source) -> list[tuple[str, str]]:
    """Labels in the reader's language; questions in the words in which they were asked."""
    return [(str(LABELS.get(name, name)), said) for name, said in [*source.told, *source.contact]]
