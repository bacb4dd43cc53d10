"""What the page of a case says to whoever is to go on with it: why it came back, and that it takes too long."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from okienko.base.decisions import Refused
from okienko.base.time import now
from okienko.features.faults.actions import add_firm, order_work
from okienko.features.faults.models import Order, Report
from okienko.features.faults.templatetags.faults import delay_wanted
from okienko.features.faults.tests.conftest import AT, BY, LONG_AGO, acting
from okienko.features.faults.tests.test_taking_up import sent_in
from okienko.kernel.cases.actions import take_step
from okienko.kernel.people.factories import make_staff

LATE = AT + timedelta(days=40)


@pytest.fixture
def executor(city):
    return make_staff("r@okienko.example", "executor", by=BY, at=LONG_AGO, group=city.crew)


@pytest.fixture
def case(city):
    """With the executors since sixty days, its time long over."""
    case = city.reported(at=LONG_AGO, rpw="RPW/1/2026")
    take_step(case.pk, "pass-to-coordinator", by=BY, at=LONG_AGO, group=city.roads)
    return take_step(case.pk, "pass-to-executor", by=BY, at=LONG_AGO, group=city.crew)


def page_of(person, case):
    client = Client()
    client.force_login(person)
    return client.get(reverse("cases:case", args=[case.number])).content.decode()


@pytest.mark.req("FAULT-23")
def test_who_gets_it_back_reads_why_and_is_not_shown_the_same_way_again(city):
    case = city.reported()
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    assert 'id="back"' not in page_of(city.operator, case)
    take_step(case.pk, "return-to-operator", by=BY, at=AT, addressee="Zieleń", reason="To trawnik")
    card = page_of(city.operator, case).partition('id="back"')[2].partition("</section>")[0]
    assert "Zieleń" in card
    assert "To trawnik" in card
    assert f"?group={city.roads.pk}" not in page_of(city.operator, case)
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.greens)
    assert 'id="back"' not in page_of(city.operator, case)


@pytest.mark.req("FAULT-32", "FAULT-40")
def test_nothing_ends_late_without_the_reason(city, case, executor):
    assert 'id="delay"' in page_of(executor, case)
    for code, given in (("resolve", {"done": "Gotowe"}), ("decline", {"reason": "Prywatne"})):
        with pytest.raises(Refused) as refused:
            take_step(case.pk, code, by=acting(executor), at=AT, **given)
        assert refused.value.code == "delay-not-given"
    take_step(case.pk, "delay", by=acting(executor), at=AT, reason="Mróz", planned=date(2027, 1, 8))
    assert 'id="delay"' not in page_of(executor, case)
    assert not take_step(case.pk, "resolve", by=acting(executor), at=AT, done="Gotowe").open
    follow = Client().get(reverse("faults:follow", args=[case.follow_key])).content.decode()
    assert "Mróz" not in follow  # what clerks write to one another


@pytest.mark.req("FAULT-32")
def test_the_reporter_reads_until_when(city, case):
    take_step(case.pk, "delay", by=BY, at=AT, reason="Mróz", planned=date(2027, 1, 8))
    follow = Client().get(reverse("faults:follow", args=[case.follow_key])).content.decode()
    assert "8 stycznia 2027" in follow


@pytest.mark.req("FAULT-27", "FAULT-32")
def test_work_ordered_for_a_day_after_its_time_asks_for_the_reason(city, executor):
    case = city.reported()
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    case = take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=city.crew)
    firm = add_firm("Drogi Zmyślone", by=BY, at=AT)
    told = {"version": case.version, "task": "Załatać", "ordered": AT.date()}
    order_work(case.pk, firm, by=acting(executor), at=AT, until=AT.date() + timedelta(days=60), **told)
    report = Report.objects.get(case=case)
    assert delay_wanted(report.case, AT)
    Order.objects.update(until=AT.date())
    assert not delay_wanted(report.case, AT)


@pytest.mark.req("FAULT-27")
def test_work_is_accepted_as_finished_today_unless_said_otherwise(city, executor):
    case = city.reported(rpw="RPW/1/2026")
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    case = take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=city.crew)
    order_work(
        case.pk, add_firm("Drogi Zmyślone", by=BY, at=AT), by=acting(executor), at=AT, version=case.version,
        task="Załatać", ordered=AT.date(), until=AT.date(),
    )  # fmt: skip
    client = Client()
    client.force_login(executor)
    form = client.get(reverse("cases:step", args=[case.number, "accept-work"])).context["form"]
    assert form["finished"].value() == localdate(now())
    Report.objects.filter(case=case).update(delay_reason="Mróz")
    given = {"version": form["version"].value(), "finished": "20.11.2026", "rpw": "", "answer": ""}
    address = reverse("cases:step", args=[case.number, "accept-work"])
    assert client.post(address, given).status_code == 302
    case.refresh_from_db()
    assert (case.state, Order.objects.get().state) == ("resolved", Order.State.APPROVED)


@pytest.mark.req("FAULT-20", "FAULT-23")
def test_each_kind_of_group_gets_what_it_may_work_on(city):
    case = city.reported()
    with pytest.raises(Refused) as refused:
        take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.crew)
    assert (refused.value.code, refused.value.field) == ("group-of-other-kind", "group")
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    with pytest.raises(Refused) as refused:
        take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=city.greens)
    assert refused.value.code == "group-of-other-kind"


@pytest.mark.req("FAULT-12")
def test_not_everybody_who_reports_is_a_caller(city):
    client = Client()
    client.force_login(city.operator)
    waiting = sent_in(city)
    page = client.get(reverse("faults:take_up", args=[waiting.number])).content.decode()
    assert "E-mail zgłaszającego" in page
    assert "dzwoniącego" not in page
