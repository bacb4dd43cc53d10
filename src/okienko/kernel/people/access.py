"""What a person may see and do. Everything that asks, asks here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase

from okienko.base import time
from okienko.base.decisions import Missing
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.statements import prepared
from okienko.kernel.people import roles
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Group, Unit

P = ParamSpec("P")
Someone = Person | AnonymousUser | None


@dataclass(frozen=True, slots=True)
class Scope:
    """How far a permission reaches for one person: everything, or these units (with those below) and groups."""

    everywhere: bool = False
    units: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.units) or bool(self.groups)

    def covers(self, *, unit_id: int | None = None, group_id: int | None = None) -> bool:
        return self.everywhere or unit_id in self.units or group_id in self.groups

    def q(self, unit: str = "unit_id", group: str = "group_id") -> Q:
        """The scope as a filter on a thing that belongs to a unit and perhaps to a group."""
        if self.everywhere:
            return Q()
        return Q(**{f"{unit}__in": self.units}) | Q(**{f"{group}__in": self.groups})


NOTHING = Scope()


@dataclass(frozen=True, slots=True)
class _Held:
    """A role that was given: for what time, in which unit or group."""

    role: str
    valid_from: datetime
    valid_until: datetime | None
    path: str | None
    group_id: int | None
    group_name: str | None

    def in_force(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)

    def reaches(self, reach: roles.Reach) -> bool:
        match reach:
            case roles.Reach.EVERYWHERE:
                return True
            case roles.Reach.UNIT:
                return self.path is not None
            case roles.Reach.GROUP:
                return self.group_id is not None


@dataclass(frozen=True, slots=True)
class _Holdings:
    """What a person was given, with the units below each unit and their groups: read once per request."""

    grants: tuple[_Held, ...]
    units: tuple[tuple[str, int], ...]
    groups: tuple[tuple[str, int, str], ...]

    @classmethod
    def of(cls, person: Person) -> _Holdings:
        known: _Holdings | None = person.holdings
        if known is None:
            known = cls._read(person)
            person.holdings = known
        return known

    @classmethod
    def _read(cls, person: Person) -> _Holdings:
        with prepared() as cursor:
            cursor.execute(f"SELECT {HELD} FROM {GIVEN} WHERE held.person_id = %s", [person.pk])  # noqa: S608
            return cls.in_rows(cursor.fetchall())

    @classmethod
    def in_rows(cls, rows: Iterable[Sequence[Any]]) -> _Holdings:
        """Of what `HELD` selects; a row without a role is of somebody who was given none."""
        held = [row for row in rows if row[0] is not None]
        units = {(path, pk) for *_, below, _ in held for path, pk in json.loads(below)}
        groups = {(path, pk, name) for *_, below in held for path, pk, name in json.loads(below)}
        return cls(tuple(_Held(*row[:-2]) for row in held), tuple(units), tuple(groups))


# Asked with every request of a member of staff and of a program: written out, as putting it together took longer
# than answering it.
HELD = """
    held.role, held.valid_from, held.valid_until, unit.path, held.group_id, own.name,
    (SELECT coalesce(json_agg(json_build_array(path, id)), '[]')::text
     FROM units_unit WHERE starts_with(path, unit.path)),
    (SELECT coalesce(json_agg(json_build_array(below.path, units_group.id, units_group.name)), '[]')::text
     FROM units_group JOIN units_unit below ON below.id = units_group.unit_id
     WHERE starts_with(below.path, unit.path))
"""
GIVEN = """
    people_grant held
    LEFT JOIN units_unit unit ON unit.id = held.unit_id
    LEFT JOIN units_group own ON own.id = held.group_id
"""


def with_rights(person: Person, rows: Iterable[Sequence[Any]]) -> Person:
    """Whose rights were read along with the person, as `HELD`, need not be asked for again."""
    person.holdings = _Holdings.in_rows(rows)
    return person


def scope_of(person: Someone, permission: str, *, at: datetime | None = None) -> Scope:
    able = {role.code: role for role in roles.roles_that_may(permission)}
    if not isinstance(person, Person) or not person.is_active or not person.is_staff_member:
        return NOTHING
    if person.token_scopes is not None and permission not in person.token_scopes:
        return NOTHING
    at = at or time.now()
    held = _Holdings.of(person)
    paths: list[str] = []
    groups: set[int] = set()
    for grant in held.grants:
        role = able.get(grant.role)
        if role is None or not grant.in_force(at):
            continue
        if role.reach is roles.Reach.EVERYWHERE:
            return Scope(everywhere=True)
        if role.reach is roles.Reach.UNIT and grant.path is not None:
            paths.append(grant.path)
        elif role.reach is roles.Reach.GROUP and grant.group_id is not None:
            groups.add(grant.group_id)
    reached = tuple(paths)
    units = frozenset(unit_id for path, unit_id in held.units if path.startswith(reached))
    groups.update(group_id for path, group_id, _ in held.groups if path.startswith(reached))
    return Scope(units=units, groups=frozenset(groups))


def permissions_of(person: Someone, *, at: datetime | None = None) -> frozenset[str]:
    """What the person may do anywhere at all: of each, `may` says the same. For menus, which ask for many at once."""
    if not isinstance(person, Person) or not person.is_active or not person.is_staff_member:
        return frozenset()
    at, known = at or time.now(), {role.code: role for role in roles.all_roles()}
    held = frozenset[str]().union(
        *(
            known[grant.role].may
            for grant in _Holdings.of(person).grants
            if grant.role in known and grant.in_force(at) and grant.reaches(known[grant.role].reach)
        )
    )
    return held if person.token_scopes is None else held & frozenset(person.token_scopes)


def groups_reached(person: Someone, permission: str) -> list[tuple[int, str]]:
    """The groups within the scope, with their names: those who see everything see all."""
    scope = scope_of(person, permission)
    if not isinstance(person, Person) or not scope:
        return []
    if scope.everywhere:
        return list(Group.objects.values_list("pk", "name"))
    held = _Holdings.of(person)
    named = {group_id: name for _, group_id, name in held.groups}
    named |= {one.group_id: one.group_name for one in held.grants if one.group_id and one.group_name}
    return [(group_id, name) for group_id, name in named.items() if group_id in scope.groups]


def may(person: Someone, permission: str, *, unit: Unit | None = None, group: Group | None = None) -> bool:
    scope = scope_of(person, permission)
    if unit is None and group is None:
        return bool(scope)
    return scope.covers(unit_id=unit.pk if unit else None, group_id=group.pk if group else None)


def demand(by: Actor, permission: str, *, unit: Unit | None = None, group: Group | None = None) -> None:
    """For actions: parts of the system may do what they are built for, people what their roles say."""
    if by.person_id is None:
        if by.channel in ("system", "command"):
            return
        raise Missing
    person = Person.objects.filter(pk=by.person_id).first()
    if person is not None:
        person.token_scopes = by.scopes
    if not may(person, permission, unit=unit, group=group):
        raise Missing


View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def requires(permission: str) -> Callable[[View[P]], View[P]]:
    """A page for those who hold the permission somewhere. Who is not signed in is asked to; others find nothing."""

    def decorate(view: View[P]) -> View[P]:
        return _guarded(view, permission, lambda person: may(person, permission))

    return decorate


def staff_only(view: View[P]) -> View[P]:
    """A page for staff that asks further on what this one may see."""
    return _guarded(view, "staff", lambda person: person.is_staff_member)


def signed_in(view: View[P]) -> View[P]:
    """A page for everybody who has an account, about what is their own."""
    return _guarded(view, "signed-in", lambda person: True)


def _guarded(view: View[P], permission: str, may_enter: Callable[[Person], bool]) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not isinstance(request.user, Person):
            return redirect_to_login(request.get_full_path())
        if not may_enter(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    # Kept beside the page so that a test can ask every page whom it answers; functions declare no attributes.
    guarded.permission = permission  # type: ignore[attr-defined]
    return guarded


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request, as the middleware has found."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def person_of(request: HttpRequest) -> Person:
    user: Any = request.user
    if not isinstance(user, Person):
        raise Missing
    return user
