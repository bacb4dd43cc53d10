from __future__ import annotations

import json
import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from okienko.base import time
from okienko.base.time import WARSAW
from okienko.features.visits import holding, queries
from okienko.features.visits.models import Service
from okienko.features.visits.rush import hours, kept, rules, standing
from okienko.features.visits.rush.factories import demo_line, make_place
from okienko.features.visits.rush.models import Line, Place, Release
from okienko.features.visits.tests.conftest import AT, BY, Office
from okienko.kernel.history.models import Entry
from okienko.kernel.people.actions import create_token
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots.models import Claim

pytestmark = [pytest.mark.req("BOOK-24"), pytest.mark.django_db]

LINE = "/wizyty/kolejka/dowod/"
CHOOSE = "/wizyty/?usluga=dowod"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Browser(Client):
    """Asks seldom: what a process keeps for a second is over before its next request."""

    def request(self, **request: Any) -> Any:
        kept.forget()
        return super().request(**request)


def opens(minutes: int) -> None:
    """New times open so many minutes from now, or opened so many minutes ago."""
    hour = (time.now() + minutes * MINUTE).astimezone(WARSAW).time()
    Release.objects.update(hour=hour.replace(microsecond=0))


def browser() -> Client:
    return Browser(headers={"accept-language": "en"})


def token_in(page: Any) -> str:
    return _in(page, r'name="token" value="([^"]+)"')


def task_in(page: Any) -> str:
    return _in(page, r'data-task="([^"]+)"')


def state_in(page: Any) -> str:
    return _in(page, r'data-state="([^"]+)"')


def _in(page: Any, pattern: str) -> str:
    found = re.search(pattern, page.content.decode())
    assert found is not None
    return found[1]


def take(client: Client, work: str = "") -> Any:
    return client.post(f"{LINE}miejsce/", {"token": token_in(client.get(LINE)), "work": work})


def ask(page: Any, language: str = "en") -> Any:
    """As the script does: without cookies."""
    return Browser(headers={"accept-language": language}).post(_in(page, r'data-line="([^"]+)"'))


def crowd(office: Office, count: int = 5) -> list[str]:
    release = Release.objects.get()
    return [make_place(release, at=time.now()) for _ in range(count)]


def newest(office: Office) -> str:
    service = queries.offered("dowod")
    assert service is not None
    last = hours.horizon(service, time.now())[1]
    free = queries.free_times(service, office.counters, now=time.now())
    return next(one.start for one in free if one.start.date() == last).isoformat()


def hold(client: Client, office: Office, start: str) -> Any:
    given = {"usluga": "dowod", "miejsce": str(office.place.pk), "start": start, "key": holding.new_key()}
    return client.post("/wizyty/zatrzymaj/", given)


def test_in_the_waiting_room_a_reload_and_a_second_tab_keep_the_place(
    office: Office, release: Release
) -> None:
    opens(10)
    client = browser()
    assert "The waiting room is open" in client.get(LINE).content.decode()
    second_tab = token_in(client.get(LINE))
    assert take(client)["Location"] == LINE
    assert client.cookies[f"okienko_line_{release.pk}"]["httponly"]
    client.post(f"{LINE}miejsce/", {"token": second_tab})
    for _ in range(3):
        page = client.get(LINE)
        assert state_in(page) == "early"
    assert Place.objects.count() == 1
    assert "You are in the waiting room" in page.content.decode()
    assert ask(page).json()["state"] == "early"


def test_the_same_form_sent_twice_is_one_place(office: Office, release: Release) -> None:
    opens(10)
    token = token_in(browser().get(LINE))
    for _ in range(2):
        browser().post(f"{LINE}miejsce/", {"token": token})
    assert Place.objects.count() == 1


def test_a_place_can_be_taken_without_leaving_the_page(office: Office, release: Release) -> None:
    opens(-1)
    crowd(office)
    client = browser()
    given = {"token": token_in(client.get(LINE))}
    told = client.post(f"{LINE}miejsce/", given, headers={"accept": "application/json"}).json()
    assert (told["state"], told["number"]) == ("waiting", 6)
    assert Client().post(told["look"]).json()["number"] == 6
    assert "You have number 6" in client.get(LINE).content.decode()


def test_before_the_waiting_room_opens_the_page_says_when(office: Office, release: Release) -> None:
    opens(120)
    page = browser().get(LINE).content.decode()
    assert "There is no line now" in page
    assert "30 minutes before" in page
    assert browser().post(f"{LINE}miejsce/", {"token": holding.new_key()})["Location"] == LINE
    assert not Place.objects.exists()


def test_a_get_moves_nothing_and_asking_does(office: Office, release: Release) -> None:
    opens(-1)
    crowd(office)
    client = browser()
    take(client)
    before = list(Line.objects.values()) + list(Place.objects.order_by("pk").values())
    page = client.get(LINE)
    client.get(CHOOSE)
    assert list(Line.objects.values()) + list(Place.objects.order_by("pk").values()) == before
    Place.objects.exclude(number=6).update(end="left", ended_at=time.now())
    Line.objects.update(looked_at=None)
    assert ask(page).json()["go"] == f"{CHOOSE}&dzien={Line.objects.get().first_day}"
    assert state_in(client.get(LINE)) == "turn"


@pytest.mark.parametrize(
    ("language", "words", "wait"),
    [
        ("pl", "Przed tobą", "1 godzina 30 minut."),
        ("en", "before you", "1 hour 30 minutes."),
        ("uk", "Перед вами", "1 година 30 хвилин."),
    ],
)
def test_the_place_and_the_wait_are_told_in_the_language_of_the_page(
    office: Office, release: Release, monkeypatch: pytest.MonkeyPatch, language: str, words: str, wait: str
) -> None:
    monkeypatch.setattr(rules, "expected_wait", lambda *_line, **_pace: 90 * MINUTE)
    opens(-1)
    crowd(office, 9)
    client = browser()
    take(client)
    client.cookies["okienko_language"] = language
    page = client.get(LINE)
    told = ask(page, language).json()
    assert (told["state"], told["number"], told.get("go", "")) == ("waiting", 10, "")
    assert told["words"] in page.content.decode()
    assert words in told["words"]
    assert told["words"].endswith(wait)
    assert told["after"] > 0


def test_without_a_turn_the_pages_show_and_give_only_earlier_days(office: Office, release: Release) -> None:
    opens(-1)
    crowd(office)
    client, start = browser(), newest(office)
    page = client.get(CHOOSE)
    assert "Go to the line" in page.content.decode()
    assert start not in client.get(f"{CHOOSE}&dzien={start[:10]}").content.decode()
    assert hold(client, office, start)["Location"] == LINE
    assert hold(client, office, page.context["nearest"][0].start.isoformat())["Location"] == "/wizyty/dane/"
    assert Claim.objects.count() == 1


def test_in_turn_one_chooses_holds_and_books(office: Office, release: Release) -> None:
    opens(-1)
    Release.objects.update(at_once=2)
    client, start = browser(), newest(office)
    crowd(office, 2)
    for token in Place.objects.values_list("token_hash", flat=True):
        standing.come(token, at=time.now())
    take(client)
    assert client.post(f"{LINE}sprawdz/")["Location"] == LINE
    Place.objects.filter(number=1).update(end="left", ended_at=time.now())
    led = client.post(f"{LINE}sprawdz/")["Location"]
    assert led == f"{CHOOSE}&dzien={start[:10]}"
    page = client.get(led).content.decode()
    assert "It is your turn" in page
    assert start in page
    assert hold(client, office, start)["Location"] == "/wizyty/dane/"
    client.post("/wizyty/dane/", {"name": "Anonim", "email": "anonim@example.org", "phone": ""})
    client.post("/wizyty/podsumowanie/", {"key": Claim.objects.get().key})
    assert Place.objects.get(number=3).end == "booked"
    assert "One place is for one visit" in client.get(LINE).content.decode()


def test_who_comes_when_there_is_no_rush_sees_no_line(office: Office, release: Release) -> None:
    opens(-1)
    client, start = browser(), newest(office)
    page = client.get(f"{CHOOSE}&dzien={start[:10]}").content.decode()
    assert start in page
    assert "kolejka" not in page
    assert hold(client, office, start)["Location"] == "/wizyty/dane/"


def test_when_all_is_gone_everyone_is_told_at_once(office: Office, release: Release) -> None:
    opens(-1)
    crowd(office)
    client = browser()
    take(client)
    service, now = Service.objects.get(), time.now()
    last = hours.horizon(service, now)[1]
    for one in queries.free_times(service, office.counters, now=now):
        if one.start.astimezone(WARSAW).date() == last:
            for _ in range(one.places):
                holding.hold(
                    service, one.start, counters=office.counters, key=holding.new_key(), at=now, turn=None
                )
    Line.objects.update(looked_at=None)
    assert ask(client.get(LINE)).json()["gone"] is True
    page = client.get(LINE).content.decode()
    assert "All new times are taken now" in page
    assert "/wizyty/wczesniej/?usluga=dowod" in page


def test_where_nothing_is_free_the_page_says_when_new_times_open(office: Office, release: Release) -> None:
    office.service.counters.clear()
    opens(120)
    page = browser().get(CHOOSE).content.decode()
    assert "New times open on" in page
    assert f"at {Release.objects.get().hour:%H:%M}" in page


def test_who_leaves_may_come_again_at_the_end(office: Office, release: Release) -> None:
    opens(-1)
    crowd(office)
    client = browser()
    take(client)
    client.post(f"{LINE}rezygnuje/")
    assert Place.objects.get(number=6).end == "left"
    take(client)
    assert "You have number 7" in client.get(LINE).content.decode()


def test_without_work_few_places_are_given_to_one_network(
    office: Office, release: Release, settings: Any
) -> None:
    settings.VISITS_WORK_BITS = 8
    opens(10)
    for _ in range(5):
        assert take(browser()).status_code == 302
    refused = take(browser())
    assert refused.status_code == 429
    assert "Too many places from your network" in refused.content.decode()
    client = browser()
    task = task_in(client.get(LINE))
    other = next(str(n) for n in range(10**6) if sha256(f"{task}:{n}".encode()).digest()[0] == 0)
    assert take(client, other).status_code == 429  # the work was for another token
    page = client.get(LINE)
    work = next(str(n) for n in range(10**6) if sha256(f"{task_in(page)}:{n}".encode()).digest()[0] == 0)
    given = {"token": token_in(page), "work": work}
    assert client.post(f"{LINE}miejsce/", given).status_code == 302
    assert Place.objects.count() == 6


def test_programs_are_bound_as_pages_are(office: Office, release: Release) -> None:
    opens(-1)
    tokens, start = crowd(office), newest(office)

    def ask_to_hold(turn: str = "", secret: str = "") -> Any:
        body = json.dumps({"service": "dowod", "start": start, "turn": turn})
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        return browser().post("/api/v1/visits/holds", body, "application/json", headers=headers)

    assert ask_to_hold().json()["code"] == "in-line"
    assert ask_to_hold(holding.new_key()).json()["code"] == "in-line"
    standing.come(standing.hashed(tokens[0]), at=time.now())
    assert ask_to_hold(tokens[0]).status_code == 201
    assert ask_to_hold(tokens[0]).json()["code"] == "turn-used"
    clerk = make_staff("program@okienko.example", "administrator", by=BY, at=AT)
    _token, secret = create_token(clerk, by=BY, at=AT, name="test", scopes=["visits.book"])
    assert ask_to_hold(secret=secret).status_code == 201
    opens(10)
    late = browser().get("/api/v1/visits/slots?service=dowod").json()
    assert start[:10] not in {one["start"][:10] for one in late}


def test_there_is_no_line_where_no_hour_is_set(office: Office) -> None:
    assert browser().get(LINE).status_code == 404
    assert browser().post("/wizyty/kolejka-stan/x/").status_code == 404


def test_the_office_sets_the_hour_and_reads_the_record(office: Office) -> None:
    boss = make_staff("szef@okienko.example", "administrator", by=BY, at=AT)
    client = browser()
    client.force_login(boss)
    page = "/wizyty/ustawienia/uslugi/usluga/dowod/nowe-terminy/"
    given = {
        "active": "on", "hour": "8:00", "weekdays": ["1", "4"], "early_minutes": "20", "at_once": "30",
        "choose_minutes": "6", "most_per_network": "40", "version": "1",
    }  # fmt: skip
    assert client.get(page).status_code == 200
    assert client.post(page, {**given, "weekdays": []}).status_code == 200
    assert client.post(page, given).status_code == 302
    release = Release.objects.get()
    assert (release.weekdays, release.at_once, release.active) == ([1, 4], 30, True)
    assert client.post(page, given).status_code == 302
    assert client.post(page, given).status_code == 200  # changed meanwhile
    assert Entry.objects.filter(kind="rush.release_set").count() == 2
    Release.objects.all().delete()
    demo_line(office.service, by=BY, at=time.now())
    line = Line.objects.get()
    assert f"/wizyty/kolejki/{line.pk}/" in client.get("/wizyty/kolejki/").content.decode()
    assert "The order was as promised" in client.get(f"/wizyty/kolejki/{line.pk}/").content.decode()
    Place.objects.filter(number=1).update(called_at=time.now())
    assert "called before a lower number" in client.get(f"/wizyty/kolejki/{line.pk}/").content.decode()


def test_the_record_is_shown_within_reach_only(office: Office, release: Release) -> None:
    opens(10)
    make_place(Release.objects.get(), at=time.now())
    line = Line.objects.get()
    clerk = Person.objects.get(
        pk=make_staff("obcy@okienko.example", "clerk", by=BY, at=AT, unit=_elsewhere()).pk
    )
    client = browser()
    client.force_login(clerk)
    assert not client.get("/wizyty/kolejki/").context["rows"]
    assert client.get(f"/wizyty/kolejki/{line.pk}/").status_code == 404
    assert client.get("/wizyty/ustawienia/uslugi/usluga/dowod/nowe-terminy/").status_code == 404


def _elsewhere() -> Any:
    from okienko.kernel.units.actions import add_unit

    return add_unit(by=BY, at=AT, symbol="FI", name="Filia", address="ul. Zmyślona 2")
