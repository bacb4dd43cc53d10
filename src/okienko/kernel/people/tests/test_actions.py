from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from okienko.base.decisions import Missing, Refused, Stale
from okienko.kernel.history.actors import Actor
from okienko.kernel.people import actions, queries, roles
from okienko.kernel.people.access import permissions_of, scope_of
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Grant, Person
from okienko.kernel.units.actions import add_group, add_unit, change_unit
from okienko.kernel.units.models import Group, Unit

pytestmark = pytest.mark.django_db

BY = Actor.system("tests")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=900)


class City:
    """A hall with two departments; each has somebody who administers it, and one has a clerk."""

    def __init__(self) -> None:
        self.hall = self.unit("UM")
        self.roads, self.parks = self.unit("ZDM", self.hall), self.unit("ZZM", self.hall)
        self.crew = add_group(by=BY, at=LONG_AGO, unit=self.roads, symbol="ZDM-E", name="Ekipa")
        self.other_crew = add_group(by=BY, at=LONG_AGO, unit=self.parks, symbol="ZZM-E", name="Ekipa zieleni")
        self.chief = self.person("chief", "administrator")
        self.local = self.person("local", "unit-administrator", self.roads)
        self.clerk = self.person("clerk", "clerk", self.roads)
        self.stranger = self.person("stranger", "clerk", self.parks)

    def unit(self, symbol: str, parent: Unit | None = None) -> Unit:
        return add_unit(by=BY, at=LONG_AGO, symbol=symbol, name=f"Jednostka {symbol}", parent=parent)

    def person(self, name: str, role: str, unit: Unit | None = None) -> Person:
        return make_staff(
            f"{name}@okienko.example",
            role,
            by=BY,
            at=LONG_AGO,
            unit=unit,
            first_name=name,
            last_name="Przykład",
        )


@pytest.fixture
def city() -> City:
    return City()


def as_(person: Person) -> Actor:
    return Actor(person.pk, person.name)


@pytest.mark.req("CORE-03")
def test_a_local_administrator_gives_roles_at_home(city: City) -> None:
    grant = actions.give_role(city.clerk, "unit-administrator", by=as_(city.local), at=AT, unit=city.roads)
    assert grant.given_by == city.local
    actions.take_role(grant, by=as_(city.local), at=AT)


@pytest.mark.req("CORE-03")
def test_a_local_administrator_gives_nothing_elsewhere_and_nothing_greater(city: City) -> None:
    by = as_(city.local)
    for place in ({"unit": city.parks}, {"unit": city.hall}):
        with pytest.raises(Missing):
            actions.give_role(city.clerk, "clerk", by=by, at=AT, **place)
    for role in ("administrator", "data-protection-officer"):
        with pytest.raises(Missing):
            actions.give_role(city.local, role, by=by, at=AT)
    roles.register(roles=[roles.Role("tests-auditor", "auditor", roles.Reach.UNIT, frozenset({"looks.see"}))])
    with pytest.raises(Refused) as refused:
        actions.give_role(city.local, "tests-auditor", by=by, at=AT, unit=city.roads)
    assert refused.value.code == "role-beyond-own"
    actions.give_role(city.local, "tests-auditor", by=as_(city.chief), at=AT, unit=city.roads)


@pytest.mark.req("CORE-03")
def test_a_clerk_changes_nobody(city: City) -> None:
    by = as_(city.clerk)
    with pytest.raises(Missing):
        actions.invite(by=by, at=AT, email="new@okienko.example")
    with pytest.raises(Missing):
        actions.give_role(city.clerk, "unit-administrator", by=by, at=AT, unit=city.roads)
    with pytest.raises(Missing):
        actions.change_person(city.local, by=by, at=AT, version=city.local.version, email="x@example.org")
    with pytest.raises(Missing):
        actions.change_person(city.clerk, by=by, at=AT, version=city.clerk.version, kind="resident")
    actions.change_person(city.clerk, by=by, at=AT, version=city.clerk.version, phone="600 000 000")


@pytest.mark.req("CORE-03")
def test_nobody_takes_over_the_account_of_someone_greater(city: City) -> None:
    """A changed e-mail and a new password would be enough."""
    actions.give_role(city.chief, "clerk", by=BY, at=AT, unit=city.roads)
    for victim in (city.chief, city.stranger):
        with pytest.raises(Missing):
            actions.change_person(
                victim, by=as_(city.local), at=AT, version=victim.version, email="thief@example.org"
            )
        with pytest.raises(Missing):
            actions.leave_for_good(victim, by=as_(city.local), at=AT, version=victim.version)
    with pytest.raises(Missing):
        actions.require_second_factor(["clerk"], by=as_(city.local), at=AT)


@pytest.mark.req("CORE-03", "CORE-61")
def test_a_key_lets_a_program_do_no_more_than_its_scopes(city: City) -> None:
    limited = Actor(city.chief.pk, "program", "api", frozenset({"people.see"}))
    with pytest.raises(Missing):
        actions.give_role(city.clerk, "clerk", by=limited, at=AT, unit=city.parks)
    with pytest.raises(Missing):
        actions.create_token(city.chief, by=limited, at=AT, name="more", scopes=["people.change"])
    with pytest.raises(Missing):
        actions.create_token(city.clerk, by=as_(city.chief), at=AT, name="his", scopes=["people.see"])


@pytest.mark.req("CORE-03")
def test_a_role_has_its_right_place_and_time(city: City) -> None:
    give: Any = actions.give_role
    for role, place, field in (
        ("administrator", {"unit": city.hall}, None),
        ("clerk", {}, "unit"),
        ("clerk", {"group": city.crew}, "unit"),
    ):
        with pytest.raises(Refused) as refused:
            give(city.stranger, role, by=BY, at=AT, **place)
        assert (refused.value.code, refused.value.field) == ("wrong-place", field)
    with pytest.raises(Refused) as refused:
        give(city.stranger, "clerk", by=BY, at=AT, unit=city.hall, valid_from=AT, valid_until=AT)
    assert refused.value.code == "role-reversed"


@pytest.mark.req("CORE-03")
def test_a_role_lets_nobody_in_before_its_beginning_and_after_its_end(city: City) -> None:
    begins, ends = AT + timedelta(days=1), AT + timedelta(days=2)
    actions.give_role(
        city.stranger,
        "unit-administrator",
        by=BY,
        at=AT,
        unit=city.roads,
        valid_from=begins,
        valid_until=ends,
    )
    person = Person.objects.get(pk=city.stranger.pk)
    second = timedelta(seconds=1)
    for at, expected in ((begins - second, False), (begins, True), (ends - second, True), (ends, False)):
        assert (city.roads.pk in scope_of(person, "people.change", at=at).units) is expected, at
        assert ("people.change" in permissions_of(person, at=at)) is expected, at
        held = queries.staff_with("unit-administrator", unit_id=city.roads.pk, at=at)
        assert held.filter(pk=person.pk).exists() is expected, at


@pytest.mark.req("CORE-04")
def test_who_is_gone_cannot_act_and_keeps_no_role_not_even_a_coming_one(city: City) -> None:
    later = AT + timedelta(days=30)
    actions.give_role(city.clerk, "clerk", by=BY, at=AT, unit=city.parks, valid_from=AT, valid_until=later)
    token, secret = actions.create_token(city.clerk, by=BY, at=AT, name="mine", scopes=["units.see"])
    gone = actions.leave_for_good(city.clerk, by=BY, at=AT, version=city.clerk.version)
    assert not gone.is_active
    assert not Grant.objects.filter(queries.not_over_q(AT), person=gone).exists()
    assert queries.token_holder(secret, at=AT) is None
    token.refresh_from_db()
    assert token.revoked_at == AT


@pytest.mark.req("CORE-04")
def test_open_work_is_counted_by_the_modules_that_keep_it(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_counters", [])
    queries.count_open_work(lambda people: {pk: 2 for pk in people if pk == city.clerk.pk})
    queries.count_open_work(lambda people: {city.clerk.pk: 3})
    assert queries.open_work_of(city.clerk) == 5
    assert queries.open_work_of(city.chief) == 0


@pytest.mark.req("CORE-25")
def test_who_did_not_see_the_present_state_does_not_overwrite_it(city: City) -> None:
    actions.set_leave(city.clerk, by=BY, at=AT, version=1, first=date(2026, 12, 1), last=date(2026, 12, 9))
    with pytest.raises(Stale):
        actions.set_leave(city.clerk, by=BY, at=AT, version=1, first=None, last=None)


def test_groups_of_others_are_not_offered(city: City) -> None:
    assert set(queries.groups_for(city.local, "people.change")) == {city.crew}
    assert set(queries.units_for(city.local, "people.change")) == {city.roads}
    assert queries.groups_for(city.clerk, "people.change").count() == 0
    assert Group.objects.count() == 2


@pytest.mark.req("CORE-01")
def test_a_unit_never_belongs_to_one_below_it(city: City) -> None:
    with pytest.raises(Refused) as refused:
        change_unit(city.hall, by=BY, at=AT, version=city.hall.version, parent=city.roads)
    assert (refused.value.code, refused.value.field) == ("circle", "parent")
    moved = change_unit(city.parks, by=BY, at=AT, version=city.parks.version, parent=city.roads)
    assert moved.path == f"{city.roads.path}{moved.pk}/"
