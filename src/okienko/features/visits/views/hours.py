"""Templates of hours, the days they are laid over, and the visits that no longer fit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.visits import actions, queries
from okienko.features.visits.forms.booking import CancelForm
from okienko.features.visits.forms.setting_up import LayHoursForm, TemplateForm
from okienko.features.visits.models import MassChange
from okienko.features.visits.views.choosing import local_day
from okienko.features.visits.views.setting_up import trail
from okienko.kernel.people.access import actor_of, may, person_of, requires
from okienko.kernel.people.views.pages import form_page
from okienko.kernel.slots.queries import intervals_of
from okienko.kernel.slots.rules import Hours

SHOWN_MISFITS = 100


@requires("slots.change")
def templates(request: HttpRequest) -> HttpResponse:
    rows = [
        {
            "name": one.name,
            "url": reverse("visits:template", args=[one.pk]),
            "cells": [one.step, one.places, f"{one.kept_back}%"],
        }
        for one in queries.templates()
    ]
    context = {
        "heading": _("Templates of hours"),
        "rows": rows,
        "columns": (_("Every (minutes)"), _("Places"), _("Kept back")),
        "add": _("Add a template"),
        "add_url": reverse("visits:add_template"),
        "breadcrumbs": trail((_("Templates of hours"), "")),
    }
    return render(request, "visits/set_up/table.html", context)


@requires("slots.change")
def template(request: HttpRequest, template_id: int | None = None) -> HttpResponse:
    changed = queries.template(template_id) if template_id else None

    def save(given: dict[str, Any]) -> str:
        details, by, at = form.details(), actor_of(request), time.now()
        version = details.pop("version")
        if changed is None:
            actions.add_template(by=by, at=at, **details)
        else:
            actions.change_template(changed, by=by, at=at, version=version, **details)
        messages.success(request, _("Saved."))
        return reverse("visits:templates")

    form = TemplateForm(request.POST or None, initial=TemplateForm.values_of(changed) if changed else {})
    heading = changed.name if changed else _("Add a template")
    return form_page(
        request,
        form,
        save,
        heading=heading,
        submit=_("Save"),
        back=reverse("visits:templates"),
        values=TemplateForm.values_of,
        template="visits/set_up/template.html",
        breadcrumbs=trail((_("Templates of hours"), reverse("visits:templates")), (heading, "")),
    )


@requires("slots.change")
def lay(request: HttpRequest) -> HttpResponse:
    """A template over some days of some counters. What no longer fits is shown before anything is saved."""
    person, now = person_of(request), time.now()
    counters = queries.counters_for(person, "slots.change").filter(active=True)
    form = LayHoursForm(
        request.POST or None,
        templates=queries.templates(),
        counters=counters,
        initial={"first": local_day(now), "counters": request.GET.getlist("stanowisko")},
    )
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        misfits = queries.misfits(form.cleaned_data["counters"], now=now, instead=_proposed(form))
        seen = request.POST.get("seen") == str(len(misfits))
        if "save" in request.POST and (seen or not misfits):
            try:
                return _lay(request, form)
            except Refused as refused:
                form.refuse(refused)
        context = {"preview": True, "misfits": misfits[:SHOWN_MISFITS], "misfit_count": len(misfits)}
    context |= {
        "form": form,
        "laid": counters.prefetch_related("hours"),
        "breadcrumbs": trail((_("Hours of the counters"), "")),
    }
    return render(request, "visits/set_up/lay_hours.html", context)


def _proposed(form: LayHoursForm) -> Hours:
    first, last = form.days()
    if form.template is None:
        return Hours(first, last, {}, 1)
    given = form.template.hours()
    return Hours(first, last, intervals_of(given.pop("week")), **given)


def _lay(request: HttpRequest, form: LayHoursForm) -> HttpResponse:
    chosen, (first, last) = list(form.cleaned_data["counters"]), form.days()
    by, at = actor_of(request), time.now()
    if form.template is None:
        left = actions.close_hours(chosen, by=by, at=at, first=first, last=last)
    else:
        left = actions.lay_hours(form.template, chosen, by=by, at=at, first=first, last=last)
    messages.success(request, _("Saved."))
    return redirect("visits:misfits" if left else "visits:set_up")


@requires("slots.change")
def misfits(request: HttpRequest) -> HttpResponse:
    """Visits that lie outside of the hours now: each to be moved or cancelled, or all to the nearest free times."""
    person, now = person_of(request), time.now()
    found = queries.misfits(queries.counters_for(person, "slots.change"), now=now)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and may(person, "visits.change") and form.is_valid():
        change = actions.order_mass_change(
            found, by=actor_of(request), at=now, way=MassChange.Way.NEAREST, why=form.cleaned_data["why"]
        )
        return redirect("visits:mass_change", change.pk)
    context = {
        "misfits": found,
        "form": form,
        "may_move": may(person, "visits.change"),
        "breadcrumbs": trail((_("Visits that no longer fit"), "")),
    }
    return render(request, "visits/set_up/misfits.html", context)
