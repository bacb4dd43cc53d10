from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from okienko.base.decisions import Missing, Refused, Stale
from okienko.base.time import now
from okienko.features.faults import actions
from okienko.features.faults.actions.events import MOST_EVENTS
from okienko.features.faults.parts.forms import EventsForm
from okienko.features.faults.queries import report_of
from okienko.kernel.cases.queries import by_number
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.people.access import actor_of, person_of, requires


@requires("faults.register")
def split_events(request: HttpRequest, number: str) -> HttpResponse:
    """How many events (`?ile=`), and for each which part it is: then as many reports, in one step."""
    person = person_of(request)
    case = by_number(number, visible_to_person=person)
    if not case.open and request.method != "POST":
        raise Missing
    report = report_of(case)
    files = [(one.pk, one.name) for one in documents_of(case)]
    initial = {"version": case.version, "covers_1": report.covers}
    count = _how_many(request.GET.get("ile", ""))
    if not report.category.takes_mail:
        initial |= {f"category_{one}": report.category for one in range(1, count + 1)}
    form = EventsForm(count, files, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.split_events(
                case.pk, form.events(), by=actor_of(request), at=now(), person=person,
                version=form.cleaned_data["version"],
            )  # fmt: skip
        except Stale as stale:
            form.refuse(stale)
            form.go_on_from(getattr(stale.current, "version", 0))
        except Refused as refused:
            form.refuse(refused)
        else:
            words = ngettext(
                "There is %(count)d report now: %(numbers)s.",
                "There are %(count)d reports now: %(numbers)s.",
                len(made),
            )
            numbers = ", ".join(one.spoken_number for one in made)
            messages.success(request, words % {"count": len(made), "numbers": numbers})
            return redirect("cases:case", case.number)
    crumbs = [
        {"name": case.spoken_number, "url": reverse("cases:case", args=[case.number])},
        {"name": _("Several events in one report"), "url": ""},
    ]
    context = {"case": case, "form": form, "count": count, "most": MOST_EVENTS, "breadcrumbs": crumbs}
    return render(request, "faults/parts/split.html", context)


def _how_many(typed: str) -> int:
    return min(max(int(typed[:3]), 2), MOST_EVENTS) if typed.isdecimal() else 2
