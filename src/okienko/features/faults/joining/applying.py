"""The agreed difference, made: groups before the people in them, roles before the groups that nobody is left in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.utils import timezone

from okienko.base.decisions import Refused
from okienko.features.faults.actions import change_category
from okienko.features.faults.joining import queries
from okienko.features.faults.joining.models import Joining
from okienko.features.faults.joining.rules import KINDS, ROLES
from okienko.features.faults.joining.sheets import PEOPLE, QUESTIONS
from okienko.features.faults.models import Category
from okienko.kernel.history.actors import Actor
from okienko.kernel.people import actions as people
from okienko.kernel.people.models import Grant, Person
from okienko.kernel.people.organisation.comparing import Difference
from okienko.kernel.people.organisation.sheets import YES, Content, Row
from okienko.kernel.units import actions as units
from okienko.kernel.units.models import Group, Unit


def apply(
    joining: Joining, file: Content, differences: Sequence[Difference], *, by: Actor, at: datetime
) -> None:
    """Whoever agrees need not be able to give roles elsewhere: the system does it in their name."""
    _Change(joining, Actor(None, by.label, "system"), at).all(file, differences)


def groups_to_close(joining: Joining, file: Content) -> list[Group]:
    """Of the unit, those in which the form leaves nobody."""
    if PEOPLE not in file:
        return []
    kept = {row["group"] for row in file[PEOPLE].values()}
    return [group for group in queries.groups_of(joining.unit) if group.symbol not in kept]


class _Change:
    def __init__(self, joining: Joining, by: Actor, at: datetime) -> None:
        self.joining, self.told = joining, dict[str, Any](by=by, at=at)
        starts = timezone.make_aware(datetime.combine(joining.starts_on, time()))
        self.at, self.valid_from = at, max(at, starts)

    def all(self, file: Content, differences: Sequence[Difference]) -> None:
        closing = groups_to_close(self.joining, file)
        for one in differences:
            if one.sheet == PEOPLE:
                try:
                    self._person(one)
                except Refused as refused:
                    raise Refused(f"{one.name}: {refused.reason}", code=refused.code) from refused
        for group in closing:
            units.change_group(group, version=group.version, active=False, **self.told)
        for code in {one.row["category"] for one in differences if one.sheet == QUESTIONS}:
            self._questions(code, [row for row in file[QUESTIONS].values() if row["category"] == code])

    def _person(self, one: Difference) -> None:
        row, role = one.row, ROLES[one.row["permissions"]]
        if one.what == "removed":
            people.take_role(self._grant(row, role), **self.told)
            return
        group = self._group(row, role) if row["group"] else None
        person = self._known(row)
        if one.what == "added":
            unit = None if group else Unit.objects.get(symbol=row["inner"])
            people.give_role(person, role, unit=unit, group=group, valid_from=self.valid_from, **self.told)

    def _grant(self, row: Row, role: str) -> Grant:
        place: dict[str, Any] = (
            {"group__symbol": row["group"]} if row["group"] else {"unit__symbol": row["inner"]}
        )
        held = queries.grants_of(self.joining.unit, self.at)
        return held.get(person__email__iexact=row["email"], role=role, **place)

    def _group(self, row: Row, role: str) -> Group:
        known = Group.objects.filter(symbol=row["group"]).first()
        if known is None:
            unit, name = Unit.objects.get(symbol=row["inner"]), row["group_name"] or row["group"]
            return units.add_group(unit=unit, symbol=row["group"], name=name, kind=KINDS[role], **self.told)
        name = row["group_name"] or known.name
        if known.active and known.name == name:
            return known
        return units.change_group(known, version=known.version, active=True, name=name, **self.told)

    def _known(self, row: Row) -> Person:
        names: dict[str, Any] = {"first_name": row["first_name"], "last_name": row["last_name"]}
        person = Person.objects.filter(email__iexact=row["email"]).first()
        if person is None:
            return people.invite(email=row["email"], **names, **self.told)
        if (person.first_name, person.last_name) == tuple(names.values()):
            return person
        return people.change_person(person, version=person.version, **names, **self.told)

    def _questions(self, code: str, rows: Sequence[Row]) -> None:
        category = Category.objects.get(code=code)
        change_category(
            category, version=category.version, questions=[(row["text"], row["required"] == YES) for row in rows],
            shortcut=category.shortcut, name=category.name, **self.told,
        )  # fmt: skip
