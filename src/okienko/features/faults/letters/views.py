from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.features.faults.letters import actions, printing, queries
from okienko.features.faults.letters.forms import LetterForm
from okienko.features.faults.letters.models import Letter
from okienko.features.faults.letters.rules import Paper
from okienko.features.faults.queries import report_of
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import by_number
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.people.access import actor_of, person_of, requires


@requires("faults.see")
def letter(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The letter as it will be: looked at as a PDF as often as one likes, then printed once."""
    person, at = person_of(request), now()
    case = by_number(number, visible_to_person=person)
    found = queries.printable(case, person)
    paper = next((one for one in (found.papers if found else ()) if one.value == kind), None)
    if found is None or paper is None:
        raise Missing
    files = [(one.pk, one.name) for one in documents_of(case)]
    form = LetterForm(files, request.POST or None, initial=printing.draft(case, found, paper, person))
    if form.is_bound and form.is_valid():
        if "preview" in request.POST:
            return _preview(case, paper, form.told(), dict(files))
        try:
            made = actions.print_letter(
                case.pk, paper, by=actor_of(request), at=at, person=person, **form.told()
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            words = (
                _("The letter has been kept, and goes to %(email)s.")
                if made.email
                else _("The letter has been kept.")
            )
            messages.success(request, words % {"email": made.email})
            return redirect(f"{reverse('cases:case', args=[case.number])}#letters")
    name = capfirst(Letter.Kind(paper.value).label)
    crumbs = [
        {"name": case.spoken_number, "url": reverse("cases:case", args=[case.number])},
        {"name": name, "url": ""},
    ]
    return render(
        request, "letters/letter.html", {"case": case, "form": form, "heading": name, "breadcrumbs": crumbs}
    )


def _preview(case: Case, paper: Paper, told: dict[str, Any], files: dict[int, str]) -> HttpResponse:
    del told["email"]
    enclosed = [files[pk] for pk in told.pop("enclosed")]
    report = report_of(case)
    version = queries.next_version(report, paper)
    content = printing.letter(report, paper, enclosed=enclosed, version=version, at=now(), **told)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="podglad.pdf"'
    return response
