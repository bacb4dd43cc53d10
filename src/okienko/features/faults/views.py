from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.faults import actions
from okienko.features.faults.forms import PhoneReportForm, ReportForm
from okienko.features.faults.queries import categories
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.models import Case, Channel
from okienko.kernel.cases.queries import by_follow_key, by_number
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.access import actor_of, requires
from okienko.kernel.people.models import Person


def report(request: HttpRequest) -> HttpResponse:
    """For residents: one page, no account, works on a phone and without scripts."""
    form = ReportForm(
        request.POST or None, request.FILES or None, initial={"category": request.GET.get("kategoria")}
    )
    if request.method == "POST" and form.is_valid():
        person = request.user if isinstance(request.user, Person) else None
        language = get_language() or "pl"
        case = _registered(
            form, by=Actor.resident(), channel=Channel.PAGE, requester=person, language=language
        )
        if case is not None:
            return redirect(f"{reverse('faults:follow', args=[case.follow_key])}?nowe=1")
    elsewhere = [category for category in categories() if category.handled_elsewhere]
    return render(request, "faults/report.html", {"form": form, "elsewhere": elsewhere})


def _registered(
    form: ReportForm, *, by: Actor, channel: str, requester: Person | None = None, language: str = "pl"
) -> Case | None:
    given = dict(form.cleaned_data)
    try:
        return actions.report_fault(
            by=by,
            at=time.now(),
            channel=channel,
            requester=requester,
            language=language,
            **{**given, "attachments": given["attachments"] or ()},
        )
    except Refused as refused:
        form.refuse(refused)
        return None


def follow(request: HttpRequest, key: str) -> HttpResponse:
    """The public part of one report, for whoever holds its link."""
    case = by_follow_key(key)
    if case.procedure != PROCEDURE.code:
        return redirect("home")
    return render(request, "faults/follow.html", {"case": case, "new": "nowe" in request.GET})


@requires("faults.register")
def by_phone(request: HttpRequest) -> HttpResponse:
    """Somebody calls: one page by keyboard, the number large at the end."""
    form = PhoneReportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        case = _registered(form, by=actor_of(request), channel=Channel.PHONE)
        if case is not None:
            return redirect("faults:read_out", case.number)
    return render(request, "faults/by_phone.html", {"form": form, "categories": categories()})


@requires("faults.register")
def read_out(request: HttpRequest, number: str) -> HttpResponse:
    case = by_number(number, visible_to_person=request.user)
    return render(request, "faults/read_out.html", {"case": case})
