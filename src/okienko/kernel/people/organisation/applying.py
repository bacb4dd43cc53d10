"""An import is kept as it came, shown, and applied whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused, Stale
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic, refusal_of
from okienko.kernel.people import actions
from okienko.kernel.people.access import demand
from okienko.kernel.people.models import Grant, OrganisationImport, Person
from okienko.kernel.people.organisation.comparing import Difference, compare
from okienko.kernel.people.organisation.reading import read
from okienko.kernel.people.organisation.sheets import GROUPS, PEOPLE, ROLES, UNITS, YES, Row, as_cell, moment
from okienko.kernel.people.organisation.writing import content, digest
from okienko.kernel.people.queries import not_over_q
from okienko.kernel.units import actions as units
from okienko.kernel.units.models import Group, Unit

LOCK = 0x6F7267  # "org": imports take turns


@atomic
def keep(name: str, data: bytes, *, by: Actor, at: datetime) -> OrganisationImport:
    """Nothing changes yet; what can be read is kept, so that what was shown is what will be applied."""
    demand(by, "organisation.import")
    if by.person_id is None:
        raise Missing
    read(name, data)
    made = OrganisationImport.objects.create(
        name=name[:255], content=data, digest=digest(content(at)), uploaded_by_id=by.person_id, uploaded_at=at
    )
    record(made, "organisation.file_read", by=by, at=at, after={"name": made.name})
    return made


@atomic
def apply(made: OrganisationImport, *, by: Actor, at: datetime) -> list[Difference]:
    demand(by, "organisation.import")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    made = OrganisationImport.objects.select_for_update().get(pk=made.pk)
    if made.applied_at is not None:
        raise Refused(_("This file has already been applied."), code="applied-already")
    now = content(at)
    if digest(now) != made.digest:
        raise Stale(_("The organisation has changed since this list was made. Read the file once more."))
    file, wrong = read(made.name, bytes(made.content))
    if wrong:
        raise Refused(_("There is something to correct in the file."), code="wrong-cells")
    differences = compare(now, file)
    _Change(by, at).all(differences)
    made.applied_at = at
    made.save(update_fields=["applied_at"])
    counts = {what: sum(one.what == what for one in differences) for what in ("added", "changed", "removed")}
    record(made, "organisation.imported", by=by, at=at, after={"name": made.name, **counts})
    return differences


def trial(made: OrganisationImport, *, by: Actor, at: datetime) -> Refused | None:
    return refusal_of(lambda: apply(made, by=by, at=at))


class _Change:
    """What stands on others comes after them, and goes before them."""

    def __init__(self, by: Actor, at: datetime) -> None:
        self.told: dict[str, Any] = {"by": by, "at": at}
        self.by = by

    def all(self, differences: list[Difference]) -> None:
        for sheet, save in (
            (UNITS, self.unit),
            (GROUPS, self.group),
            (PEOPLE, self.person),
            (ROLES, self.role),
        ):
            waiting = [one for one in differences if one.sheet == sheet and one.what != "removed"]
            self._each(_parents_first(waiting) if sheet == UNITS else waiting, save)
        for sheet, remove in (
            (ROLES, self.no_role), (PEOPLE, self.no_person), (GROUPS, self.no_group), (UNITS, self.no_unit),
        ):  # fmt: skip
            going = [one for one in differences if one.sheet == sheet and one.what == "removed"]
            # Units come in the order of the tree: the deepest go first.
            self._each(reversed(going), remove)

    def _each(self, differences: Any, save: Callable[[Difference], None]) -> None:
        for one in differences:
            try:
                save(one)
            except Refused as refused:
                words = f"{one.sheet}, {one.name}: {refused.reason}"
                raise Refused(words, code=refused.code) from refused

    def unit(self, one: Difference) -> None:
        row = one.row
        values: dict[str, Any] = {
            **{
                name: row[name]
                for name in ("name", "address", "phone", "email", "fax", "web_page", "bip_page")
            },
            "parent": _unit(row["parent"]) if row["parent"] else None,
            "latitude": float(row["latitude"]) if row["latitude"] else None,
            "longitude": float(row["longitude"]) if row["longitude"] else None,
            "active": row["active"] == YES,
            "own_entity": row["own_entity"] == YES,
        }
        if (values["latitude"] is None) != (values["longitude"] is None):
            raise Refused(_("A place on the map needs both numbers."), code="half-a-place")
        if one.what == "added":
            units.add_unit(symbol=row["symbol"], **values, **self.told)
        else:
            known = _unit(row["symbol"])
            units.change_unit(known, version=known.version, **values, **self.told)

    def group(self, one: Difference) -> None:
        row = one.row
        values: dict[str, Any] = {"name": row["name"], "kind": row["kind"], "unit": _unit(row["unit"])}
        if one.what == "added":
            made = units.add_group(symbol=row["symbol"], **values, **self.told)
            if row["active"] != YES:
                units.change_group(made, version=made.version, active=False, **self.told)
        else:
            known = _group(row["symbol"])
            active = row["active"] == YES
            units.change_group(known, version=known.version, active=active, **values, **self.told)

    def person(self, one: Difference) -> None:
        row = one.row
        values: dict[str, Any] = {name: row[name] for name in ("first_name", "last_name", "phone")}
        values |= {
            "language": row["language"] or "pl",
            "must_use_second_factor": row["must_use_second_factor"] == YES,
        }
        if one.what == "added":
            actions.invite(email=row["email"], **values, **self.told)
        else:
            known = _person(row["email"])
            actions.change_person(known, version=known.version, **values, **self.told)

    def role(self, one: Difference) -> None:
        row = one.row
        until = moment(row["valid_until"]) if row["valid_until"] else None
        if one.what == "changed":
            actions.set_role_end(self._grant(row), valid_until=until, **self.told)
            return
        actions.give_role(
            _person(row["email"]),
            row["role"],
            unit=_unit(row["unit"]) if row["unit"] else None,
            group=_group(row["group"]) if row["group"] else None,
            valid_from=moment(row["valid_from"]),
            valid_until=until,
            **self.told,
        )

    def no_role(self, one: Difference) -> None:
        grant = self._grant(one.row)
        self._refuse_self(grant.person)
        actions.take_role(grant, **self.told)

    def no_person(self, one: Difference) -> None:
        person = _person(one.row["email"])
        self._refuse_self(person)
        actions.leave_for_good(person, version=person.version, **self.told)

    def no_group(self, one: Difference) -> None:
        group = _group(one.row["symbol"])
        units.change_group(group, version=group.version, active=False, **self.told)

    def no_unit(self, one: Difference) -> None:
        unit = _unit(one.row["symbol"])
        units.switch_off_unit(unit, version=unit.version, **self.told)

    def _refuse_self(self, person: Person) -> None:
        if person.pk == self.by.person_id:
            raise Refused(_("You cannot take away your own account or role."), code="oneself")

    def _grant(self, row: Row) -> Grant:
        held = Grant.objects.filter(
            not_over_q(self.told["at"]),
            person=_person(row["email"]),
            role=row["role"],
            unit__symbol=row["unit"] or None,
            group__symbol=row["group"] or None,
        )
        return next(grant for grant in held if as_cell(grant.valid_from) == row["valid_from"])


def _parents_first(waiting: list[Difference]) -> list[Difference]:
    """In the order in which they can be made; those in a circle last, where the action refuses them."""
    new = {one.key[0]: one for one in waiting if one.what == "added"}
    ordered: dict[str, Difference] = {}
    for one in new.values():
        chain: list[Difference] = []
        step: Difference | None = one
        while step is not None and step not in chain and step.key[0] not in ordered:
            chain.append(step)
            step = new.get(step.row["parent"])
        for above in reversed(chain):
            ordered[above.key[0]] = above
    return [*ordered.values(), *(one for one in waiting if one.what == "changed")]


def _unit(symbol: str) -> Unit:
    found = Unit.objects.filter(symbol=symbol).first()
    if found is None:
        raise Refused(_("There is no unit “%(symbol)s”.") % {"symbol": symbol}, code="no-unit")
    return found


def _group(symbol: str) -> Group:
    found = Group.objects.filter(symbol=symbol).first()
    if found is None:
        raise Refused(_("There is no group “%(symbol)s”.") % {"symbol": symbol}, code="no-group")
    return found


def _person(email: str) -> Person:
    found = Person.objects.filter(email__iexact=email, kind=Person.Kind.STAFF).first()
    if found is None:
        raise Refused(
            _("Nobody who works here has the e-mail %(email)s.") % {"email": email}, code="no-person"
        )
    return found
