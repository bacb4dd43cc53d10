"""People made by the same actions as in the office, for tests and the demonstration."""

from __future__ import annotations

from datetime import datetime

from okienko.kernel.history.actors import Actor
from okienko.kernel.people.actions import give_role, invite
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Group, Unit


def make_staff(
    email: str,
    *roles: str,
    by: Actor,
    at: datetime,
    unit: Unit | None = None,
    group: Group | None = None,
    first_name: str = "",
    last_name: str = "",
    password: str = "",
) -> Person:
    person = invite(by=by, at=at, email=email, first_name=first_name, last_name=last_name)
    for role in roles:
        give_role(person, role, by=by, at=at, unit=unit, group=group)
    if password:
        person.set_password(password)
        person.save()
    return person
