"""Many visits at once: chosen, looked at once more, ordered, followed. And "the office is closed", in one step."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.visits import actions, queries, refusals
from okienko.features.visits.forms.mass import ClosingForm, MassForm
from okienko.features.visits.models import Booking
from okienko.features.visits.views.choosing import local_day
from okienko.features.visits.views.office import trail
from okienko.kernel.people.access import actor_of, person_of, requires
from okienko.kernel.slots import actions as open_again
from okienko.kernel.slots import queries as slots

SHOWN = 100
SHOWN_ORDERS = 20


@requires("visits.change")
def choose(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), time.now()
    today = local_day(now)
    form = MassForm(
        request.POST or None,
        counters=queries.counters_for(person, "visits.change"),
        initial={"first": today, "last": today},
    )
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        ahead = queries.standing(queries.visible_to(person, "visits.change"), now=now)
        found = list(form.narrow(ahead).order_by("start", "pk"))
        if "go" in request.POST and found and _seen(request, found):
            change = actions.order_mass_change(found, by=actor_of(request), at=now, **form.order())
            return redirect("visits:mass_change", change.pk)
        context = _preview(found)
    context |= {
        "form": form,
        "orders": queries.mass_changes(person)[:SHOWN_ORDERS],
        "breadcrumbs": trail((_("Many visits at once"), "")),
    }
    return render(request, "visits/mass/choose.html", context)


@requires("slots.change")
def close(request: HttpRequest) -> HttpResponse:
    """The page for the morning on which the heating has failed: who, until when, why."""
    person, now = person_of(request), time.now()
    form = ClosingForm(
        request.POST or None,
        counters=queries.counters_for(person, "slots.change").filter(active=True),
        initial={"when": ClosingForm.REST},
    )
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        counters, (start, end) = form.chosen_counters(), form.span(now)
        found = list(queries.standing_at(counters, start, end, now=now))
        if "go" in request.POST and _seen(request, found):
            try:
                change = actions.close_office(
                    counters, start, end, by=actor_of(request), at=now, why=form.cleaned_data["why"]
                )
            except Refused as refused:
                form.refuse(Refused(refused.reason, code=refused.code, field="last"))
            else:
                return redirect("visits:mass_change", change.pk)
        context = {**_preview(found), "start": start, "end": end}
    context |= {"form": form, "breadcrumbs": trail((_("The office is closed"), ""))}
    return render(request, "visits/mass/close.html", context)


@requires("slots.change")
def closed(request: HttpRequest) -> HttpResponse:
    """What is closed at which counter; the heating works again, so it is opened."""
    person, now = person_of(request), time.now()
    counters = queries.counters_for(person, "slots.change").in_bulk()
    times = slots.closed_times(counters, now=now)
    if request.method == "POST":
        chosen = next((one for one in times if _mark_of(one) == request.POST.get("time")), None)
        if chosen is None:
            messages.warning(request, _("This time has changed meanwhile. Look at the list once more."))
        else:
            by = actor_of(request)
            open_again.reopen(counters[chosen.resource_id], chosen.start, chosen.end, by=by, at=now)
            messages.success(request, _("The time is open again: residents can book it."))
        return redirect("visits:closed_times")
    context = {
        "rows": [(one, counters[one.resource_id], _mark_of(one)) for one in times],
        "breadcrumbs": trail(
            (_("The office is closed"), reverse("visits:close_office")), (_("Closed times"), "")
        ),
    }
    return render(request, "visits/mass/closed.html", context)


def _mark_of(one: slots.Closed) -> str:
    return f"{one.resource_id} {one.start.isoformat()} {one.end.isoformat()}"


def _seen(request: HttpRequest, found: Sequence[Booking]) -> bool:
    """Whether what would be changed is exactly what was shown: meanwhile somebody may have booked."""
    return request.POST.get("seen") == _mark(found)


def _mark(found: Sequence[Booking]) -> str:
    return hashlib.sha256(repr([(one.pk, one.changes) for one in found]).encode()).hexdigest()


def _preview(found: Sequence[Booking]) -> dict[str, Any]:
    by_service = Counter(one.service.title for one in found)
    by_counter = Counter(one.resource.name for one in found)
    return {
        "preview": True,
        "seen": _mark(found),
        "count": len(found),
        "found": found[:SHOWN],
        "shown": SHOWN,
        "parts": [(_("Matter"), by_service.most_common()), (_("Counter"), by_counter.most_common())],
    }


@requires("visits.change")
def change(request: HttpRequest, change_id: int) -> HttpResponse:
    """How far it is. The page asks anew by itself where scripts run, and by its link everywhere."""
    ordered = queries.mass_change(person_of(request), change_id)
    left = queries.left_of(ordered)[:SHOWN]
    context = {
        "change": ordered,
        "progress": queries.progress_of(ordered),
        "left": [(step.booking, refusals.heading(step.problem)) for step in left],
        "breadcrumbs": trail((ordered.get_way_display(), "")),
    }
    return render(request, "visits/mass/change.html", context)
