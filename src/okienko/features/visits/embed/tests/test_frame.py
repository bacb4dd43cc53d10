"""The flow as a frame on another site goes through it: no cookies, the address says all."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.test import Client

from okienko.base import time
from okienko.features.visits import confirming, queries
from okienko.features.visits.embed import actions
from okienko.features.visits.models import Booking, Service
from okienko.features.visits.rush import standing
from okienko.features.visits.rush.factories import make_place, make_release
from okienko.features.visits.rush.models import Place
from okienko.kernel.messages.models import Message
from okienko.kernel.people.factories import make_staff
from okienko.kernel.slots.models import Claim
from okienko.kernel.units.actions import add_location

from ...tests.conftest import AT, BY, add_counter

pytestmark = pytest.mark.req("BOOK-21")

TYPED = {"name": "Anonim Przykładowy", "email": "anonim@example.org", "phone": ""}
AROUND = {"sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe"}
WITHIN = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "iframe"}


class Browser(Client):
    """A browser that keeps no cookies, showing the frame."""

    def request(self, **request):
        self.cookies.clear()
        response = super().request(**request)
        assert not response.cookies
        return response


@pytest.fixture
def browser() -> Browser:
    return Browser(headers={"accept-language": "en", **WITHIN})


def first(site, query=""):
    return f"/wizyty/osadzone/{site.pk}/{query}"


def enter(browser, site, query=""):
    return browser.get(first(site, query), headers=AROUND)


def hold(browser, page, index=3):
    """Press a time on the page of times."""
    given = {
        "usluga": page.context["service"].code,
        "miejsce": page.context["what"].place,
        "key": page.context["key"],
        "start": page.context["nearest"][index].start.isoformat(),
    }
    return browser.post(page.wsgi_request.frame.before + "wizyty/zatrzymaj/", given)


def frames(response):
    found = response.headers["Content-Security-Policy"].rpartition("frame-ancestors ")
    return found[2]


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_from_the_first_page_to_the_number_without_a_cookie(browser, office, site, language):
    page = enter(browser, site, f"?usluga=dowod&jezyk={language}")
    assert page.headers["Content-Language"] == language
    assert frames(page) == "'self' https://bip.example.pl"
    assert page.headers["Cache-Control"] == "private, no-store"
    held = hold(browser, page)
    assert held.status_code == 302
    thread = held["Location"].removesuffix("wizyty/dane/")
    assert thread.startswith(f"/wizyty/osadzone/{site.pk}/{language},dowod,/")
    data = browser.get(held["Location"])
    assert (data.status_code, data.headers["Content-Language"]) == (200, language)
    assert b"data-countdown" in data.content
    assert b"office-header" not in data.content
    typed = browser.post(held["Location"], TYPED)
    assert typed["Location"] == f"{thread}wizyty/podsumowanie/"
    key = Claim.objects.get(kind="hold").key
    booked = browser.post(typed["Location"], {"key": key})
    booking = Booking.objects.get()
    assert booked["Location"] == f"{thread}wizyty/w/{booking.secret}/?nowa=1"
    own = browser.get(booked["Location"])
    assert booking.spoken_number in own.content.decode()
    assert (booking.source, booking.site, booking.language) == (
        "embedded",
        "https://bip.example.pl",
        language,
    )
    again = browser.post(typed["Location"], {"key": key})
    assert again["Location"] == f"{thread}wizyty/w/{booking.secret}/"
    assert Booking.objects.count() == 1


def test_what_is_sent_out_leads_to_the_whole_page(browser, office, site, settings):
    Service.objects.update(confirm_by="link")
    page = enter(browser, site, "?usluga=dowod")
    data = hold(browser, page)["Location"]
    browser.post(data, TYPED)
    browser.post(data.replace("dane", "podsumowanie"), {"key": Claim.objects.get(kind="hold").key})
    booking = Booking.objects.get()
    link = f"{settings.PUBLIC_ADDRESS}/wizyty/w/{booking.secret}/potwierdz/?kod={confirming.code_of(booking)}"
    text = Message.objects.get(subject_id=booking.pk).text
    assert link in text
    assert "osadzone" not in text


def test_more_time_is_said_to_have_been_given(browser, office, site):
    data = hold(browser, enter(browser, site, "?usluga=dowod"))["Location"]
    more = browser.post(data.replace("dane", "wiecej-czasu"))
    assert "You have more time now." in browser.get(more["Location"]).content.decode()


def test_only_these_pages_may_be_framed_and_only_by_listed_sites(browser, office, site):
    for address in ("/wizyty/", "/wizyty/?usluga=dowod", "/wizyty/dane/", "/konto/login/", "/nie-ma/"):
        assert frames(Client().get(address, headers=AROUND)) == "'none'", address
    unknown = browser.get(f"/wizyty/osadzone/{site.pk + 1}/", headers=AROUND)
    assert (unknown.status_code, frames(unknown)) == (404, "'none'")
    page = enter(browser, site)
    before = page.wsgi_request.frame.before
    for inside in (
        "wizyty/moje/",
        "wizyty/lista/",
        "wizyty/ustawienia/strony/",
        "konto/login/",
        "",
        "ui/theme.css",
    ):
        assert browser.get(before + inside).status_code == 404, inside
    other = actions.add_site(by=BY, at=AT, name="Szkoła", origin="https://szkola.example.pl")
    assert frames(enter(browser, other)) == "'self' https://szkola.example.pl"


def test_a_site_taken_off_the_list_is_refused_at_once(browser, office, site):
    data = hold(browser, enter(browser, site, "?usluga=dowod"))["Location"]
    actions.change_site(site, by=BY, at=AT, version=1, name=site.name, origin=site.origin, active=False)
    for address in (data, first(site)):
        refused = browser.get(address)
        assert (refused.status_code, frames(refused)) == (404, "'none'")


def test_nobody_is_led_into_a_thread_that_another_began(browser, office, site):
    data = hold(browser, enter(browser, site, "?usluga=dowod&jezyk=uk"))["Location"]
    browser.post(data, TYPED)
    assert "Anonim" in browser.get(data).content.decode()
    start = f"{first(site)}?usluga=dowod&jezyk=uk"
    for strange in (
        {**AROUND},
        {**WITHIN, "sec-fetch-site": "same-site"},
        {**WITHIN, "sec-fetch-site": "none"},
        {"sec-fetch-site": "", "origin": "https://zly.example"},
        {"sec-fetch-site": "", "referer": "https://zly.example/"},
        {"sec-fetch-site": "", "origin": "null", "referer": "http://testserver/"},
        {"sec-fetch-site": ""},
    ):
        for answer in (browser.get(data, headers=strange), browser.post(data, TYPED, headers=strange)):
            assert (answer.status_code, answer["Location"]) == (302, start), strange
    for own in ({"referer": "http://testserver/wizyty/"}, {"origin": "http://testserver"}):
        assert browser.get(data, headers={"sec-fetch-site": "", **own}).status_code == 200
    fresh = enter(browser, site, "?usluga=dowod")
    assert fresh.wsgi_request.frame.before not in data


def test_a_thread_belongs_to_its_site_and_opens_no_other_session(browser, office, site):
    data = hold(browser, enter(browser, site, "?usluga=dowod"))["Location"]
    thread = data.split("/")[5]
    assert browser.get(data).status_code == 200
    assert not Session.objects.filter(session_key__startswith=thread).exists()
    other = actions.add_site(by=BY, at=AT, name="Szkoła", origin="https://szkola.example.pl")
    stolen = data.replace(f"/{site.pk}/", f"/{other.pk}/", 1)
    assert browser.get(stolen)["Location"].endswith("wizyty/")


def test_looking_keeps_nothing(browser, office, site):
    enter(browser, site)
    enter(browser, site, "?usluga=dowod")
    assert not Session.objects.exists()


def test_a_clerk_is_nobody_in_the_frame(office, site):
    client = Client(headers={"accept-language": "en", **WITHIN})
    client.force_login(make_staff("urzednik@okienko.example", "administrator", by=BY, at=AT))
    kept = client.cookies["okienko_session"].value
    page = client.get(first(site, "?usluga=dowod"))
    assert not page.wsgi_request.user.is_authenticated
    data = hold(client, page)["Location"]
    client.post(data, TYPED)
    client.post(data.replace("dane", "podsumowanie"), {"key": Claim.objects.get(kind="hold").key})
    assert Booking.objects.get().person is None
    assert client.cookies["okienko_session"].value == kept


def test_opened_in_a_tab_of_its_own_it_is_the_whole_page(browser, office, site):
    alone = {"sec-fetch-dest": "document", "sec-fetch-site": "cross-site"}
    opened = browser.get(first(site, "?usluga=dowod&jezyk=pl"), headers=alone)
    assert opened["Location"] == "/wizyty/?usluga=dowod"
    page = enter(browser, site)
    inside = page.wsgi_request.frame.before + "wizyty/?usluga=dowod&dzien=2026-12-01"
    assert browser.get(inside, headers=alone)["Location"] == "/wizyty/?usluga=dowod&dzien=2026-12-01"


def test_what_the_page_around_has_chosen_is_not_asked(browser, office, site):
    other = add_location(by=BY, at=AT, unit=office.unit, name="Filia", address="ul. Zmyślona 2")
    counter = add_counter(office.unit, other, "Okienko w filii")
    office.service.counters.add(counter)
    asked = enter(browser, site, "?usluga=dowod")
    assert asked.templates[0].name == "visits/choose_place.html"
    assert "Choose another matter" not in asked.content.decode()
    free = enter(browser, site, f"?miejsce={other.pk}")
    assert free.templates[0].name == "visits/choose_service.html"
    ((_service, url),) = free.context["matters"]
    times = browser.get(url)
    assert times.context["what"].place == str(other.pk)
    assert "Choose another place" not in times.content.decode()
    assert "Choose another matter" in times.content.decode()
    both = enter(browser, site, f"?usluga=dowod&miejsce={other.pk}")
    assert both.context["what"].place == str(other.pk)
    summary = hold(browser, both)["Location"]
    browser.post(summary, TYPED)
    rows = browser.get(summary.replace("dane", "podsumowanie")).context["rows"]
    assert [row["url"] for row in rows if row["name"] == "Matter"] == [""]


def test_a_place_that_does_not_take_the_matter_does_not_shut_the_way(browser, office, site):
    other = add_location(by=BY, at=AT, unit=office.unit, name="Filia", address="ul. Zmyślona 2")
    third = add_location(by=BY, at=AT, unit=office.unit, name="Inna", address="ul. Zmyślona 3")
    office.service.counters.add(add_counter(office.unit, other, "Okienko w filii"))
    page = enter(browser, site, f"?usluga=dowod&miejsce={third.pk}")
    assert page.templates[0].name == "visits/choose_place.html"
    assert browser.get(page.context["choices"][0]["url"]).templates[0].name == "visits/choose_time.html"


@pytest.mark.parametrize(
    "query", ["?usluga=../../x", "?miejsce=a,b", "?jezyk=de", "?usluga=nie-ma", "?usluga=%E2%80%AE"]
)
def test_presets_that_make_no_sense_do_no_harm(browser, office, site, query):
    page = enter(browser, site, query)
    assert page.status_code in (200, 404)
    assert frames(page) == "'self' https://bip.example.pl"


def test_each_page_says_where_it_is_in_the_other_languages(browser, office, site):
    page = enter(browser, site, "?usluga=dowod")
    there = [one["url"] for one in page.wsgi_request.frame.in_languages(page.wsgi_request)]
    assert [browser.get(url).headers["Content-Language"] for url in there] == ["pl", "en", "uk"]


def test_one_way_out_and_it_says_so(browser, office, site):
    data = hold(browser, enter(browser, site, "?usluga=dowod"))["Location"]
    browser.post(data, TYPED)
    done = browser.post(data.replace("dane", "podsumowanie"), {"key": Claim.objects.get(kind="hold").key})
    own = browser.get(done["Location"])
    assert f'{urlsplit(own.context["address"]).path}" target="_blank"' in own.content.decode()
    assert "opens in a new tab" in own.content.decode()
    file = browser.get(f"{data.removesuffix('dane/')}w/{Booking.objects.get().secret}/wizyta.ics")
    assert b"osadzone" not in file.content


def test_the_line_is_stood_in_without_a_cookie(browser, office, site):
    release = make_release(office.service, by=BY, at=AT)
    hour = (time.now() - timedelta(minutes=1)).astimezone(time.WARSAW).time()
    type(release).objects.update(hour=hour.replace(microsecond=0), at_once=1)
    release.refresh_from_db()
    standing.come(standing.hashed(make_place(release, at=time.now())), at=time.now())
    page = enter(browser, site, "?usluga=dowod")
    line = page.wsgi_request.frame.before + "wizyty/kolejka/dowod/"
    assert f'href="{line}"' in page.content.decode()
    found = re.search('name="token" value="([^"]+)"', browser.get(line).content.decode())
    assert found
    token = found[1]
    taken = browser.post(f"{line}miejsce/", {"token": token, "work": ""})
    assert taken["Location"] == line
    place = browser.get(line)
    assert place.templates[0].name == "rush/place.html"
    assert b"office-header" not in place.content
    look = page.wsgi_request.frame.before + f"wizyty/kolejka-stan/{standing.hashed(token)}/"
    assert look in place.content.decode()
    assert browser.post(look).json()["state"] == "waiting"
    standing.leave(Place.objects.exclude(token_hash=standing.hashed(token)).get().token_hash, at=time.now())
    go = browser.post(f"{line}sprawdz/")
    assert go["Location"].startswith(page.wsgi_request.frame.before + "wizyty/?usluga=dowod")
    assert browser.get(go["Location"]).context["sight"].state == "turn"


@pytest.mark.django_db
def test_an_embedded_visit_names_its_site(browser, office, site):
    data = hold(browser, enter(browser, site, "?usluga=dowod"))["Location"]
    browser.post(data, TYPED)
    browser.post(data.replace("dane", "podsumowanie"), {"key": Claim.objects.get(kind="hold").key})
    for wrong in ({"site": ""}, {"source": "web"}):
        with pytest.raises(IntegrityError, match="embedded_visit_has_a_site"), transaction.atomic():
            Booking.objects.update(**wrong)


def test_the_office_sees_from_where(browser, office, site):
    data = hold(browser, enter(browser, site, "?usluga=dowod"))["Location"]
    browser.post(data, TYPED)
    browser.post(data.replace("dane", "podsumowanie"), {"key": Claim.objects.get(kind="hold").key})
    booking = Booking.objects.get()
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_staff("urzednik@okienko.example", "administrator", by=BY, at=AT))
    assert (
        "page of another site (https://bip.example.pl)"
        in client.get(f"/wizyty/lista/{booking.number}/").content.decode()
    )
    assert booking.spoken_number in client.get("/wizyty/lista/?source=embedded").content.decode()
    assert booking.spoken_number not in client.get("/wizyty/lista/?source=web").content.decode()
    day = queries.by_key(booking.hold_key).start.date()
    figures = client.get(f"/wizyty/statystyki/?first={day}&last={day}")
    assert "page of another site" in figures.content.decode()
