from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.features.faults.joining import actions, queries
from okienko.features.faults.joining.applying import groups_to_close
from okienko.features.faults.joining.forms import BringForm, ChangeForm, JoinForm, RefuseForm
from okienko.features.faults.joining.models import Joining, Submission
from okienko.features.faults.joining.rules import DAYS_BEFORE
from okienko.features.faults.joining.sheets import PEOPLE, SHEETS, workbook
from okienko.kernel.documents import responses
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.queries import entries_of
from okienko.kernel.history.words import timeline
from okienko.kernel.people.access import actor_of, may, person_of, requires
from okienko.kernel.people.organisation.writing import csv_of
from okienko.kernel.people.views.organisation import XLSX
from okienko.kernel.people.views.pages import form_page

SHOWN = 50


def _crumbs(*names: tuple[str, str]) -> list[dict[str, str]]:
    first = (_("Units that have joined"), reverse("joining:joinings"))
    return [{"name": name, "url": url} for name, url in (first, *names)]


def _address(joining: Joining) -> str:
    return reverse("joining:joining", args=[joining.pk])


@requires("faults.join")
def joinings(request: HttpRequest) -> HttpResponse:
    """The register of joint controllers, with those that are only on their way."""
    today = timezone.localtime(now()).date()
    rows = [(one, _state(one, today)) for one in queries.visible_to(person_of(request))]
    return render(request, "joining/joinings.html", {"rows": rows, "everywhere": _may_agree(request)})


def _state(joining: Joining, today: Any) -> tuple[str, str]:
    if joining.ended_on is not None and joining.ended_on < today:
        return _("ended"), "neutral"
    if joining.starts_on > today:
        return _("starts soon"), "info"
    return _("works here"), "good"


def _may_agree(request: HttpRequest) -> bool:
    return may(person_of(request), "faults.agree")


@requires("faults.join")
def register(request: HttpRequest, form: str) -> HttpResponseBase:
    """Joint controllers, those of before too, as a file or on paper."""
    found = queries.visible_to(person_of(request))
    titles = [_("Unit"), _("Symbol"), _("Date of the agreement"), _("Last day of the agreement"), _("Works here from"),
              _("Who asked to join")]  # fmt: skip
    rows = (
        [one.unit.name, one.unit.symbol, one.agreed_on, one.ended_on, one.starts_on, one.asked_by]
        for one in found
    )
    return responses.export(
        form, name="wspoladministratorzy", title=_("Joint controllers"), titles=titles, rows=rows
    )


@requires("faults.agree")
def join(request: HttpRequest) -> HttpResponse:
    def save(given: dict[str, Any]) -> str:
        made = actions.join(by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return _address(made)

    form = JoinForm(queries.units_that_may_join(), request.POST or None, request.FILES or None)
    heading = _("A unit joins")
    return form_page(
        request, form, save, heading=heading, submit=_("Save"), back=reverse("joining:joinings"),
        breadcrumbs=_crumbs((heading, "")),
    )  # fmt: skip


@requires("faults.join")
def joining(request: HttpRequest, joining_id: int) -> HttpResponse:
    """One unit: its dates, its agreement, the form to fill in and the files that came back."""
    one = queries.joining_by_id(person_of(request), joining_id)
    form = BringForm(request.POST or None, request.FILES or None, may_agree=_may_agree(request))
    if form.is_bound and form.is_valid():
        file, given = form.cleaned_data["file"], form.cleaned_data.get("exception", "")
        try:
            made = actions.bring(
                one.pk, file.name, file.read(), by=actor_of(request), at=now(), exception=given
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("joining:submission", made.pk)
    context = {
        "joining": one, "form": form, "submissions": queries.submissions_of(one)[:SHOWN], "documents": documents_of(one),
        "state": _state(one, timezone.localtime(now()).date()), "may_agree": _may_agree(request),
        "timeline": timeline(entries_of(one).reverse()), "breadcrumbs": _crumbs((str(one), "")),
    }  # fmt: skip
    return render(request, "joining/joining.html", context)


@requires("faults.agree")
def change(request: HttpRequest, joining_id: int) -> HttpResponse:
    one = queries.joining_by_id(person_of(request), joining_id)
    back = _address(one)

    def shown(now_: Joining) -> dict[str, Any]:
        return {
            name: getattr(now_, name)
            for name in ("version", "asked_by", "agreed_on", "starts_on", "ended_on")
        }

    def save(given: dict[str, Any]) -> str:
        actions.change_joining(one.pk, by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return back

    form = ChangeForm(request.POST or None, request.FILES or None, initial=shown(one))
    heading = _("Change the agreement")
    return form_page(
        request, form, save, values=shown, heading=heading, submit=_("Save"), back=back,
        breadcrumbs=_crumbs((str(one), back), (heading, "")),
    )  # fmt: skip


@requires("faults.join")
def blank(request: HttpRequest, joining_id: int, form: str) -> HttpResponse:
    """The fixed form: with who is in force now (`formularz`), or empty (`pusty`)."""
    one = queries.joining_by_id(person_of(request), joining_id)
    content = (
        {sheet.name: {} for sheet in SHEETS} if "pusty" in request.GET else queries.in_force(one.unit, now())
    )
    if form not in ("csv", "xlsx"):
        raise Missing
    if form == "csv":
        response = HttpResponse(csv_of(SHEETS[0], content), content_type="text/csv; charset=utf-8")
    else:
        made = workbook(queries.known(one.unit), content, _instructions())
        response = HttpResponse(made, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="przystapienie-{one.pk}.{form}"'
    return response


def _instructions() -> list[str]:
    return [
        _("How to fill in this form"),
        _("Sheet “Osoby”: one row for each person and role. The file is the whole list: whoever is not in it loses the role."),
        _("“Komórka” is the symbol of the unit or of an inner unit; choose it from the list."),
        _(
            "“Symbol grupy” and “Nazwa grupy”: for coordinators and executors. A new symbol makes a new group. "
            "Leave them empty for overseers."
        ),
        _("“Grupa uprawnień”: nadzorca (overseer), koordynator (coordinator) or realizator (executor)."),
        _("Sheet “Minimum informacji”: what must be known about a report of each category; “tak” when it must be answered."),
        _("Bring the file at least %(days)d days before the start.") % {"days": DAYS_BEFORE},
    ]  # fmt: skip


@requires("faults.join")
def submission(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Every row that would change and how; whoever may agree applies it, whole or not at all."""
    found = queries.submission_by_id(person_of(request), submission_id)
    refusing = request.method == "POST" and "refuse" in request.POST
    form = RefuseForm(request.POST if refusing else None)
    trouble = ""
    if request.method == "POST":
        if not _may_agree(request):
            raise Missing
        if not refusing or form.is_valid():
            try:
                words = _decide(request, found, form)
            except Refused as refused:
                trouble = str(refused.reason)
            else:
                messages.success(request, words)
                return redirect(_address(found.joining))
    context: dict[str, Any] = {
        "submission": found, "form": form, "may_agree": _may_agree(request),
        "breadcrumbs": _crumbs((str(found.joining), _address(found.joining)), (found.name, "")),
    }  # fmt: skip
    if found.decided_at is None:
        file, wrong, differences = actions.compared(found, now())
        if not wrong and not trouble and _may_agree(request):
            refused_by_rules = actions.trial(found.pk, by=actor_of(request), at=now())
            trouble = str(refused_by_rules.reason) if refused_by_rules else ""
        closing = groups_to_close(found.joining, file) if PEOPLE in file else []
        context |= {"wrong": wrong, "differences": differences, "closing": closing}
    return render(request, "joining/submission.html", {**context, "trouble": trouble})


def _decide(request: HttpRequest, found: Submission, form: RefuseForm) -> str:
    if "refuse" in request.POST:
        actions.refuse(found.pk, form.cleaned_data["reason"], by=actor_of(request), at=now())
        return _("The file has been sent back.")
    done = actions.agree(found.pk, by=actor_of(request), at=now())
    return _("Agreed and applied. Rows changed: %(count)d.") % {"count": len(done)}
