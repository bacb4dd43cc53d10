"""Somebody calls: to report, or to ask. Pages for operators, by keyboard alone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.time import now
from okienko.features.faults import actions
from okienko.features.faults.phone.forms import EnquiryForm, IntakeForm, SearchForm
from okienko.features.faults.phone.queries import alike, found
from okienko.features.faults.queries import chosen, questions_of
from okienko.kernel.cases.models import Channel
from okienko.kernel.cases.queries import by_number
from okienko.kernel.people.access import actor_of, person_of, requires
from okienko.kernel.people.views.pages import form_page


@requires("faults.register")
def by_phone(request: HttpRequest) -> HttpResponse:
    """One page for one call. `ask`: without scripts, shows what this category asks about and keeps what was typed."""
    category = chosen(request.POST or request.GET)
    questions = questions_of(category) if category else []
    ready = request.method == "POST" and "ask" not in request.POST
    if ready:
        form = IntakeForm(questions, request.POST, request.FILES)
    else:
        form = IntakeForm(questions, initial=request.POST.dict() or {"category": category})
    if ready and form.is_valid():
        told = form.told()
        try:
            case = actions.report_fault(
                by=actor_of(request), at=now(), answers=form.answers(),
                **told | {"channel": told["channel"] or Channel.PHONE},
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("faults:read_out", case.number)
    near = _alike(request, category) if request.method == "POST" else []
    context = {"form": form, "category": category, "near": near}
    return render(request, "faults/phone/intake.html", context)


@requires("faults.register")
def checklist(request: HttpRequest) -> HttpResponse:
    """The part of the page that depends on the category."""
    category = chosen(request.GET)
    form = IntakeForm(questions_of(category) if category else [], initial=request.GET.dict())
    return render(request, "faults/phone/checklist.html", {"form": form, "category": category})


@requires("faults.register")
def near(request: HttpRequest) -> HttpResponse:
    return render(request, "faults/phone/near.html", {"near": _alike(request, chosen(request.GET))})


def _alike(request: HttpRequest, category: Any) -> list[Any]:
    given = request.POST or request.GET
    street = given.get("street", "")[:150].strip()
    return list(alike(category, street, person_of(request), at=now())) if category and street else []


@requires("faults.register")
def read_out(request: HttpRequest, number: str) -> HttpResponse:
    case = by_number(number, visible_to_person=request.user)
    return render(request, "faults/read_out.html", {"case": case})


@requires("faults.register")
def enquiries(request: HttpRequest) -> HttpResponse:
    """Somebody calls to ask: one box for whatever the caller knows."""
    form = SearchForm(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    cases = found(typed, person_of(request))
    return render(request, "faults/phone/enquiries.html", {"form": form, "typed": typed, "cases": cases})


@requires("faults.register")
def enquiry(request: HttpRequest, number: str) -> HttpResponse:
    person = person_of(request)
    case = by_number(number, visible_to_person=person)
    case.refuse_forgotten()
    back = reverse("cases:case", args=[case.number])

    def save(given: dict[str, Any]) -> str:
        made = actions.ask(case.pk, by=actor_of(request), at=now(), person=person, **given)
        words = _("Noted, and passed to %(group)s.") % {"group": made.group} if made.group else _("Noted.")
        messages.success(request, words)
        return back

    heading = _("Note that somebody asks")
    return form_page(
        request, EnquiryForm(request.POST or None), save, heading=heading, submit=_("Save"), back=back,
        breadcrumbs=[{"name": case.spoken_number, "url": back}, {"name": heading, "url": ""}],
    )  # fmt: skip
