"""The office's side: who comes when, booking for somebody, cancelling, the paper for the day."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.visits import actions, holding, listing, queries
from okienko.features.visits.forms import CancelForm, PhoneBookingForm
from okienko.features.visits.views.choosing import local_day
from okienko.kernel.consents import looks
from okienko.kernel.history.queries import entries_of
from okienko.kernel.history.words import timeline
from okienko.kernel.people.access import actor_of, may, person_of, requires
from okienko.kernel.slots.queries import Free
from okienko.ui import lists as ui
from okienko.ui.lists.paging import page_of

OFFERED_BY_PHONE = 12


@requires("visits.see")
def bookings(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    asked = ui.ListRequest.from_query(request.GET, listing.definition(person))
    page = page_of(listing.rows(asked, person), asked)
    shown = ui.ListPage(
        name="visits",
        title=_("Visits"),
        request=asked,
        rows=page.rows,
        total=page.total,
        next=page.next,
        previous=page.previous,
        name_of=lambda booking: f"{booking.spoken_number} {booking.name}",
        url_of=lambda booking: reverse("visits:booking", args=[booking.number]),
        empty_title=_("Nobody has booked a visit yet"),
    )
    return render(request, "visits/list.html", {"list": shown, "may_book": may(person, "visits.book")})


@requires("visits.see")
def booking(request: HttpRequest, number: str) -> HttpResponse:
    now = time.now()
    found = queries.by_number(number, visible_to_person=request.user)
    looks.note(found, by=actor_of(request), at=now, about=found.email or found.phone)
    state = found.state_at(now)
    context = {
        "booking": found,
        "state_name": found.State(state.value).label,
        "state_badge": listing.BADGES.get(state.value, "neutral"),
        "may_cancel": state.value in listing.BADGES
        and found.start > now
        and may(person_of(request), "visits.change", unit=found.resource.unit),
        "timeline": timeline(entries_of(found)),
        "new": "nowa" in request.GET,
        "breadcrumbs": _trail((found.spoken_number, "")),
    }
    return render(request, "visits/booking.html", context)


@requires("visits.change")
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    found = queries.by_number(number, visible_to_person=request.user, permission="visits.change")
    here = reverse("visits:booking", args=[found.number])
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel(found, by=actor_of(request), at=time.now(), why=form.cleaned_data["why"])
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The visit is cancelled."))
            return redirect(here)
    trail = _trail((found.spoken_number, here), (_("Cancel"), ""))
    return render(request, "visits/cancel.html", {"form": form, "booking": found, "breadcrumbs": trail})


@requires("visits.book")
def by_phone(request: HttpRequest) -> HttpResponse:
    """Somebody calls: matter and day above, the free times and who comes below, all on one page."""
    person, now = person_of(request), time.now()
    matters = [one for one in queries.published() if queries.counters_booked_by(person, one)]
    code = request.GET.get("usluga", "")
    service = next((one for one in matters if one.code == code), matters[0] if matters else None)
    if service is None:
        return render(
            request,
            "visits/by_phone.html",
            {"matters": [], "breadcrumbs": _trail((_("Book for somebody"), ""))},
        )
    counters = queries.counters_booked_by(person, service)
    free = queries.free_times(service, counters, now=now)
    days = sorted({local_day(one.start) for one in free})
    day = request.GET.get("dzien", "")
    shown = [one for one in free if local_day(one.start).isoformat() == day] or free[:OFFERED_BY_PHONE]
    form = PhoneBookingForm(request.POST or None, times=[_choice(one) for one in shown])
    key = request.POST.get("key", "")
    key = key if holding.is_key(key) else holding.new_key()
    if request.method == "POST" and (known := queries.by_key(key)) is not None:
        return redirect("visits:booking", known.number)
    if request.method == "POST" and form.is_valid():
        try:
            booked = actions.book_for_resident(
                key,
                by=actor_of(request),
                at=now,
                service=service,
                start=form.cleaned_data["start"],
                counters=counters,
                contact=form.contact("pl"),
            )
        except Refused as refused:
            form.refuse(Refused(refused.reason, code=refused.code, field="start"))
        else:
            return redirect(f"{reverse('visits:booking', args=[booked.number])}?nowa=1")
    context = {
        "matters": matters,
        "service": service,
        "days": days,
        "day": day,
        "form": form,
        "key": key,
        "breadcrumbs": _trail((_("Book for somebody"), "")),
    }
    return render(request, "visits/by_phone.html", context)


def _choice(one: Free) -> tuple[str, str]:
    return one.start.isoformat(), formats.date_format(timezone.localtime(one.start), "l, j E, H:i")


@requires("visits.see")
def day(request: HttpRequest) -> HttpResponse:
    """The paper that lies at the counter: who comes today, or on another day."""
    now = time.now()
    try:
        shown = date.fromisoformat(request.GET.get("dzien", ""))
    except ValueError:
        shown = local_day(now)
    found = queries.of_day(person_of(request), shown)
    counters = [(one, list(rows)) for one, rows in groupby(found, key=lambda booking: booking.resource)]
    for _counter, rows in counters:
        for row in rows:
            looks.note(row, by=actor_of(request), at=now, about=row.email or row.phone)
    return render(request, "visits/day.html", {"day": shown, "counters": counters})


def _trail(*crumbs: tuple[str, str]) -> list[dict[str, str]]:
    first = {"name": _("Visits"), "url": reverse("visits:list")}
    return [first, *({"name": name, "url": url} for name, url in crumbs)]
