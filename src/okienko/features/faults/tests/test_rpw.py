"""The number of the office's register: before a municipal entity gets the report, or before its end."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from okienko.base.decisions import Refused
from okienko.features.faults.models import Report
from okienko.features.faults.tests.conftest import AT, BY, LONG_AGO
from okienko.kernel.cases.actions import take_step
from okienko.kernel.people.actions import create_token
from okienko.kernel.units.actions import add_group, add_unit
from okienko.kernel.units.models import Group

pytestmark = pytest.mark.req("FAULT-20")


@pytest.fixture
def entity(city):
    """A group of a unit below a municipal entity."""
    above = add_unit(by=BY, at=LONG_AGO, symbol="MPO", name="Przedsiębiorstwo Próbne", own_entity=True)
    unit = add_unit(by=BY, at=LONG_AGO, symbol="MPO-1", name="Oddział Próbny", parent=above)
    kind = Group.Kind.COORDINATORS
    return add_group(by=BY, at=LONG_AGO, unit=unit, symbol="MPO-K", name="Koordynatorzy", kind=kind)


def passed(case, group, **given):
    return take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=group, **given)


def at_executor(city, **given):
    case = city.reported(**given)
    passed(case, city.roads)
    return take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=city.crew)


def test_an_entity_gets_nothing_without_its_number(city, entity):
    case = city.reported()
    with pytest.raises(Refused) as refused:
        passed(case, entity)
    assert (refused.value.code, refused.value.field) == ("rpw-missing", "rpw")
    case.refresh_from_db()
    assert (case.state, case.group) == ("new", None)
    assert passed(case, entity, rpw="RPW/5/2026").group == entity
    assert Report.objects.get(case=case).rpw == "RPW/5/2026"


@pytest.mark.req("FAULT-25")
def test_nor_does_its_group_of_investment_tasks(city, entity):
    group = add_group(
        by=BY, at=LONG_AGO, unit=entity.unit, symbol="MPO-I", name="Inwestycje", kind=Group.Kind.EXECUTORS
    )
    case = at_executor(city)
    with pytest.raises(Refused) as refused:
        take_step(case.pk, "to-investments", by=BY, at=AT, group=group, reason="Przebudowa")
    assert (refused.value.code, refused.value.field) == ("rpw-missing", "rpw")
    moved = take_step(
        case.pk, "to-investments", by=BY, at=AT, group=group, reason="Przebudowa", rpw="RPW/5/2026"
    )
    assert (moved.group, Report.objects.get(case=case).rpw) == (group, "RPW/5/2026")


def test_the_number_from_intake_counts(city, entity):
    assert passed(city.reported(rpw="RPW/6/2026"), entity).group == entity
    ended = at_executor(city, rpw="RPW/7/2026")
    assert take_step(ended.pk, "decline", by=BY, at=AT, reason="Teren prywatny").state == "declined"


def test_a_department_of_the_city_hall_gets_it_without(city):
    assert passed(city.reported(), city.roads).state == "coordinator"


@pytest.mark.parametrize(
    ("step", "given"), [("resolve", {"done": "Naprawiono"}), ("decline", {"reason": "Teren prywatny"})]
)
def test_its_executor_enters_it_to_end(city, step, given):
    case = at_executor(city)
    with pytest.raises(Refused) as refused:
        take_step(case.pk, step, by=BY, at=AT, **given)
    assert refused.value.field == "rpw"
    assert not take_step(case.pk, step, by=BY, at=AT, rpw="RPW/8/2026", **given).open
    assert Report.objects.get(case=case).rpw == "RPW/8/2026"


def test_the_form_says_what_is_missing_and_what_is_wrong(city, entity):
    case, client = city.reported(), Client()
    client.force_login(city.operator)
    url = reverse("cases:step", args=[case.number, "pass-to-coordinator"])
    given = {"version": case.version, "group": entity.pk}
    for rpw in ("", "rpw 5/26"):
        assert "rpw" in client.post(url, given | {"rpw": rpw}).context["form"].errors
    assert client.post(url, given | {"rpw": "RPW/5/2026"}).status_code == 302


def test_accepted_work_needs_it_too_and_programs_are_told_so(city):
    case = at_executor(city)
    days = {"ordered": AT.date(), "until": AT.date()}
    take_step(case.pk, "order", by=BY, at=AT, firm="Zakład Zmyślony", **days)
    client = Client()
    client.force_login(city.administrator)
    page = client.get(reverse("cases:case", args=[case.number])).content.decode()
    assert "Zgłoszenia nie można bez niego zakończyć" in page
    _token, secret = create_token(
        city.administrator, by=BY, at=LONG_AGO, name="test", scopes=["faults.see", "faults.execute"]
    )
    headers = {"authorization": f"Bearer {secret}"}
    steps = client.get(f"/api/v1/cases/{case.number}/steps", headers=headers).json()
    (accept,) = [one for one in steps if one["code"] == "accept-work"]
    assert {need["name"] for need in accept["needs"] if need["required"]} == {"finished", "rpw"}
    with pytest.raises(Refused) as refused:
        take_step(case.pk, "accept-work", by=BY, at=AT, finished=AT.date())
    assert refused.value.field == "rpw"
    take_step(case.pk, "accept-work", by=BY, at=AT, finished=AT.date(), rpw="RPW/8/2026")
    assert Report.objects.get(case=case).rpw == "RPW/8/2026"


def test_no_other_form_is_kept(city):
    with pytest.raises(IntegrityError):
        city.reported(rpw="rpw 5/26")
