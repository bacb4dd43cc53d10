"""What waits for whom, by role and in the reader's scope; and who is told when time runs out, once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from okienko.features.faults.actions.reminding import remind
from okienko.features.faults.boards.queries import board
from okienko.features.faults.queries import due_for_reminding
from okienko.features.faults.rules import PROCEDURE
from okienko.features.faults.tests.conftest import AT, BY, LONG_AGO
from okienko.kernel.cases.actions import assign, take_step
from okienko.kernel.cases.lists import definition, rows
from okienko.kernel.cases.models import Case
from okienko.kernel.history.models import Entry
from okienko.kernel.messages.models import Message
from okienko.kernel.people.actions import give_role
from okienko.kernel.people.factories import make_staff
from okienko.kernel.units.actions import add_group
from okienko.kernel.units.models import Group
from okienko.ui.lists import ListRequest

NOW = AT + timedelta(hours=2)


def remind_due(*, by, at):
    """As the hourly job does."""
    return sum(remind(case_id, by=by, at=at) for case_id in due_for_reminding(at))


@pytest.fixture
def staff(city):
    unit = city.roads.unit
    team = add_group(
        by=BY, at=LONG_AGO, unit=unit, symbol="EKIPA", name="Brygada Próbna", kind=Group.Kind.EXECUTORS
    )
    city.team = team
    made = {"operator": city.operator}
    for role, where in {
        "super-overseer": {}, "overseer": {"unit": unit}, "coordinator": {"group": city.roads}, "executor": {"group": team},
    }.items():  # fmt: skip
        made[role] = make_staff(f"{role}@okienko.example", role, by=BY, at=LONG_AGO, **where)
    made["stranger"] = make_staff(
        "zielen@okienko.example", "coordinator", by=BY, at=LONG_AGO, group=city.greens
    )
    return made


@pytest.fixture
def reports(city, staff):
    """One of each: waiting, new, received and late, with the executor, in hand, returned, ended."""
    city.reported(channel="page")
    take_step(city.reported().pk, "unit-outside", by=BY, at=AT, rpw="RPW/1/2026", body="Inni")
    new = city.reported()
    late = city.reported(at=LONG_AGO)
    taken, returned, received = (city.reported() for _ in range(3))
    for case in (late, taken, received, returned):
        take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    take_step(returned.pk, "return-to-operator", by=BY, at=AT, addressee="Inni", reason="Nie nasze")
    for case in (taken, received):
        take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=city.team)
    assign(taken.pk, staff["executor"], by=BY, at=AT)
    Case.objects.filter(pk=new.pk).update(due_at=NOW + timedelta(hours=1), due_order=NOW + timedelta(hours=1))
    return {"late": late, "new": new, "taken": taken}


def counts(person):
    return {
        (str(section.title), str(line.name)): tuple(number.count for number in line.numbers)
        for section in board(person, now=NOW)
        for line in section.lines
    }


@pytest.mark.req("FAULT-50", "FAULT-33")
class TestBoards:
    def test_each_role_has_its_own(self, city, staff, reports):
        operators = counts(staff["operator"])
        assert operators["Operatorzy", "Do przyjęcia"][0] == 1
        assert operators["Operatorzy", "Nowe"] == (1, 0, 1, 1)
        assert operators["Operatorzy", "Zwrócone"][0] == 1
        assert operators["Operatorzy", "Przekazane jednostkom"] == (3, 1, 0, 0)
        coordinators = counts(staff["coordinator"])
        assert coordinators["Koordynatorzy: DROGI", "Otrzymane"] == (1, 1, 0, 0)
        assert coordinators["Koordynatorzy: DROGI", "U realizatorów"][0] == 2
        assert not any(section.startswith("Operatorzy") for section, _ in coordinators)
        executors = counts(staff["executor"])
        assert executors["Realizatorzy: Brygada Próbna", "Otrzymane"][0] == 1
        assert executors["Realizatorzy: Brygada Próbna", "W toku"][0] == 1
        overseers = counts(staff["overseer"])
        assert overseers["Wszystko, co otwarte", "Otwarte"] == (4, 1, 0, 0)
        assert overseers["Według grup", "Brygada Próbna"][0] == 2
        assert overseers["Według osób", staff["executor"].name] == (1, 0, 0, 0)
        assert counts(staff["super-overseer"])["Wszystko, co otwarte", "Otwarte"][0] == 6
        assert {numbers[0] for numbers in counts(staff["stranger"]).values()} == {0}

    def test_who_works_in_two_groups_sees_each_apart(self, city, staff, reports):
        give_role(staff["coordinator"], "coordinator", by=BY, at=LONG_AGO, group=city.greens)
        found = counts(staff["coordinator"])
        received = [found[f"Koordynatorzy: {name}", "Otrzymane"][0] for name in ("DROGI", "ZIELEN")]
        assert received == [1, 0]

    def test_how_old_the_oldest_is_and_what_executors_have_returned(self, staff, reports):
        take_step(reports["taken"].pk, "return-to-coordinator", by=BY, at=AT, reason="Nie nasze")
        lines = {
            str(line.name): line for section in board(staff["coordinator"], now=NOW) for line in section.lines
        }
        assert [(lines[name].numbers[0].count, lines[name].age) for name in (
            "Otrzymane", "Zwrócone przez realizatorów", "Zawieszone", "U realizatorów",
        )] == [(1, 60), (1, 0), (0, None), (1, 0)]  # fmt: skip
        client = Client()
        client.force_login(staff["super-overseer"])
        assert re.search(r">\d+ dni<", client.get(reverse("faults:board")).content.decode())

    @pytest.mark.parametrize("role", ["operator", "coordinator", "executor", "overseer", "super-overseer"])
    def test_each_number_leads_to_as_many_reports(self, staff, reports, role):
        table = definition(PROCEDURE, staff[role])
        for section in board(staff[role], now=NOW):
            for line in section.lines:
                for number in line.numbers:
                    asked = ListRequest.from_query(QueryDict(number.url.partition("?")[2]), table)
                    assert not asked.problems
                    assert rows(PROCEDURE, asked, staff[role], now=NOW).count() == number.count, number.url

    def test_the_page_asks_few_questions_and_only_staff_see_it(
        self, city, staff, reports, django_assert_max_num_queries
    ):
        client, url = Client(), reverse("faults:board")
        client.force_login(staff["super-overseer"])
        client.get(url)
        with django_assert_max_num_queries(8):
            page = client.get(url).content.decode()
        assert "Według osób" in page
        clerk = make_staff("urzednik@okienko.example", "clerk", by=BY, at=LONG_AGO, unit=city.roads.unit)
        client.force_login(clerk)
        assert client.get(url).status_code == 404


def told(notice):
    return sorted(Message.objects.filter(notice=notice).values_list("address", flat=True))


@pytest.mark.req("FAULT-33")
class TestReminders:
    @pytest.fixture
    def passed(self, city, staff):
        case = city.reported()
        return take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)

    def test_the_group_a_day_before_then_when_late_with_the_overseer_once_each(self, passed, staff):
        due = passed.due_at
        assert remind_due(by=BY, at=due - timedelta(days=2)) == 0
        for _ in range(2):
            remind_due(by=BY, at=due - timedelta(hours=20))
        assert told("fault.due_soon") == [staff["coordinator"].email]
        assert not told("fault.late")
        assert [remind_due(by=BY, at=due + timedelta(minutes=minutes)) for minutes in (1, 2)] == [1, 0]
        assert told("fault.late") == [staff["coordinator"].email]
        assert told("fault.escalated") == [staff["overseer"].email]

    def test_what_nobody_has_is_the_operators(self, city, staff):
        case = city.reported()
        assert remind_due(by=BY, at=case.due_at + timedelta(hours=1)) == 1
        assert told("fault.late") == [city.operator.email]
        assert told("fault.escalated") == [staff["super-overseer"].email]

    def test_not_of_what_has_ended(self, city, staff):
        case = city.reported()
        due = case.due_at
        take_step(case.pk, "unit-outside", by=BY, at=AT, rpw="RPW/1/2026", body="Inni")
        assert remind_due(by=BY, at=due + timedelta(hours=1)) == 0


@pytest.mark.req("FAULT-33")
@pytest.mark.parametrize(
    ("days", "told_on_friday"),
    [(3, True), (4, False)],
    ids=["Monday is the next working day", "Tuesday is not"],
)
def test_beforehand_is_a_working_day_and_not_a_day_and_night(city, staff, days, told_on_friday):
    case = city.reported()
    ends = timezone.localtime(AT).replace(hour=16, minute=0) + timedelta(days=days)
    Case.objects.filter(pk=case.pk).update(due_at=ends, due_order=ends)
    assert AT.weekday() == 4
    assert remind_due(by=BY, at=AT) == told_on_friday
    assert remind(case.pk, by=BY, at=AT) is False
    sunday = AT + timedelta(days=2)
    assert remind_due(by=BY, at=sunday) == 0
    assert remind_due(by=BY, at=sunday + timedelta(days=1)) == (not told_on_friday)


@pytest.mark.req("FAULT-33")
@pytest.mark.django_db(transaction=True)
def test_once_however_many_workers_run(city, staff):
    case = city.reported()
    late = case.due_at + timedelta(hours=1)

    def run(_):
        try:
            return remind_due(by=BY, at=late)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(run, range(4))) == 1
    assert Entry.objects.filter(kind="fault.late", subject_id=case.pk).count() == 1
    assert len(told("fault.late")) == 1
