from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.text import sort_key
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.units.models import Group, Location, Unit

Named = TypeVar("Named", Unit, Group, Location)


@atomic
def add_unit(
    *, by: Actor, at: datetime, symbol: str, name: str, parent: Unit | None = None, **details: Any
) -> Unit:
    _refuse_taken_symbol(Unit, symbol)
    unit = Unit(symbol=symbol, name=name, parent=parent, sort_key=sort_key(name), **details)
    unit.path = f"new:{symbol}"
    unit.save()
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    record(
        unit,
        "unit.added",
        by=by,
        at=at,
        after={"symbol": symbol, "name": name, "parent": parent and parent.symbol} | _said(details),
    )
    return unit


@atomic
def change_unit(unit: Unit, *, by: Actor, at: datetime, version: int, **values: Any) -> Unit:
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    changes.check_version(unit, version)
    if values.get("symbol", unit.symbol) != unit.symbol:
        _refuse_taken_symbol(Unit, values["symbol"])
    old_path = unit.path
    parent = values.get("parent", unit.parent)
    if parent is not None and parent.path.startswith(unit.path):
        raise Refused(_("A unit cannot belong to itself or to one below it."), code="circle", field="parent")
    before, after = changes.apply(unit, values)
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    _save(unit)
    if unit.path != old_path:
        for below in Unit.objects.filter(path__startswith=old_path).exclude(pk=unit.pk):
            Unit.objects.filter(pk=below.pk).update(path=unit.path + below.path[len(old_path) :])
    record(unit, "unit.changed", by=by, at=at, before=before, after=after)
    return unit


@atomic
def switch_off_unit(unit: Unit, *, by: Actor, at: datetime, version: int) -> Unit:
    """Nothing new goes there; what was there stays, with its history."""
    if Unit.objects.filter(parent=unit, active=True).exists():
        raise Refused(
            _("There are units in use below this one. Switch them off or move them first."),
            code="has-units-below",
        )
    return change_unit(unit, by=by, at=at, version=version, active=False)


@atomic
def add_group(
    *, by: Actor, at: datetime, unit: Unit, symbol: str, name: str, kind: str = Group.Kind.OTHER
) -> Group:
    _refuse_taken_symbol(Group, symbol)
    group = Group.objects.create(unit=unit, symbol=symbol, name=name, kind=kind, sort_key=sort_key(name))
    record(
        group,
        "group.added",
        by=by,
        at=at,
        after={"symbol": symbol, "name": name, "unit": unit.symbol, "kind": kind},
    )
    return group


@atomic
def change_group(group: Group, *, by: Actor, at: datetime, version: int, **values: Any) -> Group:
    group = Group.objects.select_for_update().get(pk=group.pk)
    changes.check_version(group, version)
    if values.get("symbol", group.symbol) != group.symbol:
        _refuse_taken_symbol(Group, values["symbol"])
    before, after = changes.apply(group, values)
    _save(group)
    record(group, "group.changed", by=by, at=at, before=before, after=after)
    return group


@atomic
def add_location(*, by: Actor, at: datetime, unit: Unit, name: str, **details: Any) -> Location:
    location = Location.objects.create(unit=unit, name=name, sort_key=sort_key(name), **details)
    record(
        location, "location.added", by=by, at=at, after={"name": name, "unit": unit.symbol} | _said(details)
    )
    return location


def _said(details: Mapping[str, Any]) -> dict[str, Any]:
    """What was really given: the record of a new thing is not filled with empty fields."""
    return {name: value for name, value in details.items() if value not in ("", None)}


@atomic
def change_location(location: Location, *, by: Actor, at: datetime, version: int, **values: Any) -> Location:
    location = Location.objects.select_for_update().get(pk=location.pk)
    changes.check_version(location, version)
    before, after = changes.apply(location, values)
    _save(location)
    record(location, "location.changed", by=by, at=at, before=before, after=after)
    return location


def _save(thing: Named) -> None:
    thing.sort_key = sort_key(thing.name)
    thing.version += 1
    thing.save()


def _refuse_taken_symbol(kind: type[Unit] | type[Group], symbol: str) -> None:
    if kind._default_manager.filter(symbol=symbol).exists():
        raise Refused(
            _("The symbol “%(symbol)s” is already taken.") % {"symbol": symbol},
            code="symbol-taken",
            field="symbol",
        )
