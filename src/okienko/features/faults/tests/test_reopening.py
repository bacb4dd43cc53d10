"""A finished report goes on: with its reason, a deadline of its own, and counted apart (FAULT-42, FAULT-51)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from okienko.base.decisions import Missing, Refused
from okienko.features.faults.actions.reminding import remind
from okienko.features.faults.models import MapCell, Report
from okienko.features.faults.public import queries as public
from okienko.features.faults.retention import RULE
from okienko.features.faults.statistics.queries import statistics
from okienko.features.faults.tests.conftest import AT, BY, HERE, LONG_AGO, acting
from okienko.kernel.calendars.queries import clocks_of, open_clock
from okienko.kernel.cases import actions as cases
from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import possible_steps
from okienko.kernel.messages.models import Message
from okienko.kernel.people.factories import make_staff

pytestmark = pytest.mark.req("FAULT-42", "FAULT-51")

LATER = AT + timedelta(days=60)


@pytest.fixture
def team(city):
    return city.crew


@pytest.fixture
def finished(city, team):
    case = city.reported(latitude=HERE[0], longitude=HERE[1], contact_email="a@example.org", rpw="RPW/1/2026")
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=team)
    take_step(case.pk, "delay", by=BY, at=AT, reason="Mróz", planned=AT.date() + timedelta(days=14))
    return take_step(case.pk, "resolve", by=BY, at=AT, done="Załatano")


def reopened(case, city, **more):
    told = {"by": acting(city.operator), "at": LATER, "group": city.roads, "reason": "Znów dziura", **more}
    return take_step(case.pk, "reopen", **told)


def in_cells():
    return sum(cell.reports for cell in MapCell.objects.filter(open=True, zoom=18))


def test_it_goes_to_the_coordinators_with_days_of_its_own(city, finished):
    assert (in_cells(), public.newest().count()) == (0, 0)
    case = reopened(finished, city)
    assert (case.state, case.open, case.closed_at, case.group) == ("coordinator", True, None, city.roads)
    clock = open_clock(case, "finish")
    assert (clock.started_at, clock.due_at) == (LATER, case.due_at)
    assert case.due_at > LATER + timedelta(days=13)
    assert open_clock(case, "take-up").started_at == LATER
    report = Report.objects.get(case=case)
    assert (report.open, report.planned_on, report.delay_reason, report.in_time) == (True, None, "", None)
    assert (in_cells(), public.newest().count()) == (1, 1)
    assert clocks_of(case).filter(code="finish").count() == 2


def test_reporter_and_group_are_told(city, finished):
    coordinator = make_staff("k@okienko.example", "coordinator", by=BY, at=LONG_AGO, group=city.roads)
    before = Message.objects.filter(address="a@example.org").count()
    reopened(finished, city)
    assert Message.objects.filter(address="a@example.org").count() == before + 1
    assert Message.objects.filter(address=coordinator.email, notice="fault.passed").exists()
    assert mail.outbox == []


def test_only_with_a_reason_and_by_whoever_passes_reports_on(city, finished, team):
    for wrong in ({"reason": ""}, {"group": None}, {"group": team}):
        with pytest.raises(Refused):
            reopened(finished, city, **wrong)
    executor = make_staff("r@okienko.example", "executor", by=BY, at=LONG_AGO, group=team)
    overseer = make_staff("n@okienko.example", "super-overseer", by=BY, at=LONG_AGO)
    with pytest.raises(Missing):
        reopened(finished, city, by=acting(executor))
    assert [row.code for row in possible_steps(finished, overseer)] == ["reopen"]
    assert reopened(finished, city, by=acting(overseer)).open


def test_counted_apart_from_rejected_work_and_from_returns(city, finished):
    reopened(finished, city)
    whole = statistics(city.operator, AT.date(), AT.date()).whole
    assert (whole.reopened, whole.rejected, whole.returned) == (1, 0, 0)
    assert (whole.finished, whole.judged) == (0, 0)


def test_it_is_reminded_of_anew(city, finished, team):
    case = reopened(finished, city)
    assert remind(case.pk, by=BY, at=case.due_at + timedelta(days=1))
    Report.objects.filter(case=case).update(reminded=Report.Reminded.LATE)
    late = case.due_at + timedelta(days=1)
    take_step(case.pk, "pass-to-executor", by=BY, at=late, group=team)
    with pytest.raises(Refused) as refused:
        take_step(case.pk, "resolve", by=BY, at=late, done="Załatano")
    assert refused.value.code == "delay-not-given"
    take_step(case.pk, "delay", by=BY, at=late, reason="Wciąż mróz", planned=late.date())
    again = take_step(case.pk, "resolve", by=BY, at=late, done="Załatano")
    assert Report.objects.get(case=again).in_time is False
    reopened(again, city, at=late + timedelta(days=1))
    assert Report.objects.get(case=again).reminded == Report.Reminded.NOT_YET


def test_a_duplicate_is_not_reopened_by_itself(city, finished):
    duplicate = city.reported()
    into = city.reported()
    take_step(duplicate.pk, "unit-outside", by=BY, at=AT, rpw="RPW/2/2026", body="Inni")
    other = city.reported()
    cases.merge(other.pk, into.pk, by=acting(city.operator), at=AT)
    other.refresh_from_db()
    assert possible_steps(other, city.operator) == []
    with pytest.raises(Refused):
        reopened(other, city)
    assert reopened(duplicate, city).open


@pytest.mark.req("FAULT-70")
def test_data_live_as_long_again_from_the_new_end(city, finished):
    half_a_year = AT + timedelta(days=240)
    assert RULE.due(half_a_year).filter(pk=finished.pk).exists()
    case = reopened(finished, city, at=half_a_year)
    assert not RULE.due(half_a_year).filter(pk=case.pk).exists()
    take_step(case.pk, "pass-to-executor", by=BY, at=half_a_year, group=city.crew)
    take_step(case.pk, "resolve", by=BY, at=half_a_year, done="Załatano")
    assert not RULE.due(half_a_year + timedelta(days=150)).filter(pk=case.pk).exists()
    assert RULE.due(half_a_year + timedelta(days=240)).filter(pk=case.pk).exists()


@pytest.mark.req("FAULT-70")
def test_what_was_removed_stays_closed(city, finished):
    Report.objects.filter(case=finished).update(forgotten_at=LATER)
    with pytest.raises(Refused) as refused:
        reopened(finished, city)
    assert refused.value.code == "forgotten"
    assert not Case.objects.get(pk=finished.pk).open


@pytest.mark.req("FAULT-90")
def test_programs_read_that_it_is_open_again(city, finished):
    address = f"/open311/v2/requests/{finished.number}.json"
    assert Client().get(address).json()[0]["status"] == "closed"
    reopened(finished, city)
    assert Client().get(address).json()[0]["status"] == "open"


def test_the_page_says_why(city, finished):
    reopened(finished, city)
    client = Client()
    client.force_login(city.operator)
    page = client.get(reverse("cases:case", args=[finished.number])).content.decode()
    assert "Znów dziura" in page.partition('id="back"')[2].partition("</section>")[0]
