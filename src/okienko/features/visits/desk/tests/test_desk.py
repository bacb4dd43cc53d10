from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.decisions import Missing, Refused
from okienko.base.time import WARSAW, now
from okienko.features.visits import holding
from okienko.features.visits.desk import actions, queries, rules
from okienko.features.visits.desk.models import Ticket, WaitingRoom
from okienko.features.visits.factories import make_booking, make_service
from okienko.features.visits.models import Booking
from okienko.features.visits.tests.conftest import AT, RESIDENT, Office, no_work, office
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of, verify
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots.models import Resource

__all__ = ["no_work", "office"]

pytestmark = pytest.mark.req("BOOK-37")

BY = Actor.system("tests")
KIOSK = Actor.resident("kiosk")
MINUTE = timedelta(minutes=1)
DO = re.compile('name="do" value="([^"]+)"')


@pytest.mark.parametrize(
    ("came", "booked_for", "turn"),
    [
        ("9:50", "10:00", "10:00"),
        ("10:10", "10:00", "10:00"),
        ("10:11", "10:00", "10:26"),
        ("9:50", None, "10:05"),
    ],
)
def test_whose_turn_it_is(came: str, booked_for: str | None, turn: str) -> None:
    def at(text: str) -> datetime:
        return datetime.strptime(f"2026-11-23 {text}", "%Y-%m-%d %H:%M").replace(tzinfo=WARSAW)

    start = at(booked_for) if booked_for else None
    assert rules.turn(at(came), start, walk_in_minutes=15, late_minutes=10) == at(turn)


@given(st.integers(0, 240), st.integers(0, 240), st.integers(-120, 120))
def test_who_booked_never_waits_longer_than_who_did_not(walk_in: int, late: int, early: int) -> None:
    came = datetime(2026, 11, 23, 9, tzinfo=WARSAW)
    booked = rules.turn(came, came + early * MINUTE, walk_in_minutes=walk_in, late_minutes=late)
    without = rules.turn(came, None, walk_in_minutes=walk_in, late_minutes=late)
    assert booked <= max(without, came + early * MINUTE)


@pytest.fixture
def room(office: Office) -> WaitingRoom:
    return actions.open_room(office.place, by=BY, at=AT, walk_in_minutes=15, late_minutes=10)


def booked(office: Office, nth: int = 0, **changed: Any) -> Booking:
    made = make_booking(office.service, by=RESIDENT, at=AT, nth=nth, email=f"nr{nth}@example.org")
    Booking.objects.filter(pk=made.pk).update(**changed)
    made.refresh_from_db()
    return made


def clerk(office: Office) -> Person:
    return make_staff("anna@okienko.example", "clerk", by=BY, at=AT - timedelta(days=1), unit=office.unit)


def test_booked_and_not_booked_are_called_in_one_turn(office: Office, room: WaitingRoom) -> None:
    visit = booked(office, 2)
    walk_in = actions.take_number(room, office.service, by=KIOSK, at=visit.start - 20 * MINUTE)
    came = actions.check_in(room, visit, by=KIOSK, at=visit.start - 10 * MINUTE)
    later = actions.take_number(room, office.service, by=KIOSK, at=visit.start - 10 * MINUTE)
    assert [walk_in.number, came.number, later.number] == [1, 2, 3]
    assert [queries.ahead_of(one) for one in (walk_in, came, later)] == [0, 1, 2]
    first, second = office.counters
    at = visit.start
    assert actions.call_next(first, by=BY, at=at) == walk_in
    assert actions.call_next(second, by=BY, at=at) == came
    # Whoever was at the counter is served when the next one is called.
    assert actions.call_next(first, by=BY, at=at + MINUTE) == later
    walk_in.refresh_from_db()
    assert (walk_in.state, walk_in.ended_at) == (Ticket.State.DONE, at + MINUTE)
    with pytest.raises(Refused):
        actions.call_next(second, by=BY, at=at)
    assert actions.call_again(first, by=BY, at=at + 2 * MINUTE).calls == 2
    assert actions.mark_gone(first, by=BY, at=at + 3 * MINUTE).state == Ticket.State.GONE
    assert queries.served_today(first, at) == {"done": 1, "gone": 1}
    assert list(verify()) == []


def test_a_counter_calls_only_for_what_it_handles(office: Office, room: WaitingRoom) -> None:
    other = make_service([office.counters[1]], by=BY, at=AT, code="slub", title="Ślub")
    actions.take_number(room, other, by=KIOSK, at=AT)
    with pytest.raises(Refused) as refused:
        actions.call_next(office.counters[0], by=BY, at=AT)
    assert refused.value.code == "nobody-waits"
    assert actions.call_next(office.counters[1], by=BY, at=AT).service == other


def test_coming_twice_is_one_coming(office: Office, room: WaitingRoom) -> None:
    visit = booked(office)
    first = actions.check_in(room, visit, by=KIOSK, at=visit.start)
    assert actions.check_in(room, visit, by=KIOSK, at=visit.start) == first
    assert Ticket.objects.count() == 1


def test_who_missed_the_call_and_comes_after_all_waits_again(office: Office, room: WaitingRoom) -> None:
    visit, counter = booked(office), office.counters[0]
    first = actions.check_in(room, visit, by=KIOSK, at=visit.start)
    actions.call_next(counter, by=BY, at=visit.start)
    actions.mark_gone(counter, by=BY, at=visit.start + 2 * MINUTE)
    back = actions.check_in(room, visit, by=KIOSK, at=visit.start + 5 * MINUTE)
    assert (back.number, back.state, back.turn_at) == (first.number, "waiting", visit.start + 20 * MINUTE)
    assert actions.call_next(counter, by=BY, at=visit.start + 20 * MINUTE) == first
    assert actions.finish(counter, by=BY, at=visit.start + 30 * MINUTE).state == Ticket.State.DONE
    kinds = [entry.kind for entry in entries_of(visit)]
    assert [kind for kind in kinds if kind.startswith("desk.")] == [
        "desk.came",
        "desk.gone",
        "desk.came_back",
        "desk.done",
    ]
    assert actions.check_in(room, visit, by=KIOSK, at=visit.start + 40 * MINUTE).state == Ticket.State.DONE


def test_who_came_without_booking_and_missed_the_call_waits_again_under_the_same_number(
    client: Client, office: Office, room: WaitingRoom
) -> None:
    counter, at = office.counters[0], now()
    missed = actions.take_number(room, office.service, by=KIOSK, at=at)
    actions.call_next(counter, by=BY, at=at)
    actions.mark_gone(counter, by=BY, at=at)
    client.force_login(clerk(office))
    # The other counter handles the same matter: whoever stands there is known by their number.
    desk = f"/wizyty/stanowiska/{office.counters[1].pk}/"
    assert f'value="back:{missed.pk}"' in client.get(desk).content.decode()
    client.post(desk, {"do": f"back:{missed.pk}"})
    back = Ticket.objects.get()
    assert (back.number, back.state, back.calls, back.resource) == (missed.number, "waiting", 0, None)
    assert back.turn_at == back.came_at + 15 * MINUTE
    assert back.came_at >= at
    page = client.get(desk).content.decode()
    assert "back:" not in page
    assert f'value="call:{back.pk}"' in page
    assert [entry.kind for entry in entries_of(back)].count("desk.came_back") == 1
    client.post(desk, {"do": f"back:{missed.pk}"})
    assert [entry.kind for entry in entries_of(back)].count("desk.came_back") == 1
    assert actions.call(back.pk, office.counters[1], by=BY, at=at + MINUTE).state == Ticket.State.CALLED
    assert list(verify()) == []


def test_who_missed_the_call_is_let_back_only_by_a_counter_that_handles_their_matter_and_on_the_same_day(
    office: Office, room: WaitingRoom
) -> None:
    other = make_service([office.counters[1]], by=BY, at=AT, code="slub", title="Ślub")
    missed = actions.take_number(room, other, by=KIOSK, at=AT)
    actions.call_next(office.counters[1], by=BY, at=AT)
    actions.mark_gone(office.counters[1], by=BY, at=AT)
    for counter, at in ((office.counters[0], AT), (office.counters[1], AT + timedelta(days=1))):
        with pytest.raises(Refused):
            actions.come_back(missed.pk, counter, by=BY, at=at)
    stranger = make_staff("operator@okienko.example", "operator", by=BY, at=AT - timedelta(days=1))
    with pytest.raises(Missing):
        actions.come_back(missed.pk, office.counters[1], by=Actor(stranger.pk, stranger.name), at=AT)
    assert actions.come_back(missed.pk, office.counters[1], by=BY, at=AT).state == Ticket.State.WAITING


def test_who_was_left_at_the_counter_in_the_evening_is_not_there_in_the_morning(
    office: Office, room: WaitingRoom
) -> None:
    counter, morning = office.counters[0], AT + timedelta(days=1)
    left = actions.take_number(room, office.service, by=KIOSK, at=AT)
    actions.call_next(counter, by=BY, at=AT)
    assert queries.present_at(counter, AT) == left
    assert queries.present_at(counter, morning) is None
    assert list(queries.shown_calls(room, morning)) == []
    new = actions.take_number(room, office.service, by=KIOSK, at=morning)
    assert actions.call_next(counter, by=BY, at=morning) == new
    left.refresh_from_db()
    assert left.state == Ticket.State.DONE


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"state": "cancelled", "cancelled_at": AT, "claim": None}, "not-confirmed"),
        ({"start": AT + timedelta(days=1), "end": AT + timedelta(days=1, hours=1)}, "other-day"),
    ],
)
def test_who_has_no_visit_now_is_told(
    office: Office, room: WaitingRoom, changed: dict[str, Any], code: str
) -> None:
    visit = booked(office, **changed)
    with pytest.raises(Refused) as refused:
        actions.check_in(room, visit, by=KIOSK, at=AT)
    assert refused.value.code == code
    with pytest.raises(Refused):
        actions.check_in(room, None, by=KIOSK, at=AT)


def test_numbers_begin_anew_each_day(office: Office, room: WaitingRoom) -> None:
    numbers = [
        actions.take_number(room, office.service, by=KIOSK, at=AT + timedelta(days=day)).number
        for day in (0, 0, 1)
    ]
    assert numbers == [1, 2, 1]
    with pytest.raises(Refused):
        actions.call_next(office.counters[0], by=BY, at=AT + timedelta(days=2))


@pytest.mark.django_db(transaction=True)
def test_two_counters_never_call_the_same(office: Office, room: WaitingRoom) -> None:
    for _ in range(8):
        actions.take_number(room, office.service, by=KIOSK, at=AT)

    def call(counter: Resource) -> list[int]:
        try:
            return [actions.call_next(counter, by=BY, at=AT).number for _ in range(4)]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        called = [number for numbers in pool.map(call, office.counters) for number in numbers]
    assert sorted(called) == list(range(1, 9))


@pytest.mark.django_db(transaction=True)
def test_numbers_taken_at_once_are_different(office: Office, room: WaitingRoom) -> None:
    def take(_: int) -> int:
        try:
            return actions.take_number(room, office.service, by=KIOSK, at=AT).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(12))) == list(range(1, 13))


def test_the_same_page_of_the_kiosk_sent_twice_gives_one_number(
    client: Client, office: Office, room: WaitingRoom
) -> None:
    kiosk = f"/wizyty/kiosk/{room.key}/"
    page = client.get(kiosk)
    assert "no-store" in page["Cache-Control"]
    given = {"service": office.service.code, "key": page.context["number_key"]}
    assert f'name="key" value="{given["key"]}"' in page.content.decode()
    both = [client.post(f"{kiosk}numer/", given)["Location"] for _ in range(2)]
    assert both == [f"{kiosk}numer/1/"] * 2
    assert Ticket.objects.count() == 1
    # The next visitor has a page of their own; a key that is none gives a number all the same.
    for key in (client.get(kiosk).context["number_key"], "", "x"):
        client.post(f"{kiosk}numer/", {**given, "key": key})
    assert list(Ticket.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_give_one_number(office: Office, room: WaitingRoom) -> None:
    key = holding.new_key()

    def tap(_: int) -> int:
        try:
            return actions.take_number(room, office.service, by=KIOSK, at=AT, key=key).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(tap, range(8))) == {1}
    again = Ticket.objects.get()
    again.pk, again.number = None, 2
    with pytest.raises(IntegrityError, match="number_once_for_a_key"), transaction.atomic():
        again.save()


def test_the_kiosk_the_display_and_the_counter(client: Client, office: Office, room: WaitingRoom) -> None:
    english = {"accept-language": "en"}
    visit = booked(office, start=now() + 5 * MINUTE, end=now() + 35 * MINUTE)
    kiosk, display = f"/wizyty/kiosk/{room.key}/", f"/wizyty/ekran/{room.key}/"
    assert client.get("/wizyty/kiosk/nothing/").status_code == 404
    door = client.get(kiosk).content.decode()
    assert 'name="code"' in door
    assert f'name="service" value="{office.service.code}">{office.service.title}</button>' in door
    shown = client.post(kiosk, {"code": "1"}, headers=english).content.decode()
    assert "There is no visit with this number here today." in shown
    came = client.post(kiosk, {"code": f"https://okienko.example/wizyty/w/{visit.secret}/"})
    assert came["Location"] == f"{kiosk}numer/1/"
    assert client.post(kiosk, {"code": visit.spoken_number})["Location"] == f"{kiosk}numer/1/"
    assert "You are next." in client.get(came["Location"], headers=english).content.decode()
    assert client.get(f"{kiosk}numer/").status_code == 405
    taken = client.post(f"{kiosk}numer/", {"service": office.service.code})
    assert "1 person is before you" in client.get(taken["Location"], headers=english).content.decode()
    assert client.post(f"{kiosk}numer/", {"service": "nothing"}).status_code == 404
    assert "Nobody is being called now." in client.get(display, headers=english).content.decode()

    anna = clerk(office)
    client.force_login(anna)
    desk = f"/wizyty/stanowiska/{office.counters[0].pk}/"
    page = client.get(desk).content.decode()
    assert visit.name in page
    assert DO.findall(page) == ["next", *(f"call:{one.pk}" for one in Ticket.objects.order_by("turn_at"))]
    client.post(desk, {"do": "next"})
    assert Ticket.objects.get(number=1).state == "called"
    assert DO.findall(client.get(desk).content.decode())[:4] == ["next", "again", "done", "gone"]
    shown = client.get(display, headers=english).content.decode()
    assert "Number 1, Okienko 1" in shown
    assert "<strong>1</strong> <span>Okienko 1</span>" in shown
    assert visit.name not in shown
    client.post(desk, {"do": f"call:{Ticket.objects.get(number=2).pk}"})
    assert [one.state for one in Ticket.objects.order_by("number")] == ["done", "called"]
    client.post(desk, {"do": "gone"})
    assert Ticket.objects.get(number=2).state == "gone"
    assert client.post(desk, {"do": "dance"}).status_code == 404


def test_the_clerk_says_that_somebody_has_come(client: Client, office: Office, room: WaitingRoom) -> None:
    visit = booked(office, resource=office.counters[0], start=now() + MINUTE, end=now() + 9 * MINUTE)
    client.force_login(clerk(office))
    desk = f"/wizyty/stanowiska/{office.counters[0].pk}/"
    for nobody in ("", "1", "/w/\x00"):
        page = client.post(desk, {"do": f"came:{nobody}"}, headers={"accept-language": "en"}, follow=True)
        assert "There is no visit with this number here today." in page.content.decode()
    client.post(desk, {"do": f"came:{visit.number}"})
    assert Ticket.objects.get().booking == visit


@pytest.mark.req("CORE-03")
def test_who_may_not_receive_finds_no_counter(client: Client, office: Office, room: WaitingRoom) -> None:
    stranger = make_staff("operator@okienko.example", "operator", by=BY, at=AT - timedelta(days=1))
    client.force_login(stranger)
    assert client.get(f"/wizyty/stanowiska/{office.counters[0].pk}/").status_code == 404
    actions.take_number(room, office.service, by=KIOSK, at=AT)
    with pytest.raises(Missing):
        actions.call_next(office.counters[0], by=Actor(stranger.pk, stranger.name), at=AT)
    assert Ticket.objects.get().state == "waiting"


def test_a_waiting_room_is_set_up_on_the_page(client: Client, office: Office) -> None:
    boss = make_staff(
        "szef@okienko.example", "unit-administrator", by=BY, at=AT - timedelta(days=1), unit=office.unit
    )
    client.force_login(boss)
    address = f"/wizyty/poczekalnie/{office.place.pk}/"
    given = {"walk_in_minutes": "20", "late_minutes": "5", "version": "1"}
    assert client.post(address, given).status_code == 302
    assert client.post(address, {**given, "walk_in_minutes": "999"}).status_code == 200
    made = WaitingRoom.objects.get()
    assert (made.walk_in_minutes, made.late_minutes) == (20, 5)
    assert made.key in client.get("/wizyty/poczekalnie/").content.decode()
    client.post(address, {**given, "walk_in_minutes": "30"})
    stale = client.post(address, {**given, "walk_in_minutes": "10"})
    made.refresh_from_db()
    assert (stale.status_code, made.walk_in_minutes) == (200, 30)
