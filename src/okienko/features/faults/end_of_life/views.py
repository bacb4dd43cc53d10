from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from okienko.base.time import now
from okienko.features.faults.end_of_life import queries
from okienko.features.faults.retention import RULE
from okienko.kernel.consents import retention
from okienko.kernel.documents import responses
from okienko.kernel.people.access import actor_of, person_of, requires

SHOWN = 100


@requires("faults.remove")
def ending(request: HttpRequest) -> HttpResponse:
    """The list, and one confirmation for all of it."""
    at = now()
    if request.method == "POST":
        retention.order(RULE, by=actor_of(request), at=at)
        messages.success(request, _("Personal data are being removed. What stays is in the statement below."))
        return redirect("faults:ending")
    due = queries.due(person_of(request), at)
    context = {
        "cases": due[:SHOWN], "count": due.count(), "shown": SHOWN, "before": RULE.before(at),
        "runs": queries.runs()[:SHOWN],
    }  # fmt: skip
    return render(request, "faults/end_of_life/ending.html", context)


@requires("faults.remove")
def statement(request: HttpRequest, run_id: int, form: str) -> HttpResponseBase:
    run = queries.run_by_id(run_id)
    rows = queries.statement(person_of(request), run)
    name = f"zgloszenia-po-terminie-{run.started_at:%Y-%m-%d}-{run.pk}"
    return responses.export(
        form, name=name, title=_("Statement of removed reports"), titles=queries.TITLES, rows=rows
    )
