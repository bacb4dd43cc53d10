"""Two reports of the same: one ends in the other, and those who reported it hear of the one that goes on."""

import pytest
from django.test import Client
from django.urls import reverse

from okienko.features.faults import actions
from okienko.features.faults.models import Joined, Report
from okienko.features.faults.tests.conftest import AT, BY, acting
from okienko.kernel.cases.actions import merge, take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages.models import Message

pytestmark = pytest.mark.req("FAULT-41")

RESIDENT = Actor.resident()


@pytest.fixture
def pair(city):
    first = city.reported(contact_email="pierwsza@example.org")
    second = city.reported(contact_email="Druga@example.org", language="pl", place="u Nowaka")
    actions.join(second.report, "klucz", by=RESIDENT, at=AT, email="trzecia@example.org")
    actions.join(second.report, "inny", by=RESIDENT, at=AT, email="pierwsza@example.org")
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
    assert leave not in client.get(reverse("faults:public", args=[case.number])).content.decode()
    client.get(leave)
    assert Joined.objects.get().email == "ktos@example.org"
    assert client.post(leave).status_code == 302
    assert (Joined.objects.get().email, Joined.objects.get().person) == ("", None)
    assert not told("ktos@example.org").exists()
    assert client.post(leave).status_code == 404
    assert Report.objects.get(case=case).joined.count() == 1
