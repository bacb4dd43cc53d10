"""The page of a case says who had it, what was done, how it ended and whether the reporter knows."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from okienko.features.faults.tests.conftest import AT, BY, LONG_AGO, acting
from okienko.kernel.cases.actions import take_step
from okienko.kernel.people.factories import make_staff
from okienko.kernel.units.actions import add_group
from okienko.kernel.units.models import Group

LATE = AT + timedelta(days=40)


@pytest.fixture
def executor(city):
    team = add_group(
        by=BY,
        at=LONG_AGO,
        unit=city.roads.unit,
        symbol="EKIPA",
        name="Brygada Próbna",
        kind=Group.Kind.EXECUTORS,
    )
    return make_staff(
        "r@okienko.example",
        "executor",
        by=BY,
        at=LONG_AGO,
        group=team,
        first_name="Róża",
        last_name="Robocza",
    )


@pytest.fixture
def handled(city, executor):
    team = executor.grants.get().group
    case = city.reported(wants_answer=True, contact_email="anonim@example.org")
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=team)
    take_step(case.pk, "executor-takes-up", by=acting(executor), at=AT)
    return take_step(
        case.pk, "note", by=acting(executor), at=AT, done="Uzgodniono z gestorem, wizja w terenie"
    )


def page_of(city, case):
    client = Client()
    client.force_login(city.operator)
    return client.get(reverse("cases:case", args=[case.number])).content.decode()


def facts_of(page):
    """All but the record of what happened, which repeats most of it."""
    return page.partition('id="what-happened"')[0] + page.partition('<aside id="facts"')[2]


@pytest.mark.req("FAULT-40")
def test_who_what_when_and_why_of_a_late_refusal(city, executor, handled):
    stage = page_of(city, handled)
    assert "u realizatora" in stage.partition('id="state"')[2].partition("</p>")[0]
    assert "po terminie" not in facts_of(stage)
    take_step(handled.pk, "delay", by=BY, at=AT, reason="Mróz", planned=date(2026, 12, 30))
    take_step(
        handled.pk, "decline", by=acting(executor), at=LATE, reason="Teren prywatny", rpw="RPW/9/2026",
        answer="Listem: teren prywatny",
    )  # fmt: skip
    page = page_of(city, handled)
    facts = facts_of(page)
    told_facts = ("Róża Robocza", "Brygada Próbna", "Mróz", "30 grudnia 2026", "RPW/9/2026", "po terminie")
    for told in told_facts:
        assert told in facts, told
    assert "po terminie" in facts.partition('id="about"')[2].partition('id="files"')[0]
    ended = date_format(localtime(LATE), "SHORT_DATETIME_FORMAT")
    assert ended in facts.partition('id="messages-of-subject"')[0]
    for told in ("Uzgodniono z gestorem, wizja w terenie", "Teren prywatny", "Listem: teren prywatny"):
        assert told in page, told
    messages = page.partition('id="messages-of-subject"')[2].partition("</section>")[0]
    for told in ("Twoje zgłoszenie: ", "anonim@example.org", ended):
        assert told in messages, told


@pytest.mark.req("FAULT-40")
def test_what_ended_in_time_says_so(city, handled):
    take_step(
        handled.pk,
        "resolve",
        by=BY,
        at=AT + timedelta(days=1),
        done="Załatano",
        rpw="RPW/9/2026",
        answer="Listem",
    )
    assert "w terminie" in facts_of(page_of(city, handled))


@pytest.mark.req("FAULT-29")
def test_no_end_without_the_answer_which_then_stands_there(city, executor, handled):
    client = Client()
    client.force_login(executor)
    url = reverse("cases:step", args=[handled.number, "resolve"])
    given = {"version": handled.version, "done": "Załatano", "rpw": "RPW/9/2026"}
    assert "answer" in client.post(url, given).context["form"].errors
    handled.refresh_from_db()
    assert handled.open
    assert client.post(url, given | {"answer": "Telefon 21.11: dziura załatana"}).status_code == 302
    assert "Telefon 21.11: dziura załatana" in page_of(city, handled)
