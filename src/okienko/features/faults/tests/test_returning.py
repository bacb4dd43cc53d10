"""Suspended until a date: back by itself, once; delayed: until when and why is shown."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from okienko.features.faults import jobs
from okienko.features.faults.actions.returning import resume_on_its_date
from okienko.features.faults.models import Report
from okienko.features.faults.queries import to_return
from okienko.features.faults.tests.conftest import AT, BY
from okienko.kernel.calendars.queries import open_clock
from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.history.models import Entry

UNTIL = date(2026, 11, 25)
ON_THE_DAY = AT + timedelta(days=5)


def resume_due(*, at):
    return sum(resume_on_its_date(case_id, by=BY, at=at) for case_id in to_return(at))


@pytest.fixture
def suspended(city):
    case = city.reported()
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    return take_step(case.pk, "suspend", by=BY, at=AT, reason="Czekamy na części", until=UNTIL)


def state_of(case):
    return Case.objects.values_list("state", flat=True).get(pk=case.pk)


@pytest.mark.req("FAULT-24")
class TestReturning:
    def test_on_its_day_and_not_before_with_its_clocks(self, suspended):
        assert resume_due(at=ON_THE_DAY - timedelta(days=1)) == 0
        assert open_clock(suspended, "finish").due_at is None
        assert resume_due(at=ON_THE_DAY) == 1
        assert state_of(suspended) == "coordinator"
        assert open_clock(suspended, "finish").due_at is not None
        assert open_clock(suspended, "take-up").started_at == ON_THE_DAY
        assert Report.objects.get(case=suspended).returns_on is None
        assert resume_due(at=ON_THE_DAY) == 0

    def test_what_was_resumed_by_hand_does_not_come_back_again(self, suspended):
        take_step(suspended.pk, "resume", by=BY, at=AT)
        assert resume_due(at=ON_THE_DAY) == 0
        take_step(
            suspended.pk, "suspend", by=BY, at=AT, reason="Jeszcze raz", until=UNTIL + timedelta(days=7)
        )
        assert resume_due(at=ON_THE_DAY) == 0
        assert state_of(suspended) == "suspended"

    def test_one_that_cannot_come_back_keeps_no_other_suspended(self, suspended, city, monkeypatch):
        other = city.reported()
        take_step(other.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
        take_step(other.pk, "suspend", by=BY, at=AT, reason="Mróz", until=UNTIL)

        def resume(case_id, **told):
            if case_id == suspended.pk:
                raise RuntimeError
            return resume_on_its_date(case_id, **told)

        monkeypatch.setattr(jobs, "now", lambda: ON_THE_DAY)
        monkeypatch.setattr(jobs, "resume_on_its_date", resume)
        with pytest.raises(ExceptionGroup):
            jobs.resume(0)
        assert (state_of(suspended), state_of(other)) == ("suspended", "coordinator")

    def test_the_page_says_when(self, suspended, city):
        client = Client()
        client.force_login(city.operator)
        assert (
            "25 listopada 2026" in client.get(reverse("cases:case", args=[suspended.number])).content.decode()
        )


@pytest.mark.req("FAULT-24")
@pytest.mark.django_db(transaction=True)
def test_once_however_many_workers_run(suspended):
    def run(_):
        try:
            return resume_due(at=ON_THE_DAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(run, range(4))) == 1
    assert Entry.objects.filter(kind="zgloszenia.resume-by-date", subject_id=suspended.pk).count() == 1


@pytest.mark.req("FAULT-32")
def test_a_delay_is_shown_with_its_date_and_to_the_office_with_its_reason(city):
    case = city.reported()
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    take_step(case.pk, "delay", by=BY, at=AT, reason="Mróz", planned=date(2027, 1, 15))
    client = Client()
    everybody = client.get(reverse("faults:public", args=[case.number])).content.decode()
    client.force_login(city.operator)
    office = client.get(reverse("cases:case", args=[case.number])).content.decode()
    assert "15 stycznia 2027" in everybody
    assert "Mróz" not in everybody
    assert "15 stycznia 2027" in office
    assert "Mróz" in office.partition('id="what-happened"')[0]
