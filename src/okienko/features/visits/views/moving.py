"""The office moves a visit: the nearest free times, or those of a day, at any of the counters where it is handled."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.visits import actions, queries
from okienko.features.visits.forms.booking import MoveForm, choices_of
from okienko.features.visits.views.choosing import local_day
from okienko.features.visits.views.office import at_place, trail
from okienko.kernel.people.access import actor_of, person_of, requires

NEAREST = 24


@requires("visits.change")
def move(request: HttpRequest, number: str) -> HttpResponse:
    person, now = person_of(request), time.now()
    moved = queries.by_number(number, visible_to_person=person, permission="visits.change")
    here = reverse("visits:booking", args=[number])
    reached = queries.counters_booked_by(person, moved.service)
    counters, place = at_place(reached, request.GET.get("miejsce", ""))
    free = queries.free_times(moved.service, counters, now=now, kept_too=True)
    day = request.GET.get("dzien", "")
    shown = [one for one in free if local_day(one.start).isoformat() == day]
    shown = shown or queries.nearest_to(moved.start, free, NEAREST)
    form = MoveForm(request.POST or None, times=choices_of(shown, counters))
    if request.method == "POST" and form.is_valid():
        try:
            actions.move_by_office(
                moved,
                form.cleaned_data["start"],
                counters=counters,
                by=actor_of(request),
                at=now,
                why=form.cleaned_data["why"],
            )
        except Refused as refused:
            form.refuse(Refused(refused.reason, code=refused.code, field="start"))
        else:
            messages.success(request, _("The visit is moved. The resident will be told."))
            return redirect(here)
    context = {
        "booking": moved,
        "form": form,
        "places": queries.places_of(reached),
        "place": place,
        "days": sorted({local_day(one.start) for one in free}),
        "day": day,
        "breadcrumbs": trail((moved.spoken_number, here), (_("Move"), "")),
    }
    return render(request, "visits/move_by_office.html", context)
