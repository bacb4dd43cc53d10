"""What was sent in waits here for operators, who take it up beside what was sent."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused, Stale
from okienko.base.time import now
from okienko.features.faults import actions
from okienko.features.faults.models import Category, Report
from okienko.features.faults.queries import chosen, questions_of, report_of
from okienko.features.faults.routing.queries import Proposal, propose
from okienko.features.faults.taking_up.forms import PLACE, TakeUpForm, initial_of
from okienko.features.faults.taking_up.queries import SHOWN, waiting_for
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import by_number
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.people.access import actor_of, person_of, requires


@requires("faults.register")
def queue(request: HttpRequest) -> HttpResponse:
    waiting = waiting_for(person_of(request))
    context = {"cases": waiting[:SHOWN], "count": waiting.count(), "shown": SHOWN, "now": now()}
    return render(request, "faults/taking_up/queue.html", context)


@requires("faults.register")
def take_up(request: HttpRequest, number: str) -> HttpResponse:
    """`ask`: the questions and the proposal for the category now chosen, with everything that was typed."""
    person = person_of(request)
    case = by_number(number, visible_to_person=person)
    report = report_of(case)
    if not report.waiting and request.method != "POST":
        raise Missing
    category = _chosen(request, report)
    questions = questions_of(category) if category else []
    proposed = _proposed(request, report, category)
    ready = request.method == "POST" and "ask" not in request.POST
    if ready:
        form = TakeUpForm(questions, request.POST)
    else:
        typed = request.POST.dict() or initial_of(report, category, questions)
        good = proposed.group if not proposed.problem else None
        form = TakeUpForm(questions, initial={**typed, "group": good})
    if ready and form.is_valid():
        try:
            actions.take_up(case.pk, by=actor_of(request), at=now(), person=person, **form.told())
        except Stale as stale:
            form.refuse(stale)
            form.go_on_from(getattr(stale.current, "version", 0))
        except Refused as refused:
            form.refuse(refused)
        else:
            return _go_on(request, case)
    context = {
        "case": case, "report": report, "form": form, "category": category, "proposed": proposed,
        "files": documents_of(case), "breadcrumbs": [
            {"name": _("To be taken up"), "url": reverse("faults:to_take_up")},
            {"name": case.spoken_number, "url": reverse("cases:case", args=[case.number])},
            {"name": _("Take it up"), "url": ""},
        ],
    }  # fmt: skip
    return render(request, "faults/taking_up/take_up.html", context)


def _go_on(request: HttpRequest, case: Case) -> HttpResponse:
    messages.success(request, _("%(number)s has been taken up.") % {"number": case.spoken_number})
    if "next" in request.POST and (later := waiting_for(person_of(request)).first()) is not None:
        return redirect("faults:take_up", later.number)
    return redirect("cases:case", case.number)


def _chosen(request: HttpRequest, report: Report) -> Category | None:
    if request.method != "POST":
        return None if report.category.takes_mail else report.category
    return chosen(request.POST)


def _proposed(request: HttpRequest, report: Report, category: Category | None) -> Proposal:
    """For the report as it stands in the form, which nobody has saved yet."""
    if category is None:
        return Proposal(None)
    point = TakeUpForm([], request.POST) if request.method == "POST" else None
    if point is not None:
        point.is_valid()
        given = point.cleaned_data
        drafted = Report(category=category, area=report.area, **{name: given.get(name) for name in PLACE})
        return propose(drafted)
    return propose(report)
