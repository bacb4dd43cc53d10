"""Who there is, and what the oracle remembers of every report."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction

from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.rules import Input
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import Person

BY = Actor.system("test")
AT = datetime(2025, 3, 3, 8, tzinfo=UTC)
STREET = "ul. Zmyślona"
UNITS = {"ZDM": "", "ZDM-P": "ZDM", "ZZM": ""}
GROUPS = {"DK": "ZDM", "DW": "ZDM-P", "DX": "ZDM", "ZK": "ZZM", "ZW": "ZZM", "DB": "ZDM"}
KINDS = {
    "DK": "coordinators", "DW": "executors", "DX": "coordinators", "ZK": "coordinators", "ZW": "executors", "DB": "other",
}  # fmt: skip
STAFF = (
    ("operator", "operator", ""), ("nad", "super-overseer", ""), ("drogi", "overseer", "ZDM"), ("zielen", "overseer", "ZZM"),
    ("dk", "coordinator", "DK"), ("dw", "executor", "DW"), ("zk", "coordinator", "ZK"), ("zw", "executor", "ZW"),
    ("nikt", "", ""),
)  # fmt: skip
EVERYWHERE = {
    "operator": {"faults.register", "faults.pass"},
    "super-overseer": {"faults.register", "faults.pass", "faults.coordinate", "faults.execute"},
}
IN_A_GROUP = {"coordinator": {"faults.coordinate"}, "executor": {"faults.execute"}}
GIVEN = {Input.TEXT: "słowa", Input.LONG_TEXT: "wiele słów", Input.YES_NO: True}
# Everything happens on one day, from which ten working days end on 17 March.
DAYS = {
    "until": date(2025, 3, 14), "planned": date(2025, 3, 31), "ordered": AT.date(), "finished": AT.date(),
}  # fmt: skip
LONG_AGO = date(1990, 1, 1)
JOINED = {"ZDM", "ZZM"}
POINTS = ((50.101, 19.101), (50.1012, 19.1012), (50.12, 19.15), None)
STEPS = [row for row in PROCEDURE.steps if not row.by_system]


@dataclass
class Kept:
    """A report as the oracle remembers it."""

    number: str
    state: str = "new"
    group: str = ""
    before: str = ""
    holder: str = ""
    places: set[str] = field(default_factory=set)
    clocks: dict[str, str] = field(default_factory=lambda: {"finish": "running"})
    wants_answer: bool = False
    answered: bool = False
    merged: bool = False
    duplicates: set[int] = field(default_factory=set)
    links: set[int] = field(default_factory=set)
    files: list[int] = field(default_factory=list)
    point: tuple[float, float] | None = None

    @property
    def open(self) -> bool:
        return not self.merged and next(one.open for one in PROCEDURE.states if one.code == self.state)


def above(unit: str) -> set[str]:
    return {unit} | (above(UNITS[unit]) if UNITS[unit] else set())


class Known:
    """Reckoned in plain Python, from roles and from the places through which reports have gone."""

    at: datetime
    kept: dict[int, Kept]
    roles: dict[str, set[tuple[str, str]]]

    def seen(self, name: str) -> set[int]:
        return {pk for pk, kept in self.kept.items() if self.sees(name, kept)}

    def sees(self, name: str, kept: Kept) -> bool:
        return any(
            role in EVERYWHERE
            or (role == "overseer" and any(place in above(GROUPS[group]) for group in kept.places))
            or (role in IN_A_GROUP and place in kept.places)
            for role, place in self.roles[name]
        )

    def wanted(self, kept: Kept) -> bool:
        """An answer: by who reported it, or a duplicate of it."""
        return kept.wants_answer or any(self.wanted(self.kept[pk]) for pk in kept.duplicates)

    def may(self, name: str, permission: str, kept: Kept) -> bool:
        return any(
            permission in EVERYWHERE.get(role, ())
            or (permission in IN_A_GROUP.get(role, ()) and place == kept.group)
            for role, place in self.roles[name]
        )

    def oversees(self, name: str, unit: str) -> bool:
        """The whole of it: no group's work is all of a unit's."""
        return any(
            role in EVERYWHERE or (role == "overseer" and place in above(unit))
            for role, place in self.roles[name]
        )

    def joins(self, name: str) -> set[str]:
        """Units whose joining one prepares: all of them, or those that one watches over."""
        everywhere = any(role == "super-overseer" for role, _ in self.roles[name])
        watched = {
            unit
            for role, place in self.roles[name]
            if role == "overseer"
            for unit in UNITS
            if place in above(unit)
        }
        return set(JOINED) if everywhere else JOINED & watched

    def registers(self, name: str) -> bool:
        return any("faults.register" in EVERYWHERE.get(role, ()) for role, _ in self.roles[name])

    def person(self, name: str) -> Person:
        return Person.objects.get(email=f"{name}@okienko.example")

    def by(self, name: str) -> Actor:
        person = self.person(name)
        return Actor(person.pk, person.name)

    def expect(self, deed: Any, wrong: type[Exception] | None) -> bool:
        if wrong is None:
            deed()
            return True
        with pytest.raises(wrong), transaction.atomic():
            deed()
        return False
