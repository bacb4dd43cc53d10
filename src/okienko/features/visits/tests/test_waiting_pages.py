"""Pages of those who wait for an earlier time: the form, the offer, what one presses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from okienko.base import time
from okienko.features.visits import actions, jobs, rules
from okienko.features.visits.factories import make_booking
from okienko.features.visits.models import Booking, Service, Waiting
from okienko.kernel.messages.models import Message
from okienko.kernel.people.factories import make_staff
from okienko.kernel.slots.models import Claim
from okienko.kernel.units.actions import add_unit

from .conftest import AT, BY, RESIDENT
from .test_waiting import PLACES, wait


@pytest.fixture
def booked_up(office):
    """All times taken, by the clock of the pages: two days, since at night an offer only counts from the morning on."""
    office.service.counters.set(office.counters[:1])
    Service.objects.update(nearest_days=2, farthest_days=2, most_per_person=20)
    office.service = Service.objects.get()
    for number in range(PLACES):
        make_booking(office.service, by=RESIDENT, at=time.now(), email=f"b{number}@example.org")
    return office


@pytest.mark.req("BOOK-23", "BOOK-14")
@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_from_the_page_of_times_to_a_booked_visit(booked_up, language):
    client = Client()
    client.cookies["okienko_language"] = language
    page = client.get("/wizyty/?usluga=dowod")
    url = page.context["wait_url"]
    assert url.replace("&", "&amp;") in page.content.decode()
    assert client.get(url).status_code == 200
    day = (time.now() + timedelta(days=3)).date()
    typed = {"name": "Anna Czekająca", "email": "c@example.org", "last_day": day.isoformat()}
    assert client.post(url, {**typed, "homepage": "x"}).status_code == 200
    assert client.post(url, {**typed, "email": ""}).status_code == 200
    here = client.post(url, typed)["Location"]
    waiting = Waiting.objects.get()
    assert here == reverse("visits:waiting", args=[waiting.secret])
    assert waiting.secret in Message.objects.get(notice="visit.waiting").text
    assert client.get(here).context["position"] == 1
    actions.give_back(Booking.objects.first(), by=RESIDENT, at=time.now())
    jobs.offer_what_is_free(booked_up.service.pk)
    assert client.get(here).context["state"] == "offered"
    assert client.get(f"{here}biore/").status_code == 405
    other = Client()  # the link may be opened on another device
    assert other.post(f"{here}biore/")["Location"] == "/wizyty/dane/"
    assert "Anna Czekająca" in other.get("/wizyty/dane/").content.decode()
    claim = Claim.objects.get(kind="hold")
    other.post("/wizyty/podsumowanie/", {"key": claim.key})
    waiting.refresh_from_db()
    assert waiting.state == Waiting.State.DONE
    assert Booking.objects.filter(state="confirmed").count() == PLACES
    assert client.get(here).context["state"] == "done"


@pytest.mark.req("BOOK-23")
def test_from_ones_own_visit(booked_up):
    client, last = Client(), Booking.objects.order_by("start").last()
    own = f"/wizyty/w/{last.secret}/"
    assert f"{own}wczesniej/" in client.get(own).content.decode()
    assert client.get(f"{own}wczesniej/").status_code == 200
    here = client.post(f"{own}wczesniej/")["Location"]
    assert client.post(f"{own}wczesniej/").status_code == 409
    first = Booking.objects.order_by("start").first()
    actions.give_back(first, by=RESIDENT, at=time.now())
    jobs.offer(0)
    assert last.secret in client.post(f"{here}biore/")["Location"]
    last.refresh_from_db()
    assert last.start == first.start
    assert client.post(f"{here}biore/").status_code == 409
    assert client.get(f"{own}wczesniej/").status_code == 200


@pytest.mark.req("BOOK-23")
def test_one_leaves_and_comes_again_by_buttons(booked_up):
    client, waiting = (
        Client(),
        wait(booked_up, at=time.now(), last_day=(time.now() + timedelta(days=3)).date()),
    )
    here = reverse("visits:waiting", args=[waiting.secret])
    assert client.post(f"{here}ponownie/").status_code == 409
    actions.give_back(Booking.objects.first(), by=RESIDENT, at=time.now())
    jobs.offer(0)
    past = time.now() - timedelta(seconds=1)
    Waiting.objects.update(offered_until=past)
    Claim.objects.filter(kind="hold").update(expires_at=past)
    assert client.get(here).context["state"] == "passed"
    assert client.post(f"{here}biore/").status_code == 409
    assert client.post(f"{here}ponownie/").status_code == 302
    assert client.get(here).context["state"] == "waiting"
    client.post(f"{here}rezygnuje/")
    assert client.get(here).context["state"] == "left"
    assert client.get("/wizyty/czekam/nie-ma/").status_code == 404
    Waiting.objects.update(last_day=(time.now() - rules.LINK_LIVES).date())
    assert client.get(here).status_code == 404


@pytest.mark.req("BOOK-23", "CORE-03")
def test_staff_see_who_waits_within_their_reach(booked_up):
    wait(booked_up, at=time.now(), last_day=(time.now() + timedelta(days=3)).date())
    other = add_unit(by=BY, at=AT, symbol="INNY", name="Inny urząd")
    for unit, seen in ((booked_up.unit, True), (other, False)):
        clerk = make_staff(f"{unit.symbol.lower()}@okienko.example", "clerk", by=BY, at=AT, unit=unit)
        client = Client()
        client.force_login(clerk)
        page = client.get("/wizyty/lista/czekaja/")
        assert page.status_code == 200
        assert ("Anna Czekająca" in page.content.decode()) is seen
