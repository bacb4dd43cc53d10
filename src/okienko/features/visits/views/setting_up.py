"""Setting up visits, step by step: categories, services, places and counters."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base import time
from okienko.features.visits import actions, checklist, queries
from okienko.features.visits.forms.setting_up import CategoryForm, CounterForm, ServiceForm
from okienko.features.visits.models import Service
from okienko.kernel.calendars import queries as calendars
from okienko.kernel.people.access import actor_of, may, person_of, requires, scope_of
from okienko.kernel.people.queries import units_for
from okienko.kernel.people.views.pages import form_page
from okienko.kernel.slots import actions as slots
from okienko.kernel.units.queries import all_locations

BADGES = {Service.Status.PUBLISHED: "good", Service.Status.DRAFT: "warning"}
COUNTER = ("name", "unit", "location", "calendar", "priority", "active", "version")


def trail(*crumbs: tuple[Any, str]) -> list[dict[str, Any]]:
    first = (
        {"name": _("Visits"), "url": reverse("visits:list")},
        {"name": _("Set up visits"), "url": reverse("visits:set_up")},
    )
    return [*first, *({"name": name, "url": url} for name, url in crumbs)]


@requires("slots.change")
def index(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), time.now()
    counters = queries.counters_for(person, "slots.change").prefetch_related("hours")
    states = checklist.states(now)
    steps = checklist.steps(person, counters, states)
    context = {
        "steps": steps,
        "ready": all(step.done or step.optional for step in steps),
        "states": states,
        "misfits": len(queries.misfits(counters, now=now)),
        "breadcrumbs": [*trail()[:1], {"name": _("Set up visits"), "url": ""}],
    }
    return render(request, "visits/set_up/index.html", context)


@requires("units.change")
def places(request: HttpRequest) -> HttpResponse:
    """Where people come. Places belong to units and are changed with them; here is which of them take visits."""
    units = units_for(person_of(request), "units.change")
    context = {
        "units": units.filter(active=True).prefetch_related("locations"),
        "breadcrumbs": trail((_("Places"), "")),
    }
    return render(request, "visits/set_up/places.html", context)


@requires("visits.services")
def categories(request: HttpRequest) -> HttpResponse:
    rows = [
        {"name": one.name, "url": reverse("visits:category", args=[one.pk])} for one in queries.categories()
    ]
    return _table(request, _("Categories"), rows, (), add=(_("Add a category"), "visits:add_category"))


@requires("visits.services")
def category(request: HttpRequest, category_id: int | None = None) -> HttpResponse:
    changed = queries.category(category_id) if category_id else None

    def save(given: dict[str, Any]) -> str:
        if changed is None:
            actions.add_category(by=actor_of(request), at=time.now(), name=given["name"])
        else:
            actions.change_category(changed, by=actor_of(request), at=time.now(), **given)
        return _saved(request, "visits:categories")

    values = _values("name", "version")
    form = CategoryForm(request.POST or None, initial=values(changed) if changed else {})
    heading = _("Change a category") if changed else _("Add a category")
    return _form_page(request, form, save, heading, "visits:categories", _("Categories"), values=values)


@requires("visits.services")
def services(request: HttpRequest) -> HttpResponse:
    rows = [
        {
            "name": one.title,
            "url": reverse("visits:service", args=[one.code]),
            "badge": one.get_status_display(),
            "kind": BADGES.get(Service.Status(one.status), "neutral"),
            "cells": [one.category or "–", one.minutes],
        }
        for one in queries.services()
    ]
    columns = (_("Category"), _("Length (minutes)"))
    return _table(request, _("Services"), rows, columns, add=(_("Add a service"), "visits:add_service"))


@requires("visits.services")
def service(request: HttpRequest, code: str = "") -> HttpResponse:
    changed = queries.service_by_code(code) if code else None
    person = person_of(request)

    def save(given: dict[str, Any]) -> str:
        details, lengths = form.details()
        by, at = actor_of(request), time.now()
        version = details.pop("version")
        saved = (
            actions.add_service(by=by, at=at, **details)
            if changed is None
            else actions.change_service(changed, by=by, at=at, version=version, **details)
        )
        actions.set_lengths(saved, lengths, by=by, at=at)
        return _saved(request, "visits:service", saved.code)

    values = ServiceForm.values_of
    counters = queries.counters_to_choose(person, changed)
    lengths = changed.handled_at if changed else {}
    initial: dict[str, Any] = {
        "confirm_by": Service.ConfirmBy.NONE,
        "confirm_over": Service.SentBy.EMAIL,
        "remind_over": Service.SentBy.EMAIL,
        "remind_hours": "24",
    }
    if changed is not None:
        initial = {**values(changed), "counters": changed.counters.all()}
    form = ServiceForm(request.POST or None, counters=counters, lengths=lengths, initial=initial)
    return _form_page(
        request,
        form,
        save,
        changed.title if changed else _("Add a service"),
        "visits:services",
        _("Services"),
        values=values,
        template="visits/set_up/service.html",
        service=changed,
    )


@requires("slots.change")
def counters(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rows = [
        {
            "name": one.name,
            "url": reverse("visits:counter", args=[one.pk]),
            "badge": "" if one.active else _("not in use"),
            "kind": "neutral",
            "cells": [one.location or "–", one.unit, one.priority],
        }
        for one in queries.counters_for(person, "slots.change")
    ]
    columns = (_("Place"), _("Unit"), _("Priority"))
    return _table(request, _("Counters"), rows, columns, add=(_("Add a counter"), "visits:add_counter"))


@requires("slots.change")
def counter(request: HttpRequest, counter_id: int | None = None) -> HttpResponse:
    person, now = person_of(request), time.now()
    changed = queries.counter_for(person, counter_id) if counter_id else None

    def save(given: dict[str, Any]) -> str:
        handled, version = given.pop("services", None), given.pop("version")
        by = actor_of(request)
        saved = (
            slots.add_resource(by=by, at=now, kind=queries.COUNTER, **given)
            if changed is None
            else slots.change_resource(changed, by=by, at=now, version=version, **given)
        )
        if handled is not None:
            actions.set_services(saved, handled, by=by, at=now)
        if not saved.active and queries.misfits([saved], now=now):
            return _saved(request, "visits:misfits")
        return _saved(request, "visits:counters")

    units = units_for(person, "units.see").filter(pk__in=_reached(person)).filter(active=True)
    locations = all_locations().filter(active=True)
    if not locations:
        messages.info(request, _("A counter stands in a place. Add the place first."))
        return redirect("visits:places")
    form = CounterForm(
        request.POST or None,
        units=units,
        locations=locations,
        calendars=calendars.visible_to(person),
        services=queries.services() if may(person, "visits.services") else None,
        booked=queries.booked_ahead(changed, now=now) if changed and changed.active else 0,
        initial={**_values(*COUNTER)(changed), "services": queries.services_at(changed)} if changed else {},
    )
    return _form_page(
        request,
        form,
        save,
        changed.name if changed else _("Add a counter"),
        "visits:counters",
        _("Counters"),
        values=_values(*COUNTER),
    )


def _reached(person: Any) -> Any:
    scope = scope_of(person, "slots.change")
    every = units_for(person, "units.see")
    return every if scope.everywhere else every.filter(pk__in=scope.units)


def _values(*names: str) -> Any:
    return lambda thing: {name: getattr(thing, name) for name in names}


def _saved(request: HttpRequest, page: str, *args: Any) -> str:
    messages.success(request, _("Saved."))
    return reverse(page, args=args)


def _table(
    request: HttpRequest, heading: str, rows: list[dict[str, Any]], columns: tuple[str, ...], *, add: Any
) -> HttpResponse:
    context = {
        "heading": heading,
        "rows": rows,
        "columns": columns,
        "add": add[0],
        "add_url": reverse(add[1]),
        "breadcrumbs": trail((heading, "")),
    }
    return render(request, "visits/set_up/table.html", context)


def _form_page(
    request: HttpRequest, form: Any, save: Any, heading: str, back: str, back_name: str, **context: Any
) -> HttpResponse:
    return form_page(
        request,
        form,
        save,
        heading=heading,
        submit=_("Save"),
        back=reverse(back),
        breadcrumbs=trail((back_name, reverse(back)), (heading, "")),
        **context,
    )
