"""Groups of a unit, and what its executors do with a report: take it up, keep its record, say what it really is."""

import pytest
from django.test import Client
from django.urls import reverse

from okienko.base.decisions import Refused
from okienko.features.faults.tests.conftest import AT, BY, LONG_AGO, acting
from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.forms import StepForm
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import possible_steps, visible_to
from okienko.kernel.messages.models import Message
from okienko.kernel.people.factories import make_staff
from okienko.kernel.units.actions import add_group, add_unit
from okienko.kernel.units.models import Group


def executors(unit, symbol):
    kind = Group.Kind.EXECUTORS
    return add_group(by=BY, at=LONG_AGO, unit=unit, symbol=symbol, name=symbol.title(), kind=kind)


@pytest.fixture
def team(city):
    return executors(city.roads.unit, "BRYGADA")


@pytest.fixture
def executor(team):
    return make_staff("r@okienko.example", "executor", by=BY, at=AT, group=team)


@pytest.fixture
def case(city, team):
    case = city.reported(contact_email="anonim@example.org", rpw="RPW/5/2026")
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    return take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=team)


@pytest.mark.req("FAULT-02")
def test_a_unit_has_several_groups_of_each_kind_and_each_sees_its_own(city, team, executor, case):
    others = executors(city.roads.unit, "OSWIETLENIE")
    neighbour = make_staff("s@okienko.example", "executor", by=BY, at=AT, group=others)
    greens = make_staff("z@okienko.example", "coordinator", by=BY, at=AT, group=city.greens)
    roads = make_staff("d@okienko.example", "coordinator", by=BY, at=AT, group=city.roads)
    assert [case in visible_to(one) for one in (executor, roads, neighbour, greens)] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.req("FAULT-02", "FAULT-20")
def test_the_groups_that_fit_are_offered_under_the_name_of_their_unit(city, team):
    executors(add_unit(by=BY, at=LONG_AGO, symbol="A-WODA", name="A Wodociągi Próbne"), "RURY")
    add_group(by=BY, at=LONG_AGO, unit=team.unit, symbol="BIURO", name="Biuro", kind=Group.Kind.OTHER)
    case = city.reported()
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    case.refresh_from_db()
    form = StepForm(case.table.row("pass-to-executor"), case, city.administrator)
    units = [(name, [group for group, _ in groups]) for name, groups in form.fields["group"].choices[1:]]
    assert units == [(str(team.unit), [team.pk, city.crew.pk])]
    anywhere = StepForm(case.table.row("to-investments"), case, city.administrator).fields["group"].choices
    assert [name for name, _ in anywhere[1:]] == [str(team.unit), "A Wodociągi Próbne"]


@pytest.mark.req("FAULT-25")
def test_an_executor_takes_it_up_and_keeps_its_record(case, executor):
    client = Client()
    client.force_login(executor)
    for code, told in (("executor-takes-up", {}), ("note", {"done": "Zabezpieczono barierką"})):
        version = Case.objects.get(pk=case.pk).version
        client.post(reverse("cases:step", args=[case.number, code]), {"version": version, **told})
    case.refresh_from_db()
    assert (case.person, case.state) == (executor, "executor")
    assert "executor-takes-up" not in [row.code for row in possible_steps(case, executor)]
    page = client.get(reverse("cases:case", args=[case.number])).content.decode()
    assert "Zabezpieczono barierką" in page
    assert executor.name in page


@pytest.mark.req("FAULT-25")
def test_what_is_no_intervention_ends_with_the_reason_and_the_reporter_is_told(case, executor):
    with pytest.raises(Refused):
        take_step(case.pk, "not-an-intervention", by=acting(executor), at=AT)
    ended = take_step(
        case.pk, "not-an-intervention", by=acting(executor), at=AT, reason="To jest plan na rok"
    )
    assert (ended.state, ended.open) == ("not-intervention", False)
    assert Message.objects.filter(
        subject_id=case.pk, address="anonim@example.org", cause__contains=""
    ).exists()


@pytest.mark.req("FAULT-25")
def test_an_investment_goes_to_the_group_of_investment_tasks_and_its_deadline_no_longer_runs(
    city, case, executor
):
    investments = executors(city.roads.unit, "INWESTYCJE")
    planner = make_staff("i@okienko.example", "executor", by=BY, at=AT, group=investments)
    assert case not in visible_to(planner)
    moved = take_step(
        case.pk,
        "to-investments",
        by=acting(executor),
        at=AT,
        group=investments,
        reason="Cała ulica do przebudowy",
    )
    assert (moved.state, moved.group, moved.due_at) == ("investment", investments, None)
    assert case in visible_to(planner)
    done = take_step(case.pk, "investment-done", by=acting(planner), at=AT)
    assert (done.state, done.open) == ("resolved", False)
