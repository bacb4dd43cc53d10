"""The office's side: who comes when, booking for somebody, cancelling, the paper for the day."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.visits import actions, holding, listing, queries
from okienko.features.visits.forms.booking import CancelForm, DayForm, PhoneBookingForm, choices_of
from okienko.features.visits.models import Booking
from okienko.features.visits.views.choosing import local_day
from okienko.kernel.cases import saved_views
from okienko.kernel.consents import looks
from okienko.kernel.documents import responses
from okienko.kernel.history.queries import entries_of
from okienko.kernel.history.words import timeline
from okienko.kernel.people.access import actor_of, may, person_of, requires
from okienko.kernel.people.models import Person
from okienko.kernel.slots.models import Resource
from okienko.ui import lists as ui
from okienko.ui.lists.paging import in_order, page_of, values_of

OFFERED_BY_PHONE = 12
LIST = "visits"  # what saved views of this list are kept under


@requires("visits.see")
def bookings(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    asked = ui.ListRequest.from_query(request.GET, listing.definition(person))
    today = local_day(time.now())
    page = page_of(listing.rows(asked, person, today=today), asked)
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
        views=saved_views.shown(
            person, LIST, asked, address=reverse("visits:list"), forget="visits:forget_view"
        ),
        save_url=reverse("visits:save_view"),
        exports=[
            (name, reverse("visits:export", args=[form]))
            for name, form in (("XLSX", "xlsx"), ("CSV", "csv"), ("PDF", "pdf"))
        ],
        empty_title=_("No visits from today on"),
    )
    return render(
        request,
        "visits/list.html",
        {
            "list": shown,
            "tabs": listing.tabs(asked, today),
            "may_book": may(person, "visits.book"),
            "may_change": may(person, "visits.change"),
            "may_set_up": may(person, "slots.change"),
        },
    )


@requires("visits.see")
def save_view(request: HttpRequest) -> HttpResponse:
    definition = listing.definition(person_of(request))
    return saved_views.save(request, LIST, definition, address=reverse("visits:list"))


@requires("visits.see")
def forget_view(request: HttpRequest, view_id: int) -> HttpResponse:
    return saved_views.forget(request, LIST, view_id, address=reverse("visits:list"))


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
        "may_move": state.value == Booking.State.CONFIRMED
        and found.start > now
        and may(person_of(request), "visits.change", unit=found.resource.unit),
        "timeline": timeline(entries_of(found)),
        "new": "nowa" in request.GET,
        "breadcrumbs": trail((found.spoken_number, "")),
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
    context = {
        "form": form,
        "booking": found,
        "breadcrumbs": trail((found.spoken_number, here), (_("Cancel"), "")),
    }
    return render(request, "visits/cancel.html", context)


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
            {"matters": [], "breadcrumbs": trail((_("Book for somebody"), ""))},
        )
    reached = queries.counters_booked_by(person, service)
    counters, place = at_place(reached, request.GET.get("miejsce", ""))
    free = queries.free_times(service, counters, now=now, kept_too=True)
    days = sorted({local_day(one.start) for one in free})
    day = request.GET.get("dzien", "")
    shown = [one for one in free if local_day(one.start).isoformat() == day] or free[:OFFERED_BY_PHONE]
    whose = request.GET.get("konto", "")
    accounts = queries.accounts_like(whose)
    form = PhoneBookingForm(
        request.POST or None,
        service=service,
        times=choices_of(shown, counters),
        accounts=accounts,
        initial=_initial(request, accounts),
    )
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
                contact=form.contact(form.cleaned_data["language"] or "pl"),
                **form.details(),
            )
        except Refused as refused:
            # The same button, pressed twice: the first press has booked it.
            if refused.code == "already-booked" and (known := queries.by_key(key)) is not None:
                return redirect("visits:booking", known.number)
            if refused.code.startswith("too-many-on"):
                form.warn_of_limit()
            form.refuse(Refused(refused.reason, code=refused.code, field=_beside(refused)))
        else:
            return redirect(f"{reverse('visits:booking', args=[booked.number])}?nowa=1")
    context = {
        "matters": matters,
        "service": service,
        "places": queries.places_of(reached),
        "place": place,
        "days": days,
        "day": day,
        "form": form,
        "key": key,
        "whose": whose,
        "breadcrumbs": trail((_("Book for somebody"), "")),
    }
    return render(request, "visits/by_phone.html", context)


def at_place(counters: Sequence[Resource], place: str) -> tuple[list[Resource], str]:
    """The counters of the place that was chosen, all of them where it is none of theirs."""
    there = [one for one in counters if str(one.location_id) == place]
    return (there, place) if there else (list(counters), "")


def _beside(refused: Refused) -> str:
    return "over_limit" if refused.code.startswith("too-many-on") else "start"


def _initial(request: HttpRequest, accounts: Sequence[Person]) -> dict[str, Any]:
    """The time that was chosen in the calendar, and whoever is found alone."""
    initial: dict[str, Any] = {}
    with suppress(ValueError, OverflowError):
        initial["start"] = datetime.fromisoformat(request.GET.get("start", "")).astimezone(UTC).isoformat()
    if len(accounts) == 1:
        found = accounts[0]
        initial |= {"account": found.pk, "name": found.name, "email": found.email, "phone": found.phone,
                    "language": found.language}  # fmt: skip
    return initial


@requires("visits.see")
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file: the same columns, filters and order as on the page."""
    person, now = person_of(request), time.now()
    asked = ui.ListRequest.from_query(request.GET, listing.definition(person))
    rows = in_order(listing.rows(asked, person, today=local_day(now)), asked).iterator(chunk_size=2000)
    looks.note_question(request.get_full_path(), by=actor_of(request), at=now)
    return responses.export(
        form,
        name="wizyty",
        title=_("Visits"),
        titles=[column.title for column in asked.columns],
        rows=(values_of(asked.columns, booking) for booking in rows),
    )


@requires("visits.see")
def day(request: HttpRequest) -> HttpResponseBase:
    """The paper that lies at the counter: who comes today, or on another day; of a unit, a service or a counter."""
    now, person = time.now(), person_of(request)
    form, shown = DayForm.asked(request.GET, local_day(now))
    every = list(queries.of_day(person, shown))
    chosen = {name: request.GET.get(name, "") for name in ("jednostka", "usluga", "stanowisko")}
    found = [
        one
        for one in every
        if chosen["jednostka"] in ("", str(one.resource.unit_id))
        and chosen["usluga"] in ("", one.service.code)
        and chosen["stanowisko"] in ("", str(one.resource_id))
    ]
    for row in found:
        looks.note(row, by=actor_of(request), at=now, about=row.email or row.phone)
    if "pdf" in request.GET:
        return _day_as_pdf(shown, found)
    context = {
        "form": form,
        "day": shown,
        "counters": [(one, list(rows)) for one, rows in groupby(found, key=lambda booking: booking.resource)],
        "chosen": chosen,
        "units": {one.resource.unit_id: one.resource.unit for one in every}.values(),
        "services": {one.service_id: one.service for one in every}.values(),
        "all_counters": {one.resource_id: one.resource for one in every}.values(),
        "pdf_url": f"?{urlencode({**chosen, 'dzien': shown.isoformat(), 'pdf': '1'})}",
    }
    return render(request, "visits/day.html", context)


def _day_as_pdf(shown: date, found: Sequence[Booking]) -> HttpResponseBase:
    titles = [_("Counter"), _("Time"), _("Matter"), _("First and last name"), _("Phone"), _("Number")]
    rows = [
        (
            one.resource.name,
            formats.time_format(timezone.localtime(one.start), "H:i"),
            one.service.title,
            one.name,
            one.phone,
            one.spoken_number,
        )
        for one in found
    ]
    title = _("Visits of the day") + f": {formats.date_format(shown, 'l, j E Y')}"
    return responses.export("pdf", name=f"wizyty-{shown.isoformat()}", title=title, titles=titles, rows=rows)


def trail(*crumbs: tuple[str, str]) -> list[dict[str, str]]:
    first = {"name": _("Visits"), "url": reverse("visits:list")}
    return [first, *({"name": name, "url": url} for name, url in crumbs)]
