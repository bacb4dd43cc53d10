"""The office's side: its list, booking by phone, cancelling, the paper for the day."""

from datetime import date
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from okienko.features.visits import holding
from okienko.features.visits.models import Booking
from okienko.kernel.consents.models import Look
from okienko.kernel.history import words
from okienko.kernel.people.models import Person

from .test_views import book, hold


@pytest.mark.req("BOOK-31", "BOOK-33", "BOOK-35")
def test_the_office_sees_its_own_bookings(client, office, clerk):
    booking = book(client, office)
    here, elsewhere = clerk("urzednik"), clerk("inny")
    day = booking.start.date()
    pages = ("/wizyty/lista/", f"/wizyty/lista/{booking.number}/", f"/wizyty/dzien/?dzien={day}")
    for page in pages:
        assert booking.spoken_number in here.get(page).content.decode()
        assert booking.spoken_number not in elsewhere.get(page).content.decode()
        assert "/konto/" in client.get(page)["Location"]
    assert elsewhere.get(pages[1]).status_code == 404
    assert "Visit booked" in here.get(pages[1]).content.decode()
    shown = here.get(pages[1]).content.decode()
    assert "confirmed" in shown.partition('<div class="lead">')[2].partition("</div>")[0]
    for told in (booking.name, "Ratusz, ul. Zmyślona 1, Okienko 1"):
        assert f"<dd>{told}</dd>" in shown
    assert f'<a href="mailto:{booking.email}">{booking.email}</a>' in shown
    assert Look.objects.filter(subject_id=booking.pk).exists()


@pytest.mark.req("BOOK-31")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=przykładowy", True),
        ("q=PRZYKLADOWY", True),
        ("q=przyklądowy", False),
        ("q=anonim@example", True),
        ("q=nikt", False),
        ("state=cancelled", False),
        ("state=confirmed&matter=dowod", True),
        ("day_to=2020-01-01", False),
        ("sort=-name", True),
    ],
)
def test_the_list_is_searched_and_narrowed(client, office, clerk, asked, found):
    booking = book(client, office)
    assert (
        booking.spoken_number in clerk("urzednik").get(f"/wizyty/lista/?{asked}").content.decode()
    ) is found


@pytest.mark.req("BOOK-30")
def test_booked_by_phone_on_one_page(office, clerk):
    here = clerk("urzednik")
    page = here.get("/wizyty/umow/")
    day = page.context["days"][2]
    page = here.get(f"/wizyty/umow/?usluga=dowod&dzien={day}")
    start = page.context["form"].fields["start"].choices[0][0]
    assert date.fromisoformat(start[:10]) == day
    given = {"start": start, "name": "Anonim", "phone": "600 000 000", "key": page.context["key"]}
    address = f"/wizyty/umow/?usluga=dowod&dzien={day}"
    done = [urlsplit(here.post(address, given)["Location"]).path for _ in range(2)]
    assert done[0] == done[1]
    booking = Booking.objects.get()
    assert (booking.source, booking.state, booking.phone) == ("staff", "confirmed", "600000000")
    hold(Client(), office, booking.start)
    gone = here.post(address, {**given, "key": holding.new_key()})
    assert "not free any more" in gone.content.decode()
    assert 'value="Anonim"' in gone.content.decode()
    assert "No visits can be booked" in clerk("inny").get("/wizyty/umow/").content.decode()


@pytest.mark.req("BOOK-35")
def test_a_visit_is_called_cancelled_as_a_visit_is():
    with override("pl"):
        assert Booking.State.CANCELLED.label == "odwołana"


@pytest.mark.req("BOOK-35")
def test_the_office_cancels_with_a_reason(client, office, clerk):
    booking = book(client, office)
    address = f"/wizyty/lista/{booking.number}/odwolaj/"
    assert clerk("inny").post(address, {"why": "x"}).status_code == 404
    assert clerk("urzednik").post(address, {"why": ""}).status_code == 200
    assert clerk("urzednik").post(address, {"why": "Urząd nieczynny."}).status_code == 302
    booking.refresh_from_db()
    assert (booking.state, booking.why) == ("cancelled", "Urząd nieczynny.")


@pytest.mark.req("BOOK-35")
def test_the_history_of_a_visit_says_what_happened_who_did_it_and_what_was_before(client, office, clerk):
    booking, here = book(client, office), clerk("urzednik")
    page = reverse("visits:booking", args=[booking.number])
    moving = reverse("visits:move_by_office", args=[booking.number])
    new = here.get(moving).context["form"].fields["start"].choices[-1][0]
    here.post(moving, {"start": new, "why": "Okienko nieczynne."})
    here.post(reverse("visits:cancel", args=[booking.number]), {"why": "Urząd nieczynny."})
    told = {one["title"]: one for one in here.get(page).context["timeline"]}
    assert [title for title in told if title.startswith("Visit ")] == [
        "Visit booked",
        "Visit moved",
        "Visit cancelled",
    ]
    booked, moved, cancelled = (told[f"Visit {what}"] for what in ("booked", "moved", "cancelled"))
    name = Person.objects.get(email="urzednik@okienko.example").name
    assert [one["by"] for one in (booked, moved, cancelled)] == ["a resident", name, name]
    assert booked["at"] <= moved["at"] <= cancelled["at"]
    with override("en"):
        first, second = (words.shown(one) for one in (booking.start.isoformat(), new))
    assert f"Counter: {booking.resource.name}" in booked["text"]
    assert f"Beginning: {second} (before: {first})" in moved["text"]
    assert "Okienko nieczynne." in moved["text"]
    assert "State: cancelled (before: confirmed)" in cancelled["text"]
    assert "Urząd nieczynny." in cancelled["text"]
    shown = here.get(page).content.decode()
    assert all(f'<p class="text">{one["text"].splitlines()[0]}' in shown for one in (moved, cancelled))


@pytest.mark.req("BOOK-33")
def test_the_day_is_printed_for_a_unit_a_service_or_a_counter(client, office, clerk):
    booking = book(client, office)
    here, day = clerk("urzednik"), booking.start.date()
    other = next(one for one in office.counters if one != booking.resource)
    for asked, found in (
        (f"jednostka={office.unit.pk}", True),
        ("usluga=dowod", True),
        (f"stanowisko={booking.resource_id}", True),
        (f"stanowisko={other.pk}", False),
        ("jednostka=0", False),
        ("usluga=meldunek", False),
    ):
        page = here.get(f"/wizyty/dzien/?dzien={day}&{asked}").content.decode()
        assert (booking.spoken_number in page) is found
    file = here.get(f"/wizyty/dzien/?dzien={day}&pdf=1")
    assert file["Content-Type"] == "application/pdf"
    assert file.content.startswith(b"%PDF")


@pytest.mark.req("BOOK-31", "CORE-03")
def test_the_list_as_a_file_holds_what_the_list_shows(client, office, clerk):
    booking = book(client, office)

    def lines(name):
        return b"".join(clerk(name).get("/wizyty/lista/plik/csv/?sort=-start")).decode()

    assert booking.spoken_number in lines("urzednik")
    assert booking.spoken_number not in lines("inny")
    assert clerk("urzednik").get("/wizyty/lista/plik/exe/").status_code == 404
