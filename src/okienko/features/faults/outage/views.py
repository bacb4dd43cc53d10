from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.time import now
from okienko.features.faults.outage import actions, printing, queries
from okienko.features.faults.outage.forms import CloseForm, DeclareForm, EndForm, PaperForm, TellForm
from okienko.features.faults.queries import categories, chosen, questions_of
from okienko.kernel.history.queries import entries_of
from okienko.kernel.history.words import timeline
from okienko.kernel.people.access import actor_of, person_of, requires
from okienko.kernel.people.views.pages import form_page


def _crumbs(name: str) -> list[dict[str, str]]:
    return [{"name": _("Outage book"), "url": reverse("outage:outages")}, {"name": name, "url": ""}]


@requires("faults.outage")
def outages(request: HttpRequest) -> HttpResponse:
    return render(request, "outage/outages.html", {"outages": queries.outages()})


@requires("faults.outage")
def declare(request: HttpRequest) -> HttpResponse:
    def save(given: dict[str, Any]) -> str:
        made = actions.declare(by=actor_of(request), at=now(), **given)
        return reverse("outage:outage", args=[made.pk])

    heading = _("Declare an outage")
    form = DeclareForm(request.POST or None, initial={"began_at": now()})
    back = reverse("outage:outages")
    return form_page(
        request, form, save, heading=heading, submit=_("Declare"), back=back, breadcrumbs=_crumbs(heading)
    )


@requires("faults.outage")
def outage(request: HttpRequest, outage_id: int) -> HttpResponse:
    one = queries.outage(outage_id)
    context = {
        "outage": one,
        "told": one.told.all(),
        "timeline": timeline(entries_of(one).reverse()),
        "breadcrumbs": _crumbs(str(one)),
    }
    return render(request, "outage/outage.html", context)


def _done_to(
    request: HttpRequest, outage_id: int, form: Any, deed: Any, *, heading: str, submit: str
) -> HttpResponse:
    one = queries.outage(outage_id)
    back = reverse("outage:outage", args=[one.pk])

    def save(given: dict[str, Any]) -> str:
        deed(one.pk, by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return back

    crumbs = [*_crumbs(str(one))[:1], {"name": str(one), "url": back}, {"name": heading, "url": ""}]
    return form_page(request, form, save, heading=heading, submit=submit, back=back, breadcrumbs=crumbs)


@requires("faults.outage")
def end(request: HttpRequest, outage_id: int) -> HttpResponse:
    form = EndForm(request.POST or None, initial={"ended_at": now()})
    return _done_to(request, outage_id, form, actions.end, heading=_("It has ended"), submit=_("Save"))


@requires("faults.outage")
def tell(request: HttpRequest, outage_id: int) -> HttpResponse:
    form = TellForm(request.POST or None, initial={"told_at": now()})
    return _done_to(request, outage_id, form, actions.tell, heading=_("Note who was told"), submit=_("Save"))


@requires("faults.outage")
def close(request: HttpRequest, outage_id: int) -> HttpResponse:
    form = CloseForm(request.POST or None)
    return _done_to(
        request, outage_id, form, actions.close_entry, heading=_("Enter nothing more"), submit=_("Close")
    )


@requires("faults.outage")
def enter(request: HttpRequest, outage_id: int) -> HttpResponse:
    """A report that stands on paper. `ask`: shows what its category asks about and keeps what was typed."""
    one = queries.outage(outage_id)
    category = chosen(request.POST or request.GET)
    questions = questions_of(category) if category else []
    asking = request.method == "POST" and "ask" in request.POST
    if request.method == "POST" and not asking:
        form = PaperForm(questions, request.POST, request.FILES)
    else:
        form = PaperForm(questions, initial=request.POST.dict() or {"received_at": one.began_at})
    if form.is_bound and form.is_valid():
        try:
            case = actions.enter(
                one.pk, by=actor_of(request), at=now(), answers=form.answers(), **form.told()
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(
                request, _("Entered under the number %(number)s.") % {"number": case.spoken_number}
            )
            return redirect("outage:enter", one.pk)
    name = _("Enter a report from paper")
    crumbs = [
        *_crumbs("")[:1],
        {"name": str(one), "url": reverse("outage:outage", args=[one.pk])},
        {"name": name, "url": ""},
    ]
    return render(request, "outage/enter.html", {"form": form, "outage": one, "breadcrumbs": crumbs})


@requires("faults.see")
def pack(request: HttpRequest) -> HttpResponse:
    """What to print before the system is down, or to keep where it can be had without it."""
    return render(request, "outage/pack.html", {"files": queries.files_for(person_of(request))})


@requires("faults.see")
def blank_forms(request: HttpRequest) -> HttpResponse:
    offered = categories().filter(handled_elsewhere="", takes_mail=False).order_by("shortcut")
    response = HttpResponse(printing.blank_forms(offered), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="formularze.pdf"'
    return response
