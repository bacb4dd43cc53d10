from __future__ import annotations

from datetime import date
from typing import cast

from okienko.features.faults.actions.orders import add_firm, give_link
from okienko.features.faults.contractors.queries import firm_named
from okienko.features.faults.models import Order
from okienko.features.faults.queries import report_of
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.events import StepTaken
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actors import Actor, Channel
from okienko.kernel.history.queries import entries_of


def order_from_firm(event: StepTaken) -> None:
    """The step taken by a program: the firm gets its link as from the page, and stands in the register."""
    if event.procedure != PROCEDURE.code or event.step != "order":
        return
    case = Case.objects.get(pk=event.case_id)
    if Order.objects.filter(report=case.pk, closed_at__isnull=True, made_at=event.at).exists():
        return
    entry = entries_of(case).filter(kind=f"{PROCEDURE.code}.order").last()
    if entry is None or entry.after is None:
        return
    by, given, report = (
        Actor(entry.person_id, entry.actor, cast(Channel, entry.channel)),
        entry.after,
        report_of(case),
    )
    firm = firm_named(given["firm"]) or add_firm(given["firm"], by=by, at=event.at)
    give_link(
        case.pk, firm, by=by, at=event.at, task=report.public_text or report.category.name,
        ordered=date.fromisoformat(given["ordered"]), until=date.fromisoformat(given["until"]),
    )  # fmt: skip
