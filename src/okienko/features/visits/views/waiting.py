"""Leaving word for an earlier time, one's place on the list by its link, and the list as the office sees it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.visits import actions, drafts, line, line_notices, queries, refusals, rules, working
from okienko.features.visits.actions import Contact
from okienko.features.visits.forms.waiting import WaitingForm
from okienko.features.visits.models import Service, Waiting
from okienko.features.visits.rush.hours import horizon
from okienko.features.visits.views.choosing import address, asked, local_day, no_service
from okienko.features.visits.views.office import trail
from okienko.kernel.consents import looks
from okienko.kernel.people.access import actor_of, person_of, requires
from okienko.kernel.slots.models import Resource


def leave_word(request: HttpRequest) -> HttpResponse:
    """From the page of free times: nothing there is early enough."""
    what = asked(request.GET.get("usluga", ""), request.GET.get("miejsce", ""))
    if what is None:
        return no_service(request)
    now = time.now()
    form = WaitingForm(
        request.POST or None, service=what.service, places=what.places, at=now,
        initial={"places": [what.place], "last_day": _before_the_first(what.chosen, what.service, now)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            waiting = actions.leave_word(
                what.service,
                by=actor_of(request),
                at=now,
                contact=form.contact(get_language() or "pl"),
                last_day=form.cleaned_data["last_day"],
                places=form.chosen_places(),
                accepted=form.consents(),
                network=working.limited_network(request),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect("visits:waiting", waiting.secret)
    context = {"form": form, "service": what.service, "times": what.address()}
    return render(request, "visits/waiting/leave_word.html", context)


def _before_the_first(counters: list[Resource], service: Service, now: datetime) -> date:
    free = queries.free_times(service, counters, now=now)
    if not free:
        return horizon(service, now)[1]
    return max(local_day(free[0].start) - timedelta(days=1), local_day(now))


def for_own_visit(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever has a visit waits for an earlier time at the same place, and keeps the visit until then."""
    now = time.now()
    booking = queries.by_secret(secret, now=now)
    if booking.state_at(now) != rules.State.CONFIRMED or booking.start <= now:
        return redirect("visits:own", secret)
    if request.method == "POST":
        place = booking.resource.location
        try:
            waiting = actions.leave_word(
                booking.service,
                by=actor_of(request),
                at=now,
                contact=Contact(booking.name, booking.email, booking.phone, booking.language),
                last_day=local_day(booking.start),
                places=[place] if place else [],
                booking=booking,
            )
        except Refused as refused:
            links = [
                (_("Move to another time"), reverse("visits:move", args=[secret])),
                (_("My visit"), reverse("visits:own", args=[secret])),
            ]
            return refusals.page(request, refused, links=links)
        return redirect("visits:waiting", waiting.secret)
    return render(request, "visits/waiting/for_own_visit.html", {"booking": booking})


@require_GET
def waiting(request: HttpRequest, secret: str) -> HttpResponse:
    now = time.now()
    found = line.by_secret(secret, now=now)
    context = {
        "waiting": found,
        "state": found.state_at(now).value,
        "position": line.position_of(found, now=now),
        "again": address(usluga=found.service.code),
        "address": line_notices.page_of(found),
    }
    return render(request, "visits/waiting/waiting.html", context)


@require_POST
def take(request: HttpRequest, secret: str) -> HttpResponse:
    """The visit that one has is moved; whoever has none goes on to the form, with the time held."""
    now = time.now()
    found = line.by_secret(secret, now=now)
    if found.booking_id is None:
        return _fill_in(request, found, now)
    try:
        booking = actions.take_offer(found, by=actor_of(request), at=now)
    except Refused as refused:
        return _refused(request, found, refused)
    return redirect(f"{reverse('visits:own', args=[booking.secret])}?przeniesiona=1")


def _fill_in(request: HttpRequest, found: Waiting, now: datetime) -> HttpResponse:
    draft = drafts.of_offer(found)
    if found.state_at(now) != rules.Waits.OFFERED or draft is None:
        over = Refused(_("The time for this offer is over."), code="offer-over")
        return _refused(request, found, over)
    drafts.keep(request, draft)
    known = {"name": found.name, "email": found.email, "phone": found.phone}
    drafts.keep_typed(request, known, list(known))
    return redirect("visits:data")


@require_POST
def leave(request: HttpRequest, secret: str) -> HttpResponse:
    now = time.now()
    actions.leave_line(line.by_secret(secret, now=now), by=actor_of(request), at=now)
    return redirect("visits:waiting", secret)


@require_POST
def again(request: HttpRequest, secret: str) -> HttpResponse:
    now = time.now()
    found = line.by_secret(secret, now=now)
    try:
        actions.wait_again(found, by=actor_of(request), at=now)
    except Refused as refused:
        return _refused(request, found, refused)
    return redirect("visits:waiting", secret)


def _refused(request: HttpRequest, found: Waiting, refused: Refused) -> HttpResponse:
    links = [
        (_("My place on the list"), reverse("visits:waiting", args=[found.secret])),
        (_("Book a visit"), address(usluga=found.service.code)),
    ]
    return refusals.page(request, refused, links=links)


@requires("visits.see")
def who_waits(request: HttpRequest) -> HttpResponse:
    """Who waits, the first in the line of each matter first."""
    now = time.now()
    rows = line.standing_seen_by(person_of(request), now=now)
    for one in rows:
        looks.note(one, by=actor_of(request), at=now, about=one.email or one.phone)
    context = {"rows": rows, "breadcrumbs": trail((_("Who waits for an earlier time"), ""))}
    return render(request, "visits/waiting/line.html", context)
