from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from okienko.base.decisions import Refused
from okienko.kernel.cases.actions import take_step
from okienko.kernel.people.actions import create_token
from okienko.kernel.people.factories import make_staff
from okienko.kernel.units.actions import add_group, add_unit
from okienko.kernel.units.models import Group, Unit

from .conftest import AT, BY, LONG_AGO, City

pytestmark = [pytest.mark.req("FAULT-23"), pytest.mark.django_db]


def unit_below(parent: Unit, symbol: str, **details: object) -> Unit:
    return add_unit(by=BY, at=LONG_AGO, symbol=symbol, name=symbol, parent=parent, **details)


def coordinators(unit: Unit, symbol: str) -> Group:
    kind = Group.Kind.COORDINATORS
    return add_group(by=BY, at=LONG_AGO, unit=unit, symbol=symbol, name=symbol, kind=kind)


@pytest.mark.parametrize("own_entity", [False, True])
def test_a_coordinator_passes_within_the_unit_and_returns_what_is_for_another(
    city: City, own_entity: bool
) -> None:
    hall = add_unit(by=BY, at=LONG_AGO, symbol="UM", name="Urząd Miasta")
    works, other = unit_below(hall, "WGK", own_entity=own_entity), unit_below(hall, "WOŚ")
    mine, inner = coordinators(works, "WGK-K"), coordinators(unit_below(works, "WGK-1"), "WGK-1-K")
    theirs = coordinators(other, "WOŚ-K")
    case = city.reported()
    given = {"group": mine, "rpw": "RPW/12345/2026"} if own_entity else {"group": mine}
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, **given)
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_staff("k@okienko.example", "coordinator", by=BY, at=LONG_AGO, group=mine))
    page = client.get(reverse("cases:step", args=[case.number, "pass-to-other-coordinator"])).content.decode()
    assert "WGK-1-K" in page
    assert "WOŚ-K" not in page
    with pytest.raises(Refused) as refused:
        take_step(case.pk, "pass-to-other-coordinator", by=BY, at=AT, group=theirs)
    assert refused.value.code == "another-unit"
    assert take_step(case.pk, "pass-to-other-coordinator", by=BY, at=AT, group=inner).group == inner


def test_where_tops_stand_side_by_side_each_is_a_unit_with_all_in_it(city: City) -> None:
    """An office without a city hall above its units: who sits in an inner unit passes to any group of the unit."""
    roads = city.roads.unit
    inner = coordinators(unit_below(roads, "ZDM-P"), "ZDM-P-K")
    theirs = coordinators(add_unit(by=BY, at=LONG_AGO, symbol="ZZM", name="ZZM"), "ZZM-K")
    case = city.reported()
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=inner)
    with pytest.raises(Refused) as refused:
        take_step(case.pk, "pass-to-other-coordinator", by=BY, at=AT, group=theirs)
    assert refused.value.code == "another-unit"
    assert take_step(case.pk, "pass-to-other-coordinator", by=BY, at=AT, group=city.roads).group == city.roads


def test_an_entity_within_a_department_is_a_unit_of_its_own(city: City) -> None:
    hall = add_unit(by=BY, at=LONG_AGO, symbol="UM", name="Urząd Miasta")
    works = unit_below(hall, "WGK")
    entity = unit_below(works, "MPO", own_entity=True)
    mine, inner = coordinators(entity, "MPO-K"), coordinators(unit_below(entity, "MPO-1"), "MPO-1-K")
    case = city.reported()
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=inner, rpw="RPW/12345/2026")
    with pytest.raises(Refused) as refused:
        take_step(case.pk, "pass-to-other-coordinator", by=BY, at=AT, group=coordinators(works, "WGK-K"))
    assert refused.value.code == "another-unit"
    assert take_step(case.pk, "pass-to-other-coordinator", by=BY, at=AT, group=mine).group == mine


@pytest.mark.req("FAULT-20")
def test_executors_of_another_unit_get_it_from_their_own_coordinators(city: City) -> None:
    """Otherwise a municipal entity would get it without the RPW number that the operator enters first."""
    hall = add_unit(by=BY, at=LONG_AGO, symbol="UM", name="Urząd Miasta")
    mine = coordinators(unit_below(hall, "WGK"), "WGK-K")
    entity = unit_below(hall, "MPO", own_entity=True)
    crews = [
        add_group(
            by=BY, at=LONG_AGO, unit=unit, symbol=f"{unit.symbol}-R", name="R", kind=Group.Kind.EXECUTORS
        )
        for unit in (entity, mine.unit)
    ]
    case = city.reported()
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=mine)
    with pytest.raises(Refused) as refused:
        take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=crews[0])
    assert refused.value.code == "another-unit"
    assert take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=crews[1]).group == crews[1]


@pytest.mark.req("FAULT-20")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("pl", "potrzebna jest grupa rodzaju „koordynatorzy”"),
        ("en", "one of the kind “coordinators” is needed here"),
        ("uk", "потрібна група виду «координатори»"),
    ],
)
@pytest.mark.parametrize("kind", [Group.Kind.EXECUTORS, Group.Kind.OTHER])
def test_a_report_is_passed_to_coordinators_alone_and_programs_are_told_why(
    city: City, kind: str, language: str, said: str
) -> None:
    add_group(by=BY, at=LONG_AGO, unit=city.roads.unit, symbol="BIURO", name="Biuro", kind=kind)
    case = city.reported()
    scopes = ["faults.see", "faults.pass"]
    _token, secret = create_token(city.operator, by=BY, at=AT, name="test", scopes=scopes)
    answer = Client().post(
        f"/api/v1/cases/{case.number}/steps/pass-to-coordinator", {"inputs": {"group": "BIURO"}}, "application/json",
        headers={"authorization": f"Bearer {secret}", "accept-language": language},
    )  # fmt: skip
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("inputs.group", "group-of-other-kind")
    assert said in error["detail"]


@pytest.mark.req("FAULT-20", "FAULT-23")
def test_a_unit_without_executors_is_told_what_it_lacks(city: City) -> None:
    lonely = coordinators(add_unit(by=BY, at=LONG_AGO, symbol="ZZM", name="ZZM"), "ZZM-K")
    case = city.reported()
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=lonely)
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_staff("k@okienko.example", "coordinator", by=BY, at=LONG_AGO, group=lonely))
    address = reverse("cases:step", args=[case.number, "pass-to-executor"])
    assert "There is no group of the kind “executors” to pass it to." in client.get(address).content.decode()
    add_group(
        by=BY, at=LONG_AGO, unit=lonely.unit, symbol="ZZM-R", name="Ogrodnicy", kind=Group.Kind.EXECUTORS
    )
    assert "There is no group of the kind" not in client.get(address).content.decode()
