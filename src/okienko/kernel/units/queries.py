from __future__ import annotations

from django.db.models import QuerySet

from okienko.base.decisions import Missing
from okienko.kernel.units.models import Group, Location, Unit


def tree(*, with_switched_off: bool = False) -> list[Unit]:
    """All units, each after the one it belongs to, brothers in alphabetical order."""
    units = Unit.objects.all() if with_switched_off else Unit.objects.filter(active=True)
    below: dict[int | None, list[Unit]] = {}
    for unit in units.order_by("sort_key", "id"):
        below.setdefault(unit.parent_id, []).append(unit)
    ordered: list[Unit] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        unit = waiting.pop()
        ordered.append(unit)
        waiting.extend(reversed(below.get(unit.pk, [])))
    return ordered


def unit_by_symbol(symbol: str) -> Unit:
    found = Unit.objects.filter(symbol=symbol).first()
    if found is None:
        raise Missing
    return found


def directly_below(unit: Unit) -> QuerySet[Unit]:
    return Unit.objects.filter(parent=unit).order_by("sort_key", "id")


def ancestors(unit: Unit) -> QuerySet[Unit]:
    ids = [int(part) for part in unit.path.strip("/").split("/")[:-1]]
    return Unit.objects.filter(pk__in=ids).order_by("path")


def all_groups() -> QuerySet[Group]:
    return Group.objects.order_by("sort_key", "id")


def group_by_symbol(symbol: str) -> Group:
    found = Group.objects.filter(symbol=symbol).first()
    if found is None:
        raise Missing
    return found


def group_in(unit: Unit, group_id: int) -> Group:
    found = Group.objects.filter(unit=unit, pk=group_id).first()
    if found is None:
        raise Missing
    return found


def all_locations() -> QuerySet[Location]:
    return Location.objects.order_by("sort_key", "id")


def location_in(unit: Unit, location_id: int) -> Location:
    found = Location.objects.filter(unit=unit, pk=location_id).first()
    if found is None:
        raise Missing
    return found


def places_for_visits() -> QuerySet[Location]:
    return Location.objects.filter(active=True, open_for_visits=True, unit__active=True).select_related(
        "unit"
    )


def whole_of(unit: Unit) -> str:
    """The path of what works as one with the unit: an entity of its own with its inner units, or a department with
    them. Departments stand right below the top; where several tops stand side by side, one that has coordinators of
    its own is a department itself, and one that has none holds departments."""
    entity = entity_of(unit)
    if entity is not None:
        return entity.path
    line = unit.path.strip("/").split("/")
    tops = Unit.objects.filter(parent=None, active=True, own_entity=False).count()
    coordinated = Group.objects.filter(active=True, kind=Group.Kind.COORDINATORS, unit_id=int(line[0]))
    depth = 1 if tops > 1 and coordinated.exists() else 2
    return "/{}/".format("/".join(line[:depth]))


def entity_of(unit: Unit) -> Unit | None:
    """The entity of its own that the unit is, or the nearest above it that is one."""
    line = [int(key) for key in unit.path.strip("/").split("/")]
    return Unit.objects.filter(pk__in=line, own_entity=True).order_by("path").last()


def outside_the_office(unit: Unit) -> bool:
    return entity_of(unit) is not None


def the_office() -> Unit | None:
    """The first unit of the tree: whose letters go out."""
    return Unit.objects.filter(parent=None, active=True, own_entity=False).order_by("pk").first()
