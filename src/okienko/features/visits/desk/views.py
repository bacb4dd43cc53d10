"""The waiting room from its three sides: the kiosk at the door, the display on the wall, the counter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.features.visits import holding
from okienko.features.visits.desk import actions, queries, statistics
from okienko.features.visits.desk.forms import CodeForm, RoomForm, VisitsForm
from okienko.features.visits.desk.models import Ticket
from okienko.kernel.documents import responses
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.access import actor_of, may, person_of, requires
from okienko.kernel.people.views.pages import form_page
from okienko.ui.figures import decimal, percent

SHOWN_WAITING = 20
TABLES = {
    "day": gettext_lazy("Day"),
    "service": gettext_lazy("Matter"),
    "place": gettext_lazy("Place"),
    "counter": gettext_lazy("Counter"),
    "source": gettext_lazy("Booked by"),
}
COLUMNS = (
    gettext_lazy("Visits"),
    gettext_lazy("Confirmed"),
    gettext_lazy("Cancelled"),
    gettext_lazy("Not confirmed in time"),
    gettext_lazy("Absent"),
    gettext_lazy("Days ahead"),
    gettext_lazy("Minutes at the counter"),
)
STEPS = {"again": actions.call_again, "done": actions.finish, "gone": actions.mark_gone}


# --- The door -----------------------------------------------------------------------------------------------


@never_cache
def kiosk(request: HttpRequest, key: str) -> HttpResponse:
    """Who booked says their number; who did not says why they have come."""
    room = queries.room_by_key(key)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ticket = actions.check_in(
                room, queries.booking_told(form.cleaned_data["code"]), by=Actor.resident("kiosk"), at=now()
            )
            return redirect("desk:number", key, ticket.number)
        except Refused as refused:
            form.refuse(refused)
    context = {
        "room": room,
        "form": form,
        "services": queries.services_of(room),
        "number_key": holding.new_key(),
    }
    return render(request, "desk/kiosk.html", context)


@require_POST
def take_number(request: HttpRequest, key: str) -> HttpResponse:
    room = queries.room_by_key(key)
    chosen = next((one for one in queries.services_of(room) if one.code == request.POST.get("service")), None)
    if chosen is None:
        raise Missing
    once = request.POST.get("key", "")
    once = once if holding.is_key(once) else ""
    ticket = actions.take_number(room, chosen, by=Actor.resident("kiosk"), at=now(), key=once)
    return redirect("desk:number", key, ticket.number)


def number(request: HttpRequest, key: str, number: int) -> HttpResponse:
    room, at = queries.room_by_key(key), now()
    ticket = queries.ticket_of(room, number, at)
    context = {"room": room, "ticket": ticket, "ahead": queries.ahead_of(ticket)}
    return render(request, "desk/number.html", context)


# --- The wall -----------------------------------------------------------------------------------------------


def display(request: HttpRequest, key: str) -> HttpResponse:
    room, at = queries.room_by_key(key), now()
    context = {
        "room": room,
        "calls": queries.shown_calls(room, at),
        "waiting": queries.number_waiting(room, at),
    }
    return render(request, "desk/display.html", context)


# --- The counter --------------------------------------------------------------------------------------------


@requires("visits.receive")
def counters(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    context = {"counters": queries.counters_of(person), "may_set_up": may(person, "slots.change")}
    return render(request, "desk/counters.html", context)


@requires("visits.receive")
def counter(request: HttpRequest, counter_id: int) -> HttpResponse:
    person, at = person_of(request), now()
    resource = queries.counter_for(person, counter_id)
    if request.method == "POST":
        try:
            _act(request, resource)
        except Refused as refused:
            messages.warning(request, str(refused))
        return redirect("desk:counter", resource.pk)
    waiting = list(queries.waiting_for(resource, at)[: SHOWN_WAITING + 1])
    context = {
        "counter": resource,
        "present": queries.present_at(resource, at),
        "waiting": waiting[:SHOWN_WAITING],
        "more": len(waiting) > SHOWN_WAITING,
        "missed": queries.missed_at(resource, at),
        "expected": queries.expected_at(resource, at),
        "served": queries.served_today(resource, at),
        "breadcrumbs": [
            {"name": _("Counters"), "url": reverse("desk:counters")},
            {"name": resource.name, "url": ""},
        ],
    }
    return render(request, "desk/counter.html", context)


def _act(request: HttpRequest, resource: Any) -> Ticket:
    by, at, wanted = actor_of(request), now(), request.POST.get("do", "")
    if wanted in STEPS:
        return STEPS[wanted](resource, by=by, at=at)
    if wanted == "next":
        return actions.call_next(resource, by=by, at=at)
    what, _colon, number = wanted.partition(":")
    if what == "call" and number.isdecimal():
        return actions.call(int(number[:18]), resource, by=by, at=at)
    if what == "back" and number.isdecimal():
        return actions.come_back(int(number[:18]), resource, by=by, at=at)
    if what == "came":
        room = resource.location.waiting_room
        return actions.check_in(room, queries.booking_told(number), by=by, at=at)
    raise Missing


# --- What it comes to ---------------------------------------------------------------------------------------


@requires("visits.see")
def figures(request: HttpRequest) -> HttpResponse:
    """Numbers of visits from one day to another: charts, each with its table, and the same as files."""
    at = now()
    form, first, last = VisitsForm.asked(request.GET, queries.day_of(at))
    found = statistics.statistics(person_of(request), first, last, now=at)
    query = {"first": first.isoformat(), "last": last.isoformat()}
    context = {
        "form": form,
        "first": first,
        "last": last,
        "whole": found.whole,
        "totals": [
            *zip(COLUMNS, _cells(found.whole), strict=True),
            (_("Occupancy"), percent(found.occupancy(found.whole))),
        ],
        "tables": _tables(found),
        "days": [(str(name), points) for name, points in _by_day(found)],
        "query": urlencode(query),
    }
    return render(request, "desk/figures.html", context)


@requires("visits.see")
def figures_file(request: HttpRequest, table: str, form: str) -> HttpResponseBase:
    at = now()
    if table not in TABLES:
        raise Missing
    _form, first, last = VisitsForm.asked(request.GET, queries.day_of(at))
    found = statistics.statistics(person_of(request), first, last, now=at)
    shown = next(one for one in _tables(found) if one["name"] == table)
    name = f"wizyty-{table}-{first}-{last}"
    return responses.export(
        form, name=name, title=str(shown["title"]), titles=shown["columns"], rows=shown["rows"]
    )


def _by_day(found: statistics.Statistics) -> list[tuple[Any, list[tuple[str, int]]]]:
    days = found.tables["day"]
    shown = [(formats.date_format(row.key, "SHORT_DATE_FORMAT"), row) for row in days]
    return [
        (_("Visits"), [(day, row.booked) for day, row in shown]),
        (_("Cancelled"), [(day, row.cancelled) for day, row in shown]),
        (_("Absent"), [(day, row.absent) for day, row in shown]),
    ]


def _tables(found: statistics.Statistics) -> list[dict[str, Any]]:
    names = statistics.names(found)
    return [_table(name, title, found, names.get(name, {})) for name, title in TABLES.items()]


def _table(name: str, title: Any, found: statistics.Statistics, known: Mapping[Any, str]) -> dict[str, Any]:
    def called(row: statistics.Row) -> str:
        if name == "day":
            return formats.date_format(row.key, "SHORT_DATE_FORMAT")
        return known.get(row.key, "–")

    columns = [title, *COLUMNS]
    rows = [[called(row), *_cells(row)] for row in found.tables[name]]
    if name == "counter":
        columns.append(_("Occupancy"))
        for cells, row in zip(rows, found.tables[name], strict=True):
            cells.append(percent(found.occupancy(row)))
    bars = [(cells[0], cells[1]) for cells in rows]
    return {"name": name, "title": title, "columns": columns, "rows": rows, "bars": bars}


def _cells(row: statistics.Row) -> list[Any]:
    shares = [percent(row.share(number)) for number in (row.confirmed, row.cancelled, row.lapsed, row.absent)]
    return [row.booked, *shares, decimal(row.ahead_days), decimal(row.served_minutes)]


# --- Setting up ---------------------------------------------------------------------------------------------


@requires("slots.change")
def rooms(request: HttpRequest) -> HttpResponse:
    locations = queries.locations_set_up_by(person_of(request))
    return render(request, "desk/rooms.html", {"locations": locations})


@requires("slots.change")
def room(request: HttpRequest, location_id: int) -> HttpResponse:
    location = queries.locations_set_up_by(person_of(request)).filter(pk=location_id).first()
    if location is None:
        raise Missing
    known = getattr(location, "waiting_room", None)
    back = reverse("desk:rooms")

    def save(given: dict[str, Any]) -> str:
        version = given.pop("version")
        if known is None:
            actions.open_room(location, by=actor_of(request), at=now(), **given)
        else:
            actions.change_room(known, by=actor_of(request), at=now(), version=version, **given)
        messages.success(request, _("Saved."))
        return back

    initial = (
        RoomForm.values_of(known) if known else {"walk_in_minutes": 15, "late_minutes": 10, "version": 1}
    )
    return form_page(
        request,
        RoomForm(request.POST or None, initial=initial),
        save,
        heading=location.name,
        submit=_("Save"),
        back=back,
        values=RoomForm.values_of,
        breadcrumbs=[{"name": _("Waiting rooms"), "url": back}, {"name": location.name, "url": ""}],
    )
