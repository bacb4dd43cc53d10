"""Units, groups and places, read and changed by programs as by the pages of the office."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from pydantic import Field

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.kernel.history.api import version_needed
from okienko.kernel.people import queries
from okienko.kernel.people.access import actor_of, may, person_of, scope_of
from okienko.kernel.people.forms.units import GroupForm, LocationForm, UnitForm
from okienko.kernel.units import actions
from okienko.kernel.units import api as units
from okienko.kernel.units.api import GroupOut, LocationOut, UnitOut
from okienko.kernel.units.models import Group, Location, Unit
from okienko.kernel.units.queries import all_groups, all_locations, group_by_symbol, unit_by_symbol
from okienko.site.api.checking import LARGEST_ID, Given, Id, Version, checked, told

# Reading and changing share their addresses, and with them the router.
router = units.router(lambda request: may(request.user, "units.see"))

PLACE = ("address", "phone", "email", "fax", "web_page", "bip_page", "latitude", "longitude")
UNIT = ("name", "symbol", *PLACE, "own_entity", "territory")
GROUP = ("name", "symbol", "kind", "active")
LOCATION = ("name", *PLACE, "directions", "open_for_visits", "active")


class PlaceIn(Given):
    address: str = ""
    phone: str = ""
    email: str = ""
    fax: str = ""
    web_page: str = ""
    bip_page: str = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None


class UnitIn(PlaceIn):
    symbol: str
    name: str
    parent_id: Id | None = None
    own_entity: bool = Field(
        False, description="An entity of its own, outside the office: it needs an RPW number."
    )
    territory: dict[str, Any] | None = Field(None, description="GeoJSON: a Polygon or a MultiPolygon.")


class UnitChangeIn(UnitIn):
    symbol: str = ""
    name: str = ""
    active: bool = True
    version: Version | None = None


class GroupIn(Given):
    symbol: str
    name: str
    kind: Group.Kind = Group.Kind.OTHER


class GroupChangeIn(GroupIn):
    symbol: str = ""
    name: str = ""
    active: bool = True
    version: Version | None = None


class LocationIn(PlaceIn):
    name: str
    directions: str = ""
    open_for_visits: bool = True
    active: bool = True


class LocationChangeIn(LocationIn):
    name: str = ""
    version: Version | None = None


def _asked(given: Given, thing: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """What is given, over what stands there."""
    return {name: getattr(thing, name) for name in names} | given.model_dump(exclude_unset=True)


# --- Units --------------------------------------------------------------------------------------------------


def _unit(request: HttpRequest, symbol: str) -> Unit:
    """One in which the one who asks may change things; what lies further away is not there for them."""
    person = person_of(request)
    found = unit_by_symbol(symbol)
    if not queries.units_for(person, "units.change").filter(pk=found.pk).exists():
        raise Missing
    return found


def _read_unit(request: HttpRequest, asked: dict[str, Any], changed: Unit | None) -> dict[str, Any]:
    person = person_of(request)
    form = UnitForm(
        queries.units_to_belong_to(person, changed),
        asked | {"parent": asked.get("parent_id")},
        may_be_top=scope_of(person, "units.change").everywhere
        or (changed is not None and changed.parent_id is None),
    )
    read = checked(form, parent="parent_id")
    return {name: value for name, value in read.items() if name != "version"}


@router.post("/units", response={201: UnitOut}, summary="Add a unit")
def add_unit(request: HttpRequest, response: HttpResponse, given: UnitIn) -> Unit:
    if not scope_of(person_of(request), "units.change"):
        raise Missing
    read = _read_unit(request, given.model_dump(), None)
    return told(response, actions.add_unit(by=actor_of(request), at=now(), **read))


@router.patch("/units/{str:symbol}", response=UnitOut, summary="Change a unit, switch it off or on")
def change_unit(request: HttpRequest, response: HttpResponse, symbol: str, given: UnitChangeIn) -> Unit:
    """What is left out stays as it is. Switching off or on is a change of its own."""
    unit = _unit(request, symbol)
    version, by, at = version_needed(request, given.version), actor_of(request), now()
    wanted = given.model_dump(exclude_unset=True, exclude={"version", "active"})
    if "active" in given.model_fields_set and given.active != unit.active:
        if wanted:
            raise Refused(
                _("Switch the unit off or on alone, and change its data separately."),
                code="alone",
                field="active",
            )
        switch = actions.change_unit if given.active else actions.switch_off_unit
        values = {"active": True} if given.active else {}
        return told(response, switch(unit, by=by, at=at, version=version, **values))
    read = _read_unit(request, _asked(given, unit, (*UNIT, "parent_id")), unit)
    return told(response, actions.change_unit(unit, by=by, at=at, version=version, **read))


# --- Groups -------------------------------------------------------------------------------------------------


@router.post("/units/{str:symbol}/groups", response={201: GroupOut}, summary="Add a group to a unit")
def add_group(request: HttpRequest, response: HttpResponse, symbol: str, given: GroupIn) -> Group:
    unit = _unit(request, symbol)
    read = checked(GroupForm(given.model_dump()))
    made = {name: read[name] for name in ("name", "symbol", "kind")}
    return told(response, actions.add_group(by=actor_of(request), at=now(), unit=unit, **made))


@router.patch("/groups/{str:symbol}", response=GroupOut, summary="Change a group, switch it off or on")
def change_group(request: HttpRequest, response: HttpResponse, symbol: str, given: GroupChangeIn) -> Group:
    found = group_by_symbol(symbol)
    group = all_groups().filter(pk=found.pk, unit__in=queries.units_for(person_of(request), "units.change"))
    if not group.exists():
        raise Missing
    read = checked(GroupForm(_asked(given, found, GROUP)))
    read["version"] = version_needed(request, given.version)
    return told(response, actions.change_group(found, by=actor_of(request), at=now(), **read))


# --- Places -------------------------------------------------------------------------------------------------


@router.post("/units/{str:symbol}/locations", response={201: LocationOut}, summary="Add a place to a unit")
def add_location(request: HttpRequest, response: HttpResponse, symbol: str, given: LocationIn) -> Location:
    unit = _unit(request, symbol)
    read = checked(LocationForm(given.model_dump()))
    del read["version"]
    return told(response, actions.add_location(by=actor_of(request), at=now(), unit=unit, **read))


@router.patch("/locations/{int:location_id}", response=LocationOut, summary="Change a place")
def change_location(
    request: HttpRequest, response: HttpResponse, location_id: int, given: LocationChangeIn
) -> Location:
    reach = queries.units_for(person_of(request), "units.change")
    found = all_locations().filter(pk=min(location_id, LARGEST_ID), unit__in=reach).first()
    if found is None:
        raise Missing
    read = checked(LocationForm(_asked(given, found, LOCATION)))
    read["version"] = version_needed(request, given.version)
    return told(response, actions.change_location(found, by=actor_of(request), at=now(), **read))
