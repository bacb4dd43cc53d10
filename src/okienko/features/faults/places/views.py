from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base.time import now
from okienko.features.faults.places import actions, queries
from okienko.features.faults.places.forms import STREETS, ChangePlaceForm, LoadForm
from okienko.features.faults.places.geometry import middle_of
from okienko.features.faults.queries import report_of
from okienko.kernel.cases.queries import by_number
from okienko.kernel.people.access import actor_of, person_of, requires
from okienko.kernel.people.views.pages import form_page


@requires("faults.categories")
def areas(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "faults/places/areas.html",
        {"areas": queries.all_areas(), "streets": queries.streets().count()},
    )


@requires("faults.categories")
def load(request: HttpRequest) -> HttpResponse:
    def save(given: dict[str, Any]) -> str:
        content = given["file"][0].read()
        if given["kind"] == STREETS:
            loaded = actions.load_streets(content, by=actor_of(request), at=now())
        else:
            loaded = actions.load_areas(content, given["kind"], by=actor_of(request), at=now())
        words = _("Added: %(added)d, changed: %(changed)d, switched off: %(off)d.")
        messages.success(
            request, words % {"added": loaded.added, "changed": loaded.changed, "off": loaded.switched_off}
        )
        return back

    back = reverse("faults:areas")
    form = LoadForm(request.POST or None, request.FILES or None)
    heading = _("Load areas or streets")
    crumbs = [{"name": _("Areas and streets"), "url": back}, {"name": heading, "url": ""}]
    return form_page(request, form, save, heading=heading, submit=_("Load"), back=back, breadcrumbs=crumbs)


@requires("faults.register")
def change_place(request: HttpRequest, number: str) -> HttpResponse:
    person = person_of(request)
    case = by_number(number, visible_to_person=person)
    case.refuse_forgotten()
    back = reverse("cases:case", args=[case.number])

    def save(given: dict[str, Any]) -> str:
        actions.change_place(case.pk, by=actor_of(request), at=now(), person=person, **given)
        return back

    report = report_of(case)
    form = ChangePlaceForm(
        request.POST or None, initial={name: getattr(report, name) for name in actions.PLACE}
    )
    return form_page(
        request, form, save, heading=_("Change the place"), submit=_("Save"), back=back,
        breadcrumbs=[{"name": case.spoken_number, "url": back}, {"name": _("Change the place"), "url": ""}],
    )  # fmt: skip


def streets(request: HttpRequest) -> JsonResponse:
    """Suggestions for what is being typed: names of streets, each with a point on it."""
    found = queries.streets_like(request.GET.get("q", "")[:100])
    told = [{"name": street.name, "point": middle_of(street.shape)} for street in found]
    return JsonResponse({"streets": told})
