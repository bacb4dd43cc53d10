from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from django.test import Client

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.visits import actions, confirming, holding, queries, rules, working
from okienko.features.visits.actions import Contact
from okienko.features.visits.models import Booking, Service
from okienko.kernel.messages.models import Message
from okienko.kernel.slots.models import Claim

from .conftest import AT, RESIDENT

TYPED = {"name": "Anonim Przykładowy", "email": "", "phone": "+48 600 000 000"}


def book(office, nth=0, at=AT, email="", phone="600000000", **more):
    key = holding.new_key()
    start = queries.free_times(office.service, office.counters, now=at)[nth].start
    holding.hold(office.service, start, counters=office.counters, key=key, at=at)
    return actions.book(
        key,
        by=RESIDENT,
        at=at,
        service=office.service,
        start=start,
        contact=Contact("A", email, phone),
        **more,
    )


def asks_for(office, how, over="email"):
    Service.objects.update(confirm_by=how, confirm_over=over, confirm_minutes=60)
    office.service.refresh_from_db()


def refused(code):
    return pytest.raises(Refused, check=lambda error: error.code == code)


@pytest.mark.req("BOOK-17", "BOOK-14")
@pytest.mark.parametrize(
    ("over", "email", "phone", "channel", "address"),
    [
        ("email", "a@example.org", "600000000", "email", "a@example.org"),
        ("email", "", "600000000", "sms", "48600000000"),
        ("sms", "a@example.org", "600000000", "sms", "48600000000"),
        ("sms", "a@example.org", "", "email", "a@example.org"),
    ],
)
def test_the_pin_goes_where_the_service_says_and_the_resident_can_be_reached(
    office, over, email, phone, channel, address
):
    asks_for(office, "pin", over)
    booking = book(office, email=email, phone=phone)
    sent = Message.objects.get()
    assert (sent.channel, sent.address) == (channel, address)
    assert confirming.code_of(booking) in sent.text.replace(" ", "")


@pytest.mark.req("BOOK-17")
def test_who_gave_only_a_phone_is_told_of_everything_by_sms(office):
    booking = book(office)
    actions.give_back(booking, by=RESIDENT, at=AT)
    assert set(Message.objects.values_list("notice", "channel")) == {
        ("visit.confirmed", "sms"),
        ("visit.cancelled", "sms"),
    }


@pytest.mark.req("BOOK-17")
def test_the_right_pin_confirms_and_after_some_wrong_ones_nothing_does(office):
    asks_for(office, "pin")
    first, second = book(office), book(office, nth=2)
    right = confirming.code_of(first)
    assert len(right) == 6
    assert not actions.try_to_confirm(first, "000000" if right != "000000" else "1", by=RESIDENT, at=AT)
    assert actions.try_to_confirm(first, f"{right[:3]} {right[3:]}", by=RESIDENT, at=AT)
    assert Booking.objects.get(pk=first.pk).claim.kind == Claim.Kind.TAKEN
    for _ in range(rules.MOST_WRONG_CODES):
        assert not actions.try_to_confirm(second, "x", by=RESIDENT, at=AT)
    with refused("too-many-tries"):
        actions.try_to_confirm(second, confirming.code_of(second), by=RESIDENT, at=AT)
    with refused("confirm-over"):
        actions.try_to_confirm(second, confirming.code_of(second), by=RESIDENT, at=AT + timedelta(minutes=60))


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


def fill_in(client, office, **more):
    start = queries.free_times(office.service, office.counters, now=time.now())[3].start
    given = {"usluga": office.service.code, "miejsce": str(office.place.pk), "start": start.isoformat()}
    client.post("/wizyty/zatrzymaj/", {**given, "key": holding.new_key()})
    return client.post("/wizyty/dane/", {**TYPED, **more})


@pytest.mark.req("BOOK-17")
def test_a_pin_is_typed_on_the_page_that_follows(client, office):
    asks_for(office, "pin")
    fill_in(client, office)
    page = client.post("/wizyty/podsumowanie/", follow=True)
    booking = Booking.objects.get()
    address = f"/wizyty/w/{booking.secret}/potwierdz/"
    assert page.redirect_chain[-1][0] == address
    assert "600000000" in page.content.decode()
    wrong = client.post(address, {"code": "12"})
    assert wrong.context["form"].errors["code"]
    assert client.post(address, {"code": confirming.code_of(booking)}).status_code == 302
    booking.refresh_from_db()
    assert (booking.state, booking.phone) == ("confirmed", "600000000")


@pytest.mark.req("BOOK-15")
def test_what_people_do_not_see_must_stay_empty(client, office):
    answer = fill_in(client, office, homepage="https://spam.example/")
    assert answer.context["form"].errors.keys() == {"homepage"}
    assert fill_in(client, office).status_code == 302


def solved(task, bits):
    return next(
        str(number)
        for number in range(1_000_000)
        if int.from_bytes(sha256(f"{task}:{number}".encode()).digest()) >> (256 - bits) == 0
    )


@pytest.mark.req("BOOK-15")
def test_work_done_books_at_once_and_without_it_a_message_confirms(client, office, settings):
    settings.VISITS_WORK_BITS = 8
    fill_in(client, office)
    page = client.get("/wizyty/podsumowanie/")
    task = page.context["task"]
    assert f'data-task="{task}" data-bits="8"' in page.content.decode()
    client.post("/wizyty/podsumowanie/", {"work": solved(task, 8)})
    assert Booking.objects.get().state == "confirmed"
    fill_in(client, office, email="b@example.org", phone="")
    for wrong in (solved(task, 8), "-1", "x", "9" * 99):
        claim = Claim.objects.get(kind="hold")
        assert not working.is_done(claim, wrong) or wrong == solved(working.task(claim), 8)
    client.post("/wizyty/podsumowanie/", {})
    booking = Booking.objects.latest("pk")
    assert (booking.state, booking.confirm_by) == ("unconfirmed", "link")
    assert confirming.code_of(booking) in Message.objects.get(notice="visit.to-confirm").text


@pytest.mark.req("BOOK-15")
def test_work_is_bound_to_the_hold_and_to_its_end(office):
    key = holding.new_key()
    start = queries.free_times(office.service, office.counters, now=AT)[0].start
    holding.hold(office.service, start, counters=office.counters, key=key, at=AT)
    claim = queries.held(key, now=AT)
    before = working.task(claim)
    claim.expires_at += timedelta(minutes=1)
    assert working.task(claim) != before


@pytest.mark.req("BOOK-15")
def test_one_network_books_so_many_in_an_hour_and_fewer_without_work(office):
    for number in range(rules.MOST_WITHOUT_WORK):
        book(office, phone=f"60000000{number}", network="n", worked=False)
    with refused("too-many-from-network"):
        book(office, phone="700000000", network="n", worked=False)
    book(office, phone="700000000", network="n")
    book(office, phone="700000001", network="other", worked=False)
    later = AT + rules.NETWORK_SPAN
    book(office, phone="700000002", network="n", worked=False, at=later)


@pytest.mark.req("BOOK-15")
def test_a_phone_has_its_own_limit_with_its_own_words(office):
    for _ in range(office.service.most_per_person):
        book(office)
    with refused("too-many-on-phone"):
        book(office, email="a@example.org")
