"""Units, their groups and places. They stand here since only people have roles to ask about."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing
from okienko.base.time import now
from okienko.kernel.history.queries import entries_of
from okienko.kernel.history.words import timeline
from okienko.kernel.people import queries
from okienko.kernel.people.access import actor_of, may, person_of, requires, scope_of
from okienko.kernel.people.forms.units import GroupForm, LocationForm, SwitchOffForm, UnitForm
from okienko.kernel.people.views.pages import form_page
from okienko.kernel.units import actions
from okienko.kernel.units.facts import facts_of
from okienko.kernel.units.models import Unit
from okienko.kernel.units.queries import directly_below, group_in, location_in, tree

UNIT = ("name", "symbol", "parent", "address", "phone", "email", "fax", "web_page", "bip_page",
        "latitude", "longitude", "own_entity", "territory", "version")  # fmt: skip
GROUP = ("name", "symbol", "kind", "active", "version")
LOCATION = ("name", "address", "phone", "email", "fax", "web_page", "bip_page", "latitude", "longitude", "directions", "open_for_visits",
            "active", "version")  # fmt: skip


@requires("units.see")
def units(request: HttpRequest) -> HttpResponse:
    reader = person_of(request)
    seen = set(queries.units_for(reader, "units.see").values_list("pk", flat=True))
    with_switched_off = "wszystkie" in request.GET
    found = [unit for unit in tree(with_switched_off=with_switched_off) if unit.pk in seen]
    top = min((unit.depth for unit in found), default=1)
    return render(
        request,
        "people/units.html",
        {
            "rows": [{"unit": unit, "level": range(unit.depth - top)} for unit in found],
            "may_change": may(reader, "units.change"),
            "with_switched_off": with_switched_off,
        },
    )


@requires("units.see")
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    shown = _unit(request, unit_id, "units.see")
    return render(
        request,
        "people/unit.html",
        {
            "unit": shown,
            "groups": shown.groups.all(),
            "locations": shown.locations.all(),
            "below": directly_below(shown),
            "may_change": queries.units_for(person_of(request), "units.change").filter(pk=shown.pk).exists(),
            "facts": facts_of(shown, now()),
            "timeline": timeline(entries_of(shown).reverse()),
            "breadcrumbs": _trail((shown.name, "")),
        },
    )


@requires("units.change")
def add_unit(request: HttpRequest) -> HttpResponse:
    form = _unit_form(request, None)

    def save(given: dict[str, Any]) -> str:
        given.pop("version")
        made = actions.add_unit(by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return _address(made)

    return form_page(
        request,
        form,
        save,
        heading=_("Add a unit"),
        submit=_("Add"),
        back=reverse("people:units"),
        breadcrumbs=_trail((_("Add a unit"), "")),
    )


@requires("units.change")
def change_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    changed = _unit(request, unit_id, "units.change")

    def save(given: dict[str, Any]) -> str:
        actions.change_unit(changed, by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return _address(changed)

    form = _unit_form(request, changed)
    return form_page(
        request, form, save, values=_values(*UNIT), **_about(changed, _("Change a unit"), _("Save"))
    )


@requires("units.change")
def switch_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Off, or on again."""
    changed = _unit(request, unit_id, "units.change")

    def save(given: dict[str, Any]) -> str:
        if changed.active:
            actions.switch_off_unit(changed, by=actor_of(request), at=now(), version=given["version"])
        else:
            actions.change_unit(
                changed, by=actor_of(request), at=now(), version=given["version"], active=True
            )
        messages.success(request, _("Saved."))
        return _address(changed)

    form = SwitchOffForm(request.POST or None, initial={"version": changed.version})
    if not changed.active:
        form.fields["sure"].label = _("The unit works again")
    name = _("Switch off") if changed.active else _("Switch on")
    return form_page(request, form, save, values=_values("version"), **_about(changed, name, name))


@requires("units.change")
def group(request: HttpRequest, unit_id: int, group_id: int | None = None) -> HttpResponse:
    """A new group of the unit, or a change of one."""
    within = _unit(request, unit_id, "units.change")
    changed = group_in(within, group_id) if group_id else None

    def save(given: dict[str, Any]) -> str:
        if changed is None:
            made = {name: given[name] for name in ("name", "symbol", "kind")}
            actions.add_group(by=actor_of(request), at=now(), unit=within, **made)
        else:
            actions.change_group(changed, by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return _address(within)

    values = _values(*GROUP)
    form = GroupForm(request.POST or None, initial=values(changed) if changed else {"active": True})
    heading = _("Change a group") if changed else _("Add a group")
    if changed is None:
        del form.fields["active"]
    return form_page(request, form, save, values=values, **_about(within, heading, _("Save")))


@requires("units.change")
def location(request: HttpRequest, unit_id: int, location_id: int | None = None) -> HttpResponse:
    """A new place of the unit, or a change of one."""
    within = _unit(request, unit_id, "units.change")
    changed = location_in(within, location_id) if location_id else None

    def save(given: dict[str, Any]) -> str:
        if changed is None:
            given.pop("version")
            actions.add_location(by=actor_of(request), at=now(), unit=within, **given)
        else:
            actions.change_location(changed, by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return _address(within)

    values = _values(*LOCATION)
    form = LocationForm(
        request.POST or None,
        initial=values(changed) if changed else {"active": True, "open_for_visits": True},
    )
    heading = _("Change a place") if changed else _("Add a place")
    return form_page(request, form, save, values=values, **_about(within, heading, _("Save")))


def _unit(request: HttpRequest, unit_id: int, permission: str) -> Unit:
    found = queries.units_for(person_of(request), permission).filter(pk=unit_id).first()
    if found is None:
        raise Missing
    return found


def _unit_form(request: HttpRequest, changed: Unit | None) -> UnitForm:
    changer = person_of(request)
    parents = queries.units_to_belong_to(changer, changed)
    everywhere = scope_of(changer, "units.change").everywhere
    initial = _values(*UNIT)(changed) if changed else {}
    may_be_top = everywhere or (changed is not None and changed.parent_id is None)
    return UnitForm(parents, request.POST or None, may_be_top=may_be_top, initial=initial)


def _values(*names: str) -> Any:
    return lambda thing: {name: getattr(thing, name) for name in names}


def _address(unit: Unit) -> str:
    return reverse("people:unit", args=[unit.pk])


def _about(unit: Unit, heading: str, submit: str) -> dict[str, Any]:
    crumbs = _trail((unit.name, _address(unit)), (heading, ""))
    return {
        "heading": f"{heading}: {unit.name}",
        "submit": submit,
        "back": _address(unit),
        "breadcrumbs": crumbs,
    }


def _trail(*crumbs: tuple[str, str]) -> list[dict[str, str]]:
    first = {"name": _("Units"), "url": reverse("people:units")}
    return [first, *({"name": name, "url": url} for name, url in crumbs)]
