from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import select_template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from okienko.base import numbers, time
from okienko.base.decisions import Refused, Stale
from okienko.kernel.cases import actions, clocks, lists, looks, queries, rules, saved_views
from okienko.kernel.cases.forms import (
    AssignForm,
    AttachForm,
    DetailsForm,
    LinkForm,
    MergeForm,
    SplitForm,
    StepForm,
)
from okienko.kernel.cases.models import Case
from okienko.kernel.documents import responses
from okienko.kernel.documents.models import Document
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.queries import entries_of
from okienko.kernel.history.words import timeline
from okienko.kernel.people.access import actor_of, may, person_of, staff_only
from okienko.ui import lists as ui
from okienko.ui.addresses import each
from okienko.ui.forms import Form

# Keys of cases as a page sends them, alone and each with the version that was seen; never longer than a key can be.
_KEY, _PAIR = re.compile(r"[0-9]{1,18}"), re.compile(r"([0-9]{1,18}):([0-9]{1,9})")


@staff_only
def case_list(request: HttpRequest, procedure: str) -> HttpResponse:
    person, now = person_of(request), time.now()
    table = queries.procedure_for(person, procedure)
    asked = ui.ListRequest.from_query(request.GET, lists.definition(table, person))
    page = lists.page(table, asked, person, now=now)
    address, opened = reverse("cases:list", args=[table.code]), each("cases:case")
    shown = ui.ListPage(
        name=f"cases-{table.code}",
        title=table.name,
        request=asked,
        rows=page.rows,
        total=page.total,
        next=page.next,
        previous=page.previous,
        name_of=lambda case: f"{case.spoken_number} {case.subject}",
        url_of=lambda case: opened(case.number),
        is_late=lambda case: case.open and case.due_at is not None and case.due_at < now,
        views=saved_views.shown(
            person, table.code, asked, address=address, forget="cases:forget_view", of=(table.code,)
        ),
        save_url=reverse("cases:save_view", args=[table.code]),
        exports=[
            (name, reverse("cases:export", args=[table.code, form]))
            for name, form in (("XLSX", "xlsx"), ("CSV", "csv"), ("PDF", "pdf"))
        ],
        bulk=[ui.BulkAction("assign", _("Hand over"), icon="person")],
        bulk_url=reverse("cases:bulk", args=[table.code]),
        empty_title=_("Nothing has come in yet"),
    )
    return render(
        request,
        "cases/list.html",
        {"list": shown, "procedure": table, "may_register": may(person, table.register_permission)},
    )


@staff_only
def export(request: HttpRequest, procedure: str, form: str) -> HttpResponseBase:
    person, now = person_of(request), time.now()
    table = queries.procedure_for(person, procedure)
    asked = ui.ListRequest.from_query(request.GET, lists.definition(table, person))
    return responses.export(
        form, name=table.code, title=str(table.name), **lists.whole(table, asked, person, now=now)
    )


@staff_only
def save_view(request: HttpRequest, procedure: str) -> HttpResponse:
    person = person_of(request)
    table = queries.procedure_for(person, procedure)
    address = reverse("cases:list", args=[table.code])
    return saved_views.save(request, table.code, lists.definition(table, person), address=address)


@staff_only
def forget_view(request: HttpRequest, procedure: str, view_id: int) -> HttpResponse:
    table = queries.procedure_for(person_of(request), procedure)
    return saved_views.forget(request, table.code, view_id, address=reverse("cases:list", args=[table.code]))


@staff_only
def bulk(request: HttpRequest, procedure: str) -> HttpResponse:
    """Many cases to one person: a page that says how many, then the deed."""
    person, now = person_of(request), time.now()
    table = queries.procedure_for(person, procedure)
    asked = ui.ListRequest.from_query(
        saved_views.as_query(request.POST.get("view", "")), lists.definition(table, person)
    )
    rows = lists.rows(table, asked, person, now=now).filter(open=True)
    everything = request.POST.get("everything") == "1"
    pairs = [_PAIR.fullmatch(key) for key in request.POST.getlist("seen")]
    seen = {int(pair[1]): int(pair[2]) for pair in pairs if pair}
    if not everything:
        keys = [int(key) for key in request.POST.getlist("selected") if _KEY.fullmatch(key)]
        rows = rows.filter(pk__in=keys or seen)
    form = AssignForm(person, request.POST if "confirmed" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            done = actions.assign_many(
                rows,
                form.cleaned_data["person"],
                by=actor_of(request),
                at=now,
                seen=None if everything else seen,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            words = ngettext(
                "%(count)d case has been handed over.", "%(count)d cases have been handed over.", done
            )
            messages.success(request, words % {"count": done})
            return redirect(f"{reverse('cases:list', args=[table.code])}{asked.address()}")
    context = {"form": form, "procedure": table, "count": rows.count(), "view": asked.address()}
    chosen = [] if everything else list(rows.values_list("pk", "version"))
    return render(request, "cases/bulk.html", {**context, "everything": everything, "chosen": chosen})


@staff_only
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about a case: what it is, who has it, by when and why then, what happened, what can be done."""
    case = queries.by_number(number, visible_to_person=request.user)
    looks.note(case, by=actor_of(request), at=time.now())
    return render(request, _template(case), _about(request, case))


def _template(case: Case) -> str:
    found = select_template([f"{case.procedure}/case.html", "cases/case.html"])
    return str(found.template.name)


def _about(request: HttpRequest, case: Case) -> dict[str, Any]:
    person, now = person_of(request), time.now()
    return {
        "case": case,
        "procedure": case.table,
        "now": now,
        "steps": queries.possible_steps(case, person),
        "deadlines": clocks.deadlines_of(case, now),
        "documents": documents_of(case),
        "sources": documents_of(case, Document.Kind.SOURCE),
        "links": queries.links_of(case, person),
        "timeline": timeline(entries_of(case).reverse()),
        "may_work": queries.may_work(case, person),
        "may_change": may(person, case.table.register_permission),
        "attach_form": AttachForm(),
    }


@staff_only
def deadlines(request: HttpRequest, number: str) -> HttpResponse:
    """The deadlines and why they are due when they are, for print."""
    case = queries.by_number(number, visible_to_person=request.user)
    context = {"case": case, "deadlines": clocks.deadlines_of(case, time.now())}
    return render(request, "cases/deadlines_print.html", context)


@staff_only
def step(request: HttpRequest, number: str, code: str) -> HttpResponse:
    person = person_of(request)
    case, row = step_asked_for(request, number, code)
    if row.page:
        return redirect(row.page, number)
    form = StepForm(row, case, person, request.POST or None)
    form.initial.update({need.name: request.GET[need.name] for need in row.needs if need.name in request.GET})

    def take() -> None:
        given = form.cleaned_data
        told = {"version": given.get("version", 0), "happened_at": given.get("happened_at")}
        actions.take_step(case.pk, code, by=actor_of(request), at=time.now(), **told, **form.inputs())

    return step_page(request, case, row, form, take)


def step_asked_for(request: HttpRequest, number: str, code: str) -> tuple[Case, rules.Step]:
    person = person_of(request)
    case = queries.by_number(number, visible_to_person=person)
    return case, queries.step_asked_for(case, code, person, _version_seen(request, case))


def step_page(
    request: HttpRequest, case: Case, row: rules.Step, form: Form, take: Callable[[], object]
) -> HttpResponse:
    """The page on which a step is taken. `take` is also asked to where something typed before the case was changed by
    somebody else is wrong: then it says so first."""
    person, stale = person_of(request), None
    if request.method == "POST" and (form.is_valid() or _overtaken(request, case, row)):
        try:
            take()
        except Stale as error:
            stale = case = queries.by_number(case.number, visible_to_person=person)
            form.refuse(error)
            form.go_on_from(case.version)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": row.past})
            still_seen = queries.seen_by(person, case.pk)
            return (
                redirect("cases:case", case.number) if still_seen else redirect("cases:list", case.procedure)
            )
    possible = case.state in row.sources and queries.may_take(case, row, person)
    context = {"case": case, "step": row, "form": form, "stale": stale, "possible": possible}
    if stale is not None:
        context["entries"] = timeline(entries_of(case).reverse()[:3])
        written = ((bound.label, bound.value()) for bound in form.visible_fields())
        context["typed"] = [(label, text) for label, text in written if text and isinstance(text, str)]
    return render(request, "cases/step.html", context, status=409 if stale else 200)


def _overtaken(request: HttpRequest, case: Case, row: rules.Step) -> bool:
    return queries.overtaken(case, row, request.user, _version_seen(request, case))


def _version_seen(request: HttpRequest, case: Case) -> int:
    """Where the version cannot be read the form is no one's that this page has shown: it is refused as changed."""
    seen = request.POST.get("version", str(case.version))
    return int(seen[:18]) if seen.isdecimal() else 0


@staff_only
def change(request: HttpRequest, number: str) -> HttpResponse:
    case = queries.by_number(number, visible_to_person=request.user)
    if not may(request.user, case.table.register_permission):
        raise Http404
    case.refuse_forgotten()
    names = [name for name in DetailsForm.base_fields if name != "version"]
    initial = {name: getattr(case, name) for name in names}
    form = DetailsForm(request.POST or None, initial={**initial, "version": case.version})
    stale = None
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in names}
        try:
            actions.change_details(
                case.pk, by=actor_of(request), at=time.now(), **values, version=form.cleaned_data["version"]
            )
        except Stale as error:
            stale = case = queries.by_number(number, visible_to_person=request.user)
            form.refuse(error)
            form.go_on_from(case.version)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The case has been changed."))
            return redirect("cases:case", number)
    differing = [
        (form[name].label, getattr(stale, name))
        for name in names
        if stale and str(getattr(stale, name)) != form[name].value()
    ]
    return render(
        request,
        "cases/change.html",
        {"case": case, "form": form, "differing": differing},
        status=409 if stale else 200,
    )


@staff_only
def attach(request: HttpRequest, number: str) -> HttpResponse:
    case = queries.by_number(number, visible_to_person=request.user)
    if not queries.may_work(case, person_of(request)):
        raise Http404
    case.refuse_forgotten()
    form = AttachForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_files(case.pk, form.cleaned_data["attachments"], by=actor_of(request), at=time.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("cases:case", number)
    context = {"case": case, "form": form, "heading": _("Add files"), "submit": _("Add"), "multipart": True}
    return render(request, "cases/form.html", context)


@staff_only
def link(request: HttpRequest, number: str) -> HttpResponse:
    case = queries.by_number(number, visible_to_person=request.user)
    case.refuse_forgotten()
    form = LinkForm(request.POST or None)

    def deed(other: Case, at: Any) -> None:
        given = form.cleaned_data
        actions.link(case.pk, other.pk, given["kind"], by=actor_of(request), at=at, note=given["note"])

    return _with_other(request, case, form, deed, heading=_("Link with another case"), submit=_("Link"))


@staff_only
def merge(request: HttpRequest, number: str) -> HttpResponse:
    case = queries.by_number(number, visible_to_person=request.user)
    if not may(request.user, case.table.register_permission):
        raise Http404
    form = MergeForm(request.POST or None)

    def deed(other: Case, at: Any) -> None:
        actions.merge(case.pk, other.pk, by=actor_of(request), at=at, note=form.cleaned_data["note"])

    return _with_other(request, case, form, deed, heading=_("Merge into another case"), submit=_("Merge"))


def _with_other(
    request: HttpRequest, case: Case, form: LinkForm | MergeForm, deed: Any, *, heading: str, submit: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        other = queries.visible_to(request.user).filter(
            number=numbers.from_speech(form.cleaned_data["number"])
        ).first()  # fmt: skip
        try:
            if other is None:
                raise Refused(_("There is no case with this number."), code="no-such-case", field="number")
            deed(other, time.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("cases:case", case.number)
    return render(
        request, "cases/form.html", {"case": case, "form": form, "heading": heading, "submit": submit}
    )


@staff_only
def split(request: HttpRequest, number: str) -> HttpResponse:
    case = queries.by_number(number, visible_to_person=request.user)
    if not may(request.user, case.table.register_permission):
        raise Http404
    form = SplitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            part = actions.split(case.pk, by=actor_of(request), at=time.now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(
                request, _("The part has the number %(number)s.") % {"number": part.spoken_number}
            )
            return redirect("cases:case", part.number)
    context = {"case": case, "form": form, "heading": _("Split off a part"), "submit": _("Split off")}
    return render(request, "cases/form.html", context)
