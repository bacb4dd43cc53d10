"""Two reports of the same: one ends in the other, and those who reported it hear of the one that goes on."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from okienko.base.decisions import Refused
from okienko.features.faults import actions
from okienko.features.faults.models import Joined, Report
from okienko.features.faults.tests.conftest import AT, BY, acting
from okienko.kernel.cases.actions import merge, take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of
from okienko.kernel.messages.models import Message

pytestmark = pytest.mark.req("FAULT-41")

RESIDENT = Actor.resident()


@pytest.fixture
def pair(city):
    first = city.reported(contact_email="pierwsza@example.org")
    second = city.reported(contact_email="Druga@example.org", language="pl", place="u Nowaka")
    actions.join(second.report, "klucz", by=RESIDENT, at=AT, email="trzecia@example.org")
    actions.join(second.report, "inny", by=RESIDENT, at=AT, email="pierwsza@example.org")
    actions.join(first.report, "jeszcze inny", by=RESIDENT, at=AT, email="trzecia@example.org")
    merge(second.pk, first.pk, by=acting(city.operator), at=AT)
    return Case.objects.get(pk=first.pk), Case.objects.get(pk=second.pk)


def close(case):
    take_step(case.pk, "not-the-citys", by=BY, at=AT, rpw="RPW/1/2026", body="Wodociągi", reason="Nie nasze")


def told(address):
    return Message.objects.filter(address__iexact=address, notice="fault.changed")


def test_whoever_reported_or_joined_the_duplicate_is_told_of_both(city, pair):
    first, _ = pair
    assert told("druga@example.org").count() == 1
    assert told("trzecia@example.org").count() == 1
    close(first)
    for address in ("druga@example.org", "trzecia@example.org"):
        last = told(address).latest("pk")
        assert (last.subject_id, "u Nowaka" in last.text) == (first.pk, False)
    assert Joined.objects.filter(report=first.pk).count() == 3
    assert not any("u Nowaka" in one.text for one in told("trzecia@example.org"))


def test_the_page_of_the_duplicate_leads_to_the_other(city, pair):
    first, second = pair
    page = Client().get(reverse("faults:follow", args=[second.follow_key])).content.decode()
    address = f"{reverse('faults:public', args=[first.number])}?ja={second.follow_key}"
    assert address in page
    assert "połączono" in page
    assert "nowe" not in page
    assert second.state_name == "połączono z inną sprawą"
    shown = Client()
    shown.force_login(city.operator)
    row = shown.get(reverse("cases:list", args=["zgloszenia"]), {"open": "no"}).content.decode()
    assert "połączono" in row


@pytest.mark.req("FAULT-60")
def test_consent_withdrawn_from_the_duplicate_holds_for_the_other(city, pair):
    first, second = pair
    actions.withdraw_contact(second.pk, by=RESIDENT, at=AT)
    close(first)
    assert not Joined.objects.filter(email="druga@example.org").exists()
    assert not told("druga@example.org").exists()
    assert told("trzecia@example.org").count() == 2


@pytest.mark.req("FAULT-60")
def test_who_joined_takes_the_address_back_by_the_link_of_the_message(city):
    case = city.reported()
    actions.join(case.report, "klucz", by=RESIDENT, at=AT, email="ktos@example.org")
    take_step(case.pk, "unit-outside", by=BY, at=AT, rpw="RPW/1/2026", body="Inni")
    (message,) = told("ktos@example.org")
    address = f"{reverse('faults:public', args=[case.number])}?ja=klucz"
    assert address in message.text
    client = Client()
    leave = reverse("faults:leave", args=[case.number, "klucz"])
    assert leave in client.get(address).content.decode()
    for other in (address.partition("?")[0], f"{address}%00x"):
        assert leave not in client.get(other).content.decode()
    client.get(leave)
    assert Joined.objects.get().email == "ktos@example.org"
    assert client.post(leave).status_code == 302
    assert (Joined.objects.get().email, Joined.objects.get().person) == ("", None)
    assert not told("ktos@example.org").exists()
    assert client.post(leave)["Location"] == reverse("faults:public", args=[case.number]), "pressed twice"
    assert entries_of(case).filter(kind="fault.left").count() == 1
    assert Report.objects.get(case=case).joined.count() == 1


def passed(case, city):
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    return take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=city.crew)


def resolve(case, **given):
    return take_step(case.pk, "resolve", by=BY, at=AT, done="Robota", rpw="RPW/1/2026", **given)


@pytest.fixture
def family(city):
    """A duplicate of a duplicate, and the report that goes on; who reported the first of them wants an answer."""
    first, second = (city.reported(contact_email=f"{name}@example.org") for name in ("pierwsza", "druga"))
    third = city.reported(contact_email="trzecia@example.org", wants_answer=True)
    for duplicate, into in ((third, second), (second, first)):
        merge(duplicate.pk, into.pk, by=acting(city.operator), at=AT)
    return passed(first, city), second, third


@pytest.mark.req("FAULT-29")
def test_who_wanted_an_answer_gets_that_of_the_report_that_goes_on(city, family):
    first, second, third = family
    client = Client()
    client.force_login(city.operator)
    assert (
        "tak: kto zgłosił to samo" in client.get(reverse("cases:case", args=[first.number])).content.decode()
    )
    with pytest.raises(Refused) as refused:
        resolve(first)
    assert refused.value.field == "answer"
    resolve(first, answer="Załatano w piątek")
    pages = [
        Client().get(reverse("faults:follow", args=[one.follow_key])).content.decode()
        for one in (second, third)
    ]
    assert ["Załatano w piątek" in page for page in pages] == [False, True]
    assert reverse("faults:follow", args=[third.follow_key]) in told("trzecia@example.org").latest("pk").text
    assert reverse("faults:public", args=[first.number]) in told("druga@example.org").latest("pk").text


@pytest.mark.req("FAULT-29", "FAULT-60")
def test_who_withdrew_consent_is_answered_no_more(city, family):
    first, _, third = family
    actions.withdraw_contact(third.pk, by=RESIDENT, at=AT)
    assert not resolve(first).open


@pytest.mark.req("FAULT-29")
def test_nothing_ends_in_a_report_that_has_ended_without_the_answer_that_is_wanted(city):
    ended, answered = city.reported(), city.reported()
    wanting = city.reported(contact_email="druga@example.org", wants_answer=True)
    close(ended)
    resolve(passed(answered, city), answer="Załatano w piątek")
    client, address = Client(), reverse("cases:merge", args=[wanting.number])
    client.force_login(city.operator)
    refused = client.post(address, {"number": ended.number, "note": "To samo"}).context["form"]
    assert "skończyła się bez niej" in str(refused.errors["number"])
    assert refused["note"].value() == "To samo"
    assert Case.objects.get(pk=wanting.pk).open
    assert not told("druga@example.org").exists()
    assert client.post(address, {"number": answered.number}).status_code == 302
    page = Client().get(reverse("faults:follow", args=[wanting.follow_key])).content.decode()
    assert "Załatano w piątek" in page


@pytest.mark.req("FAULT-60")
def test_those_who_joined_are_found_by_their_key_alone(city):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "fault_joined_by_key" in Report.objects.filter(joined__key="klucz").explain()
