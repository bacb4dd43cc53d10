from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Schema

from okienko.base.decisions import Missing
from okienko.kernel.units import queries
from okienko.kernel.units.models import Group, Location, Unit


class UnitOut(Schema):
    id: int
    symbol: str
    name: str
    parent_id: int | None
    address: str
    phone: str
    email: str
    fax: str
    web_page: str
    bip_page: str
    latitude: float | None
    longitude: float | None
    territory: dict[str, Any] | None
    own_entity: bool
    active: bool
    version: int


class GroupOut(Schema):
    id: int
    symbol: str
    name: str
    unit_id: int
    kind: str
    active: bool
    version: int


class LocationOut(Schema):
    id: int
    name: str
    unit_id: int
    address: str
    phone: str
    email: str
    fax: str
    web_page: str
    bip_page: str
    latitude: float | None
    longitude: float | None
    directions: str
    open_for_visits: bool
    active: bool
    version: int


def router(may_see: Callable[[HttpRequest], bool]) -> Router:
    """Units stand below people, so whoever assembles the API says who may see them."""
    made = Router(tags=["units"])

    def demand(request: HttpRequest) -> None:
        if not may_see(request):
            raise Missing

    @made.get("/units", response=list[UnitOut], summary="All units, each after the one it belongs to")
    def list_units(request: HttpRequest) -> list[Unit]:
        demand(request)
        return queries.tree(with_switched_off=True)

    @made.get("/units/{str:symbol}", response=UnitOut, summary="One unit by its symbol")
    def read_unit(request: HttpRequest, symbol: str) -> Unit:
        demand(request)
        return queries.unit_by_symbol(symbol)

    @made.get("/groups", response=list[GroupOut], summary="Groups")
    def list_groups(request: HttpRequest) -> QuerySet[Group]:
        demand(request)
        return queries.all_groups()

    @made.get("/groups/{str:symbol}", response=GroupOut, summary="One group by its symbol")
    def read_group(request: HttpRequest, symbol: str) -> Group:
        demand(request)
        return queries.group_by_symbol(symbol)

    @made.get("/locations", response=list[LocationOut], summary="Places where people come")
    def list_locations(request: HttpRequest) -> QuerySet[Location]:
        demand(request)
        return queries.all_locations()

    return made
