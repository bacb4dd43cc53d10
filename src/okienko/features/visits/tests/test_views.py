from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from okienko.base import time
from okienko.features.visits import actions, confirming, holding, queries
from okienko.features.visits.factories import make_booking
from okienko.features.visits.models import Booking, Service
from okienko.kernel.consents.actions import draft, ensure_built_in_groups, publish_text
from okienko.kernel.consents.models import ConsentGroup
from okienko.kernel.consents.queries import given_about
from okienko.kernel.slots.models import Claim
from okienko.kernel.units.actions import add_location

from .conftest import AT, BY, RESIDENT, add_counter

MOST_STATEMENTS = 48
TYPED = {"name": "Anonim Przykładowy", "email": "anonim@example.org", "phone": ""}


def free(office):
    return queries.free_times(office.service, office.counters, now=time.now())


def hold(client, office, start=None, key=""):
    start = start or free(office)[3].start
    given = {"usluga": office.service.code, "miejsce": str(office.place.pk), "start": start.isoformat()}
    return client.post("/wizyty/zatrzymaj/", {**given, "key": key or holding.new_key()})


def book(client, office):
    hold(client, office)
    client.post("/wizyty/dane/", TYPED)
    claim = Claim.objects.filter(kind="hold").latest("pk")
    client.post("/wizyty/podsumowanie/", {"key": claim.key})
    return Booking.objects.latest("pk")


def run_out():
    Claim.objects.update(expires_at=time.now() - timedelta(seconds=1))


@pytest.mark.req("BOOK-10", "BOOK-18")
@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_from_the_first_page_to_the_number(client, office, language):
    client.cookies["okienko_language"] = language
    assert "?usluga=dowod" in client.get("/wizyty/").content.decode()
    page = client.get("/wizyty/?usluga=dowod")
    assert page.templates[0].name == "visits/choose_time.html"  # one place only: not asked for
    start = page.context["nearest"][3].start
    assert hold(client, office, start, page.context["key"])["Location"] == "/wizyty/dane/"
    assert b"data-countdown" in client.get("/wizyty/dane/").content
    assert client.post("/wizyty/dane/", TYPED)["Location"] == "/wizyty/podsumowanie/"
    page = client.get("/wizyty/podsumowanie/")
    assert "Anonim Przykładowy" in page.content.decode()
    assert b"data-countdown" in page.content
    done = client.post("/wizyty/podsumowanie/", {"key": page.context["draft"].key})
    booking = Booking.objects.get()
    assert urlsplit(done["Location"]).path == f"/wizyty/w/{booking.secret}/"
    assert booking.spoken_number in client.get(done["Location"]).content.decode()
    assert (booking.start, booking.language, booking.source) == (start, language, "web")


@pytest.mark.req("BOOK-10")
def test_any_step_can_be_given_by_the_address(client, office):
    branch = add_location(by=BY, at=AT, unit=office.unit, name="Filia")
    office.service.counters.add(add_counter(office.unit, branch, "Okienko 9"))
    page = client.get("/wizyty/?usluga=dowod")
    assert page.templates[0].name == "visits/choose_place.html"
    earliest = page.context["earliest"]
    assert earliest == free(office)[0].start
    anywhere = page.content.decode().partition('href="/wizyty/?usluga=dowod&amp;miejsce=wszystkie"')[2]
    assert f'datetime="{earliest.isoformat()}"' in anywhere.partition("</li>")[0]
    page = client.get(f"/wizyty/?usluga=dowod&miejsce={branch.pk}")
    assert {one.resource_ids for one in page.context["nearest"]} == {
        (office.service.counters.get(name="Okienko 9").pk,)
    }
    assert len(client.get("/wizyty/?usluga=dowod&miejsce=wszystkie").context["nearest"][0].resource_ids) == 3
    day = page.context["nearest"][0].start.date() + timedelta(days=1)
    page = client.get(f"/wizyty/?usluga=dowod&miejsce={branch.pk}&dzien={day}")
    assert {one.start.date() for one in page.context["times"]} == {day}
    for nonsense in ("miejsce=x", "miejsce=1&dzien=x&miesiac=99", "dzien=2026-02-31", "miesiac=0001-01"):
        assert client.get(f"/wizyty/?usluga=dowod&{nonsense}").status_code == 200
    assert client.get("/wizyty/?usluga=nie-ma").status_code == 404


@pytest.mark.req("BOOK-10")
@pytest.mark.parametrize(
    "address", ["?usluga=%00", "?usluga=x%00&miejsce=1%00", "?miejsce=99999999999999999999"]
)
def test_an_address_that_makes_no_sense_gets_an_answer(client, office, address):
    assert client.get(f"/wizyty/{address}").status_code in (200, 404)


def test_every_day_of_the_month_grid_leads_to_its_times(client, office):
    month = client.get("/wizyty/?usluga=dowod").context["month"]
    url = next(day.url for week in month.weeks for day in week if day.url)
    page = client.get(url)
    assert page.context["times"]
    assert parse_qs(urlsplit(url).query)["dzien"] == [page.context["day"].isoformat()]


@pytest.mark.req("BOOK-10")
def test_without_free_times_the_page_says_when_there_will_be_new_ones(client, office):
    Service.objects.update(nearest_days=0, farthest_days=0)
    office.service.counters.clear()
    assert "every day one day more is opened" in client.get("/wizyty/?usluga=dowod").content.decode()


def test_a_booking_costs_few_statements_from_the_free_times_to_the_booked_visit(client, office):
    book(Client(headers={"accept-language": "en"}), office)  # the process knows the service from now on
    start = free(office)[3].start
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/wizyty/?usluga=dowod&dzien={start.date()}")
        hold(client, office, start, page.context["key"])
        client.get("/wizyty/dane/")
        client.post("/wizyty/dane/", TYPED)
        client.get("/wizyty/podsumowanie/")
        done = client.post("/wizyty/podsumowanie/", {"key": page.context["key"]})
        assert client.get(done["Location"]).status_code == 200
    assert len(asked) <= MOST_STATEMENTS


def test_another_visit_sent_once_more_does_not_book_the_one_that_is_held(client, office):
    first = book(client, office)
    hold(client, office)
    client.post("/wizyty/dane/", TYPED)
    answer = client.post("/wizyty/podsumowanie/", {"key": first.hold_key})
    assert answer["Location"] == reverse("visits:own", args=[first.secret])
    assert Booking.objects.get() == first


@pytest.mark.req("BOOK-12")
def test_one_who_lost_is_told_and_offered_the_nearest(client, office):
    start = free(office)[25].start
    for _ in range(2):
        assert hold(Client(), office, start).status_code == 302
    page = hold(client, office, start)
    assert page.status_code == 409
    assert "Somebody was faster" in page.content.decode()
    assert start not in [one.start for one in page.context["times"]]
    assert min(abs(one.start - start) for one in page.context["times"]) == timedelta(minutes=30)
    for one in page.context["times"]:
        assert f'name="start" value="{one.start.isoformat()}"' in page.content.decode()


@pytest.mark.req("BOOK-12")
@pytest.mark.parametrize(
    "start", ["2026-01-01T08:00:00+01:00", "2099-01-01T08:00:00+01:00", "x", "2026-12-01T08:00"]
)
def test_a_time_posted_by_hand_is_refused(client, office, start):
    given = {"usluga": "dowod", "miejsce": str(office.place.pk), "start": start}
    assert client.post("/wizyty/zatrzymaj/", given).status_code == 409
    assert not Claim.objects.exists()


def test_what_is_not_offered_any_more_is_said_at_every_step(client, office):
    hold(client, office)
    actions.set_status(office.service, Service.Status.ARCHIVED, by=BY, at=AT)
    for page in (client.get("/wizyty/dane/"), hold(client, office, time.now() + timedelta(days=1))):
        assert page.status_code == 404
        assert "not offered any more" in page.content.decode()


@pytest.mark.req("BOOK-11")
def test_when_the_time_is_over_what_was_typed_is_kept(client, office):
    hold(client, office)
    run_out()
    assert client.post("/wizyty/dane/", TYPED)["Location"] == "/wizyty/po-czasie/"
    page = client.get("/wizyty/po-czasie/")
    assert "time to fill in the form is over" in page.content.decode()
    assert page.context["times"]
    hold(client, office, page.context["times"][0].start)
    assert 'value="Anonim Przykładowy"' in client.get("/wizyty/dane/").content.decode()


@pytest.mark.req("BOOK-11")
def test_time_can_be_added_ten_times(client, office):
    hold(client, office)
    assert (
        client.post("/wizyty/wiecej-czasu/", {"name": "Anonim", "email": "", "phone": "12"}).status_code
        == 302
    )
    for _ in range(9):
        assert client.post("/wizyty/wiecej-czasu/").status_code == 302
    page = client.get("/wizyty/dane/").content.decode()
    assert 'value="Anonim"' in page
    assert 'value="12"' in page
    assert b"/wizyty/wiecej-czasu/" not in client.get("/wizyty/dane/").content
    assert client.post("/wizyty/wiecej-czasu/").status_code == 409


@pytest.mark.req("CORE-53")
def test_wrong_data_is_said_beside_the_field_and_kept(client, office):
    hold(client, office)
    page = client.post("/wizyty/dane/", {"name": "Anonim", "email": "", "phone": "12"})
    assert "nine digits" in page.content.decode()
    assert 'value="12"' in page.content.decode()
    page = client.post("/wizyty/dane/", {"name": "Anonim"})
    assert "Give an e-mail or a phone" in page.content.decode()
    page = client.post("/wizyty/dane/", {})
    assert page.context["form"].errors.keys() == {"name", "email"}
    assert client.get("/wizyty/podsumowanie/")["Location"] == "/wizyty/dane/"


@pytest.mark.req("BOOK-16")
def test_consents_in_force_are_shown_asked_for_and_kept_with_the_visit(client, office):
    ensure_built_in_groups(by=BY, at=AT)
    group = ConsentGroup.objects.get(code="booking")
    asked, free_to_give, unsaid = (
        draft(group, by=BY, at=AT, code=code, required=required, text_pl=f"Zgoda {code}.")
        for code, required in (("rodo", True), ("ankieta", False), ("szkic", False))
    )
    for text in (asked, free_to_give):
        publish_text(text, by=BY, at=AT)
    hold(client, office)
    page = client.get("/wizyty/dane/")
    shown = page.content.decode()
    assert [f"Zgoda {one.code}." in shown for one in (asked, free_to_give, unsaid)] == [True, True, False]
    names = {field.label: name for name, field in page.context["form"].fields.items()}
    refused = client.post("/wizyty/dane/", TYPED)
    assert refused.context["form"].errors.keys() == {names["Zgoda rodo."]}
    client.post("/wizyty/dane/", {**TYPED, names["Zgoda rodo."]: "on"})
    key = Claim.objects.get(kind="hold").key
    client.post("/wizyty/podsumowanie/", {"key": key})
    booking = Booking.objects.get()
    assert [one.text.code for one in given_about("visits.booking", booking.pk)] == ["rodo"]


@pytest.mark.req("BOOK-12")
def test_double_click_and_reload_are_harmless(client, office):
    start, key = free(office)[3].start, holding.new_key()
    for _ in range(2):
        assert hold(client, office, start, key).status_code == 302
    assert Claim.objects.count() == 1
    client.post("/wizyty/dane/", TYPED)
    both = [urlsplit(client.post("/wizyty/podsumowanie/", {"key": key})["Location"]).path for _ in range(2)]
    assert both[0] == both[1]
    assert Booking.objects.count() == 1
    assert urlsplit(hold(client, office, start, key)["Location"]).path == both[0]


@pytest.mark.req("BOOK-14", "BOOK-20")
def test_a_get_changes_nothing(client, office):
    booking = book(client, office)
    before = list(Booking.objects.values())
    for name in ("own", "calendar_file", "give_back", "move", "confirm"):
        assert client.get(reverse(f"visits:{name}", args=[booking.secret])).status_code in (200, 302)
    for name in ("hold", "extend"):
        assert client.get(reverse(f"visits:{name}")).status_code == 405
    assert list(Booking.objects.values()) == before
    assert client.get("/wizyty/w/nie-ma/").status_code == 404


@pytest.mark.req("BOOK-18")
def test_the_calendar_file_is_one(client, office):
    booking = book(client, office)
    file = client.get(f"/wizyty/w/{booking.secret}/wizyta.ics")
    assert file["Content-Type"].startswith("text/calendar")
    assert file.content.startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.req("BOOK-20")
def test_cancelled_by_the_link(client, office):
    booking = book(client, office)
    address = f"/wizyty/w/{booking.secret}/odwolaj/"
    assert f'href="{address}"' in client.get(f"/wizyty/w/{booking.secret}/").content.decode()
    assert client.post(address).status_code == 302
    assert "has been cancelled" in client.get(f"/wizyty/w/{booking.secret}/").content.decode()
    again = client.post(address)
    assert again.status_code == 409
    assert "Book a visit" in again.content.decode()


@pytest.mark.req("BOOK-20")
def test_moved_by_the_link_or_left_as_it_was(client, office):
    booking = book(client, office)
    address = f"/wizyty/w/{booking.secret}/przenies/"
    assert f'href="{address}"' in client.get(f"/wizyty/w/{booking.secret}/").content.decode()
    page = client.get(address)
    other = page.context["nearest"][-1].start
    for _ in range(2):
        hold(Client(), office, other)
    lost = client.post(address, {"start": other.isoformat()})
    assert lost.status_code == 409
    assert "Your visit stays as it was" in lost.content.decode()
    new = lost.context["times"][0].start
    page = client.post(address, {"start": new.isoformat()}, follow=True).content.decode()
    assert "Your visit has a new time" in page
    assert "We have sent a confirmation to anonim@example.org" in page
    booking.refresh_from_db()
    assert booking.start == new


@pytest.mark.req("BOOK-17")
def test_confirming_by_the_button_behind_the_link(client, office):
    Service.objects.update(confirm_by=Service.ConfirmBy.LINK)
    booking = book(client, office)
    address, code = f"/wizyty/w/{booking.secret}/potwierdz/", confirming.code_of(booking)
    assert client.get(address).status_code == 302
    assert "not the code" in client.post(address, {"code": "abc"}).content.decode()
    assert client.get(f"{address}?kod={code}").context["code"] == code
    assert Booking.objects.get(pk=booking.pk).state == "unconfirmed"
    assert client.post(address, {"code": code}).status_code == 302
    assert "confirmed already" in client.post(address, {"code": code}).content.decode()
    office.service.refresh_from_db()
    other = make_booking(office.service, by=RESIDENT, at=time.now(), nth=9, email="b@example.org")
    Booking.objects.filter(pk=other.pk).update(confirm_until=time.now())
    assert "time to confirm is over" in client.post(f"/wizyty/w/{other.secret}/potwierdz/").content.decode()
