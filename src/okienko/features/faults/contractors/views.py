"""Work for firms outside the office: the register, the order, and the page that only the firm's link opens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.features.faults import actions
from okienko.features.faults.contractors import queries
from okienko.features.faults.contractors.forms import FirmForm, OrderForm, RefuseForm, WorkForm
from okienko.features.faults.models import Firm, Order
from okienko.features.faults.queries import report_of
from okienko.kernel.cases.views import step_asked_for, step_page
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.people.access import actor_of, person_of, requires
from okienko.kernel.people.views.pages import form_page


@requires("faults.execute")
def firms(request: HttpRequest) -> HttpResponse:
    return render(request, "faults/contractors/firms.html", {"firms": queries.firms()})


@requires("faults.execute")
def firm(request: HttpRequest, firm_id: int | None = None) -> HttpResponse:
    changed = queries.firm_by_id(firm_id) if firm_id else None

    def save(given: dict[str, Any]) -> str:
        if changed is None:
            told = {name: given[name] for name in ("name", "email", "phone")}
            actions.add_firm(by=actor_of(request), at=now(), **told)
        else:
            told = given | {"version": given["version"] or 0}
            actions.change_firm(changed.pk, by=actor_of(request), at=now(), **told)
        messages.success(request, _("Saved."))
        return back

    def shown(one: Firm) -> dict[str, Any]:
        return {name: getattr(one, name) for name in ("version", "name", "email", "phone", "active")}

    back = reverse("faults:firms")
    form = FirmForm(request.POST or None, initial=shown(changed) if changed else {"active": True})
    heading = _("Change a firm") if changed else _("Add a firm")
    crumbs = [{"name": _("Contractors"), "url": back}, {"name": heading, "url": ""}]
    return form_page(
        request, form, save, values=shown, heading=heading, submit=_("Save"), back=back, breadcrumbs=crumbs
    )


@requires("faults.execute")
def order(request: HttpRequest, number: str) -> HttpResponse:
    """The step “pass to a contractor”, with the link that goes to the firm."""
    case, row = step_asked_for(request, number, "order")
    at, report = now(), report_of(case)
    pictures = [(one.pk, one.name) for one in documents_of(case) if one.is_picture]
    before = report.orders.first()
    initial = {
        "version": case.version,
        "firm": before.firm_id if before else None,
        "ordered": timezone.localdate(at),
        "task": report.public_text,
    }
    form = OrderForm(row, case, pictures, request.POST or None, initial=initial)

    def take() -> None:
        given = form.cleaned_data
        told: dict[str, Any] = {
            name: given.get(name) for name in ("task", "ordered", "until", "name", "email")
        }
        files = [int(pk) for pk in given.get("photos", ())]
        actions.order_work(
            case.pk, given.get("firm"), by=actor_of(request), at=at, version=given.get("version", 0), files=files, **told
        )  # fmt: skip

    return step_page(request, case, row, form, take)


@requires("faults.execute")
def revoke(request: HttpRequest, order_id: int) -> HttpResponse:
    if request.method != "POST":
        raise Missing
    try:
        revoked = actions.revoke_order(order_id, by=actor_of(request), at=now(), person=person_of(request))
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return redirect("faults:firms")
    messages.success(request, _("The link of the firm no longer works."))
    return redirect("cases:case", revoked.report.case.number)


# --- For the firm -------------------------------------------------------------------------------------------


@never_cache
def contractor(request: HttpRequest, key: str) -> HttpResponse:
    """What is to be done, and what the firm says to it. Looking changes nothing."""
    order, at = queries.order_by_key(key), now()
    deed = request.POST.get("deed", "")
    refuse = RefuseForm(request.POST if deed == "refuse" else None)
    work = WorkForm(*((request.POST, request.FILES) if deed in ("note", "done") else ()))
    asked = {"refuse": refuse, "note": work, "done": work}.get(deed)
    if deed == "accept" or (asked is not None and asked.is_valid()):
        try:
            messages.success(request, _do(deed, key, asked.cleaned_data if asked else {}, at))
        except Refused as refused:
            asked.refuse(refused) if asked else messages.error(request, str(refused.reason))
        else:
            return redirect("faults:contractor", key)
    report = order.report
    works = order.works(at) and report.case.open and report.case.state == "contractor"
    context = {
        "order": order, "report": report, "case": report.case, "works": works, "refuse": refuse, "work": work,
        "photos": queries.shown_to_firm(order), "states": Order.State,
    }  # fmt: skip
    return render(request, "faults/contractors/order.html", context)


def _do(deed: str, key: str, given: dict[str, Any], at: datetime) -> str:
    match deed:
        case "accept":
            actions.accept_order(key, at=at)
            return _("Thank you, the order is yours.")
        case "refuse":
            actions.refuse_order(key, given["reason"], at=at)
            return _("We have your refusal.")
        case "note":
            actions.note_work(key, given["words"], given["attachments"] or (), at=at)
            return _("Thank you, we have it.")
        case _:
            actions.finish_work(key, given["words"], given["attachments"] or (), at=at)
            return _("Thank you. We will look at the work and write to you.")


@never_cache
def photo(request: HttpRequest, key: str, document_id: int) -> FileResponse:
    order = queries.order_by_key(key)
    shown = next((one for one in queries.shown_to_firm(order) if one.pk == document_id), None)
    if shown is None or not order.works(now()):
        raise Missing
    response = FileResponse(default_storage.open(shown.stored_as), content_type=shown.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
