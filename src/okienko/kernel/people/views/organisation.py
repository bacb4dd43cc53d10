from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.base.decisions import Refused
from okienko.base.time import now
from okienko.kernel.people import queries
from okienko.kernel.people.access import actor_of, requires
from okienko.kernel.people.organisation import applying, writing
from okienko.kernel.people.organisation.comparing import compare
from okienko.kernel.people.organisation.reading import LARGEST, read
from okienko.kernel.people.organisation.sheets import SHEETS
from okienko.ui.forms import Form

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_IMPORTS = 50


class FileForm(Form):
    file = forms.FileField(label=gettext_lazy("Spreadsheet (XLSX, or CSV with one sheet)"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is too large."))
        return file


@requires("organisation.import")
def organisation(request: HttpRequest) -> HttpResponse:
    """The organisation as a file, and a file to be read."""
    form = FileForm(request.POST or None, request.FILES or None) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = applying.keep(file.name, file.read(), by=actor_of(request), at=now())
            return redirect("people:import", made.pk)
        except Refused as refused:
            form.refuse(refused)
    shown = queries.imports()[:SHOWN_IMPORTS]
    return render(request, "people/organisation.html", {"form": form, "sheets": SHEETS, "imports": shown})


@requires("organisation.import")
def export(request: HttpRequest, form: str, sheet: str = "") -> HttpResponse:
    content = writing.content(now())
    if form == "xlsx":
        response = HttpResponse(writing.workbook(content), content_type=XLSX)
        name = "organizacja.xlsx"
    else:
        asked = next((one for one in SHEETS if one.name == sheet), None)
        if asked is None:
            raise Http404
        response = HttpResponse(writing.csv_of(asked, content), content_type="text/csv; charset=utf-8")
        name = f"{asked.name.lower()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@requires("organisation.import")
def show_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Every row that would change and how; posting applies it, whole or not at all."""
    made = queries.import_by_id(import_id)
    at, trouble = now(), ""
    if request.method == "POST":
        try:
            done = applying.apply(made, by=actor_of(request), at=at)
        except Refused as refused:
            trouble = str(refused.reason)
        else:
            messages.success(request, _("Applied. Rows changed: %(count)d.") % {"count": len(done)})
            return redirect("people:organisation")
    file, wrong = read(made.name, bytes(made.content))
    differences = [] if made.applied_at else compare(writing.content(at), file)
    if not wrong and not trouble and not made.applied_at:
        refused_by_rules = applying.trial(made, by=actor_of(request), at=at)
        trouble = str(refused_by_rules.reason) if refused_by_rules else ""
    context = {"made": made, "wrong": wrong, "trouble": trouble, "differences": differences}
    return render(request, "people/import.html", context)
