from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from okienko.base import time
from okienko.features.visits import holding, queries
from okienko.features.visits.factories import make_booking
from okienko.features.visits.models import Booking
from okienko.kernel.people.models import Person

from .conftest import AT, RESIDENT


@pytest.fixture
def resident(db):
    return Person.objects.create(
        email="zofia@example.org", first_name="Zofia", last_name="Zmyślona", phone="600000000", joined_at=AT
    )


@pytest.fixture
def client(resident):
    client = Client(headers={"accept-language": "en"})
    client.force_login(resident)
    return client


def booked(office, person, nth=0, at=None):
    made = make_booking(
        office.service, by=RESIDENT, at=at or time.now(), nth=nth, email=f"a{nth}@example.org"
    )
    Booking.objects.filter(pk=made.pk).update(person=person)
    return made


@pytest.mark.req("BOOK-20", "BOOK-22")
def test_the_visits_of_an_account_and_of_nobody_else(office, client, resident):
    other = Person.objects.create(email="b@example.org", first_name="B", last_name="B", joined_at=AT)
    ahead, theirs = booked(office, resident), booked(office, other, 2)
    over = booked(office, resident, 4)
    long_ago = time.now() - timedelta(days=60)
    Booking.objects.filter(pk=over.pk).update(start=long_ago, end=long_ago + timedelta(minutes=30))
    page = client.get("/wizyty/moje/")
    assert [row["booking"] for row in page.context["ahead"]] == [ahead]
    assert [row["booking"] for row in page.context["past"]] == [over]
    told = page.content.decode()
    assert f'<a href="/wizyty/w/{ahead.secret}/">' in told
    assert f'action="{reverse("visits:again", args=[ahead.number])}"' in told
    assert f"/w/{ahead.secret}/odwolaj/" in told
    assert f"/w/{ahead.secret}/przenies/" in told
    assert over.secret not in told  # its link is over, and would lead nowhere
    assert theirs.number not in told
    assert client.post(reverse("visits:again", args=[theirs.number])).status_code == 404
    client.post(reverse("visits:give_back", args=[ahead.secret]))
    page = client.get("/wizyty/moje/")
    assert page.context["ahead"] == []
    assert "cancelled" in page.content.decode()
    assert Client().get("/wizyty/moje/").status_code == 302


def hold(client, office):
    start = queries.free_times(office.service, office.counters, now=time.now())[5].start
    given = {"usluga": office.service.code, "miejsce": str(office.place.pk), "start": start.isoformat()}
    client.post("/wizyty/zatrzymaj/", {**given, "key": holding.new_key()})


@pytest.mark.req("BOOK-22")
def test_book_again_presets_the_matter_the_place_and_what_was_typed(office, client, resident):
    before = booked(office, resident)
    address = reverse("visits:again", args=[before.number])
    assert client.get(address).status_code == 405
    answer = client.post(address)
    assert answer.url == f"/wizyty/?usluga=dowod&miejsce={office.place.pk}"
    hold(client, office)
    page = client.get("/wizyty/dane/").content.decode()
    assert "Anonim Przykładowy" in page
    assert "a0@example.org" in page


@pytest.mark.req("BOOK-22")
def test_the_form_is_filled_in_from_the_account_and_the_visit_belongs_to_it(office, client, resident):
    hold(client, office)
    form = client.get("/wizyty/dane/").context["form"]
    assert form.initial == {"name": "Zofia Zmyślona", "email": "zofia@example.org", "phone": "600000000"}
    client.post("/wizyty/dane/", form.initial)
    client.post("/wizyty/podsumowanie/")
    assert queries.own_visits(resident).get().name == "Zofia Zmyślona"
