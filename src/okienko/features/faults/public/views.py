"""What everybody may see of reports, and what the holder of a link may do with one."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.features.faults import actions
from okienko.features.faults.intake.forms import AskForm, NumberForm, PhotosForm, ReleaseForm
from okienko.features.faults.parts.queries import parts_followed
from okienko.features.faults.places.geometry import Box
from okienko.features.faults.places.queries import areas
from okienko.features.faults.public import queries
from okienko.features.faults.queries import categories, outcome, report_of
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import by_follow_key, by_number
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.actors import Actor
from okienko.kernel.knowledge.queries import visible_to as articles_for
from okienko.kernel.people.access import actor_of, person_of, requires
from okienko.kernel.people.views.pages import form_page

PAGE = 30


def everything(request: HttpRequest) -> HttpResponse:
    """The map of open reports, and the same as a list."""
    asked = {name: request.GET.get(name, "") for name in ("category", "area", "before")}
    found = list(queries.newest(**asked)[: PAGE + 1])
    query = request.GET.copy()
    query["before"] = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    context = {
        "reports": found[:PAGE], "more": len(found) > PAGE, "next": query.urlencode(), "asked": asked,
        "categories": categories().filter(handled_elsewhere="", takes_mail=False), "areas": areas(), "tiles": settings.TILES_URL,
        "credit": settings.TILES_CREDIT,
    }  # fmt: skip
    return render(request, "faults/public/everything.html", context)


def window(request: HttpRequest) -> JsonResponse:
    """Clusters of a window of the map, or the reports themselves where few enough are in it."""
    try:
        south, west, north, east = (float(part) for part in request.GET.get("okno", "").split(","))
        zoom = int(request.GET.get("zoom", ""))
    except ValueError:
        return JsonResponse({"clusters": [], "reports": []}, status=400)
    box = Box(south, west, north, east)
    if not (-90 <= south <= north <= 90 and -360 <= west <= east <= 360 and 0 <= zoom <= 30):
        return JsonResponse({"clusters": [], "reports": []}, status=400)
    if zoom < queries.POINTS_FROM:
        return JsonResponse({"clusters": queries.clusters(box, zoom), "reports": []})
    shown = [
        {"at": point, "name": f"{one.category}: {one.public_address or one.area or ''}",
         "url": reverse("faults:public", args=[one.case.number])}
        for one, point in queries.points(box)
    ]  # fmt: skip
    return JsonResponse({"clusters": [], "reports": shown})


def drawn(request: HttpRequest) -> JsonResponse:
    response = JsonResponse(queries.drawn())
    response["Cache-Control"] = "public, max-age=3600"
    return response


def one(request: HttpRequest, number: str) -> HttpResponse:
    report = queries.report_by_number(number)
    context = {"report": report, "case": report.case, "photos": queries.photos_of(report.case)}
    told = queries.told_as(report, request.GET.get("ja", ""))
    return render(
        request, "faults/public/one.html", {**context, "joined": "ja-tez" in request.GET, "told": told}
    )


def find(request: HttpRequest) -> HttpResponse:
    """Who has nothing but the number, from a call or a paper."""
    form = NumberForm(request.GET or None)
    if form.is_bound and form.is_valid():
        try:
            return redirect("faults:public", queries.report_by_number(form.cleaned_data["numer"]).case.number)
        except Missing:
            words = _("There is no report with this number, or its time is over. Check the digits.")
            form.refuse(Refused(words, code="no-such-report", field="numer"))
    return render(request, "faults/public/find.html", {"form": form})


def leave(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Consent of one who joined is withdrawn, by the link of the messages."""
    report = queries.report_by_number(number)
    if queries.told_as(report, key) is None:  # perhaps the button was pressed twice
        return redirect("faults:public", report.case.number)
    if request.method == "POST":
        actions.leave(report, key, by=Actor.resident(), at=now())
        messages.success(request, _("We have removed your address and will not write to you any more."))
        return redirect("faults:public", report.case.number)
    return render(request, "faults/public/leave.html", {"case": report.case})


def photo(request: HttpRequest, number: str, document_id: int) -> FileResponse:
    report = queries.report_by_number(number)
    shown = next((one for one in queries.photos_of(report.case) if one.pk == document_id), None)
    if shown is None:
        raise Missing
    response = FileResponse(default_storage.open(shown.stored_as), content_type=shown.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


# --- For whoever holds the link of a report -----------------------------------------------------------------


def _followed(key: str) -> Case:
    case = by_follow_key(key)
    if case.procedure != PROCEDURE.code:
        raise Missing
    return case


def follow(request: HttpRequest, key: str) -> HttpResponse:
    case = _followed(key)
    reporter = case.contact_email or case.contact_phone or case.contact_name
    report = report_of(case)
    context = {
        "case": case,
        "report": report,
        "parts": parts_followed(report),
        "outcome": outcome(case),
        # Who keeps the address as we ask is thanked as long as there is no other news.
        "new": "nowe" in request.GET and case.state == case.table.start,
        "reporter": bool(reporter),
        "articles": articles_for(request.user).exists(),
    }
    return render(request, "faults/follow.html", {**context, "photos": PhotosForm(), "ask": AskForm()})


def add_photos(request: HttpRequest, key: str) -> HttpResponse:
    case = _followed(key)
    form = PhotosForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_photos(case, form.cleaned_data["attachments"], by=Actor.resident(), at=now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Thank you, we have your photos."))
            return redirect("faults:follow", key)
    words = {"heading": _("Add photos"), "submit": _("Send")}
    return render(request, "faults/follow_form.html", {"case": case, "form": form, **words})


def ask(request: HttpRequest, key: str) -> HttpResponse:
    case = _followed(key)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.ask(case.pk, form.cleaned_data["words"], by=Actor.resident(), at=now())
        messages.success(request, _("We have your question and will answer."))
        return redirect("faults:follow", key)
    return render(
        request,
        "faults/follow_form.html",
        {"case": case, "form": form, "heading": _("Ask about it"), "submit": _("Send")},
    )


def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    case = _followed(key)
    if request.method == "POST":
        actions.withdraw_contact(case.pk, by=Actor.resident(), at=now())
        messages.success(request, _("We have removed your data. Your report goes on."))
        return redirect("faults:follow", key)
    return render(request, "faults/withdraw.html", {"case": case})


# --- For clerks ---------------------------------------------------------------------------------------------


@requires("faults.register")
def release(request: HttpRequest, number: str) -> HttpResponse:
    person = person_of(request)
    case = by_number(number, visible_to_person=person)
    case.refuse_forgotten()
    back = reverse("cases:case", args=[case.number])
    pictures = [one for one in documents_of(case) if one.is_picture]

    def save(given: dict[str, object]) -> str:
        chosen = {int(str(pk)) for pk in given.get("photos") or ()}  # type: ignore[attr-defined]
        actions.release(
            case.pk, by=actor_of(request), at=now(), person=person, text=str(given["text"]), photos=chosen,
            place=bool(given["place"]),
        )  # fmt: skip
        return back

    report = report_of(case)
    initial = {
        "text": report.public_text or case.description,
        "place": report.place_released,
        "photos": [str(one.pk) for one in pictures if one.public],
    }
    form = ReleaseForm([(one.pk, one.name) for one in pictures], request.POST or None, initial=initial)
    heading = _("What everybody sees")
    return form_page(
        request, form, save, heading=heading, submit=_("Show it to everybody"), back=back,
        breadcrumbs=[{"name": case.spoken_number, "url": back}, {"name": heading, "url": ""}],
    )  # fmt: skip
