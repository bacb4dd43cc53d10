from __future__ import annotations

from django import template

from okienko.features.faults.queries import report_of
from okienko.features.faults.routing.queries import Proposal, propose
from okienko.kernel.cases.models import Case

register = template.Library()


@register.simple_tag
def proposal(case: Case) -> Proposal:
    """The group that the rules propose for this report, and the rule that made it."""
    return propose(report_of(case))
