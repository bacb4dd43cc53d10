"""A report where there is no network: a page that a phone keeps, and what keeps it."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from okienko.base.decisions import Refused
from okienko.base.time import now
from okienko.features.faults import actions
from okienko.features.faults.intake import queries
from okienko.features.faults.offline.forms import QuestionsWithoutNetwork, WholeReportForm
from okienko.features.faults.queries import chosen, questions_of, questions_of_each
from okienko.kernel.cases.models import Channel
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import Person


def whole_report(request: HttpRequest) -> HttpResponse:
    """Sent twice it comes in once: the token goes with it, from the phone that has kept it."""
    category = chosen(request.POST)
    form = WholeReportForm(
        questions_of(category) if category else [], request.POST or None, request.FILES or None,
        initial={"token": secrets.token_urlsafe(24)},
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        person = request.user if isinstance(request.user, Person) else None
        try:
            case = actions.report_fault(
                by=Actor.resident(), at=now(), channel=Channel.PAGE, answers=form.answers(), requester=person,
                language=get_language() or "pl", **form.told(),
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"{reverse('faults:follow', args=[case.follow_key])}?nowe=1")
    asked = [
        (kind, QuestionsWithoutNetwork(questions).asked())
        for kind, questions in questions_of_each(queries.offered())
        if questions
    ]
    context = {"form": form, "asked": asked, "elsewhere": queries.elsewhere()}
    return render(request, "faults/offline/whole_report.html", context)


@require_GET
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The program that keeps the page; its address decides how far it reaches."""
    page = reverse("faults:whole_report")
    return render(request, "faults/offline/worker.js", {"page": page}, content_type="text/javascript")
