from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.base.time import WARSAW
from okienko.features.visits import actions, holding, jobs, queries, rules
from okienko.features.visits.actions import Contact
from okienko.features.visits.factories import make_booking, make_service
from okienko.features.visits.models import Booking, Service, Waiting
from okienko.features.visits.retention import WAITING_RULE
from okienko.kernel.messages.models import Message
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots.models import Claim
from okienko.kernel.units.actions import add_location, add_unit

from .conftest import AT, BY, RESIDENT, WEEK, add_counter

PLACES = 8


@pytest.fixture
def full(office):
    """Tomorrow is the only day that can be booked, at one counter, and all its eight times are taken."""
    office.service.counters.set(office.counters[:1])
    Service.objects.update(nearest_days=1, farthest_days=1, most_per_person=20)
    office.service = Service.objects.get()
    office.bookings = [
        make_booking(office.service, by=RESIDENT, at=AT, email=f"b{number}@example.org")
        for number in range(PLACES)
    ]
    return office


def wait(office, email="c@example.org", at=AT, **more):
    day = (AT + timedelta(days=5)).date()
    more = {"contact": Contact("Anna Czekająca", email), "last_day": day, **more}
    return actions.leave_word(office.service, by=RESIDENT, at=at, **more)


def offer(office, at=AT):
    return actions.offer_next(office.service, by=BY, at=at)


def refused(code):
    return pytest.raises(Refused, check=lambda error: error.code == code)


def offers():
    return Message.objects.filter(notice="visit.offered").count()


def deferred():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%%offer_what_is_free' AND scheduled_at IS NULL"
        )
        return cursor.fetchone()[0]


@pytest.mark.req("BOOK-23")
def test_a_freed_time_goes_to_the_first_and_is_held_and_then_goes_to_the_next(full):
    first, second = wait(full), wait(full, "d@example.org")
    assert offer(full) is None
    actions.give_back(full.bookings[3], by=RESIDENT, at=AT)
    assert offer(full) == first
    first.refresh_from_db()
    assert first.start == full.bookings[3].start
    assert first.offered_until == AT + timedelta(minutes=full.service.offer_minutes)
    assert queries.free_times(full.service, full.counters[:1], now=AT) == []
    assert offer(full) is None
    later = AT + timedelta(minutes=full.service.offer_minutes)
    assert first.state_at(later) == rules.Waits.PASSED
    assert offer(full, later) == second
    assert offer(full, later + timedelta(hours=2)) is None
    assert offers() == 2


@pytest.mark.req("BOOK-23")
def test_every_way_to_become_free_wakes_the_list(full):
    wait(full)
    before = deferred()
    actions.give_back(full.bookings[0], by=RESIDENT, at=AT)
    assert deferred() == before + 1
    free = queries.free_times(full.service, full.counters[:1], now=AT)
    actions.move(full.bookings[1], free[0].start, counters=full.counters[:1], by=RESIDENT, at=AT)
    assert deferred() == before + 2
    slots.set_hours(full.counters[0], by=BY, at=AT, first=AT.date(), last=None, week=WEEK, step=15)
    assert deferred() == before + 3
    Booking.objects.filter(pk=full.bookings[2].pk).update(
        state="unconfirmed", claim=None, confirm_until=AT, confirmed_at=None
    )
    assert actions.lapse_unconfirmed(by=BY, at=AT) == 1
    assert deferred() == before + 4


@pytest.mark.req("BOOK-23")
def test_the_end_of_an_offer_wakes_the_list_for_the_next(full):
    wait(full)
    actions.give_back(full.bookings[0], by=RESIDENT, at=AT)
    waiting = offer(full)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduled_at, args->>'service_id' FROM procrastinate_jobs"
            " WHERE task_name LIKE '%%offer_what_is_free' AND scheduled_at IS NOT NULL"
        )
        assert cursor.fetchall() == [
            (waiting.offered_until + timedelta(seconds=1), str(full.service.pk)),
        ]


@pytest.mark.req("BOOK-23")
def test_where_nobody_waits_nothing_is_deferred(full):
    actions.give_back(full.bookings[0], by=RESIDENT, at=AT)
    assert deferred() == 0


@pytest.mark.req("BOOK-23")
def test_only_what_suits_is_offered(full):
    branch = add_location(by=BY, at=AT, unit=full.unit, name="Filia")
    elsewhere = wait(full, "d@example.org", places=[branch])
    early = wait(full, "e@example.org", last_day=AT.astimezone(WARSAW).date())
    anywhere = wait(full, "f@example.org", places=[full.place])
    actions.give_back(full.bookings[0], by=RESIDENT, at=AT)
    assert offer(full) == anywhere
    for one in (elsewhere, early):
        one.refresh_from_db()
        assert one.state == Waiting.State.WAITING
    Service.objects.update(nearest_days=0, farthest_days=0)
    full.service = Service.objects.get()
    late = full.bookings[1].start - timedelta(minutes=full.service.offer_minutes)
    actions.give_back(full.bookings[1], by=RESIDENT, at=AT)
    wait(full, "g@example.org", at=late)
    assert offer(full, late) is None  # nobody could come in time once the offer has ended


@pytest.mark.req("BOOK-23", "BOOK-20")
def test_whoever_has_a_visit_is_moved_and_their_own_time_is_the_next_ones(full):
    last = full.bookings[-1]
    waiting = wait(full, "b7@example.org", booking=last, last_day=last.start.date())
    other = wait(full, "d@example.org")
    actions.give_back(full.bookings[0], by=RESIDENT, at=AT)
    offer(full)
    waiting.refresh_from_db()
    old = last.start
    moved = actions.take_offer(waiting, by=RESIDENT, at=AT)
    assert moved.start == full.bookings[0].start
    assert offer(full) == other
    other.refresh_from_db()
    assert other.start == old
    with refused("offer-over"):
        actions.take_offer(waiting, by=RESIDENT, at=AT)


@pytest.mark.req("BOOK-23")
def test_an_offer_that_has_ended_moves_nothing(full):
    waiting = wait(full, "b7@example.org", booking=full.bookings[-1])
    actions.give_back(full.bookings[0], by=RESIDENT, at=AT)
    offer(full)
    with refused("offer-over"):
        actions.take_offer(waiting, by=RESIDENT, at=AT + timedelta(hours=2))
    assert Booking.objects.get(pk=full.bookings[-1].pk).start == full.bookings[-1].start
    again = actions.wait_again(waiting, by=RESIDENT, at=AT + timedelta(hours=2))
    assert again.turn_at == AT + timedelta(hours=2)
    with refused("not-passed"):
        actions.wait_again(waiting, by=RESIDENT, at=AT + timedelta(hours=2))


@pytest.mark.req("BOOK-23")
def test_nobody_stands_twice_and_nobody_waits_for_what_is_free(full):
    wait(full)
    with refused("waits-already"):
        wait(full, "C@example.org")
    with refused("day-passed"):
        wait(full, "d@example.org", last_day=(AT - timedelta(days=1)).date())
    actions.give_back(full.bookings[0], by=RESIDENT, at=AT)
    with refused("free-now"):
        wait(full, "e@example.org")
    assert Waiting.objects.count() == 1
    offer(full)
    for number in range(rules.MOST_WITHOUT_WORK):
        wait(full, f"n{number}@example.org", network="n")
    with refused("too-many-from-network"):
        wait(full, "n@example.org", network="n")


@pytest.mark.req("BOOK-23")
def test_whoever_leaves_lets_the_next_have_what_was_held(full):
    first, second = wait(full), wait(full, "d@example.org")
    actions.give_back(full.bookings[0], by=RESIDENT, at=AT)
    offer(full)
    before = deferred()
    actions.leave_line(first, by=RESIDENT, at=AT)
    actions.leave_line(first, by=RESIDENT, at=AT)
    assert deferred() == before + 1
    assert offer(full) == second


@pytest.mark.req("BOOK-23")
def test_who_waited_is_forgotten(full):
    waiting = wait(full)
    (due,) = WAITING_RULE.find_due(AT + timedelta(days=6))
    WAITING_RULE.forget(due, BY, AT)
    waiting.refresh_from_db()
    assert (waiting.name, waiting.email, waiting.phone) == ("", "", "")
    assert not WAITING_RULE.find_due(AT + timedelta(days=6)).exists()


# --- Two at once --------------------------------------------------------------------------------------------


@pytest.mark.req("BOOK-23", "BOOK-12")
@pytest.mark.django_db(transaction=True)
def test_two_that_free_and_offer_at_once_offer_each_time_to_one_and_nobody_twice():
    now = time.now()
    unit = add_unit(by=BY, at=now, symbol="UM", name="Urząd Próbny", address="ul. Zmyślona 1")
    counter = add_counter(unit, None, "Okienko", at=now)
    service = make_service([counter], by=BY, at=now, minutes=30, nearest_days=2, farthest_days=2)
    bookings = [
        make_booking(service, by=RESIDENT, at=now, email=f"b{number}@example.org") for number in range(PLACES)
    ]
    for number in range(PLACES - 2):
        contact = Contact("A", f"c{number}@example.org")
        day = (now + timedelta(days=3)).date()
        actions.leave_word(service, by=RESIDENT, at=now, contact=contact, last_day=day)
    start = threading.Barrier(2)

    def free(mine):
        try:
            for booking in mine:
                actions.give_back(booking, by=RESIDENT, at=time.now())
                start.wait(20)
                jobs.offer_what_is_free(service.pk)
        finally:
            connection.close()

    both = [threading.Thread(target=free, args=(bookings[part::2],)) for part in (0, 1)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    offered = list(Waiting.objects.filter(state=Waiting.State.OFFERED))
    assert len(offered) == PLACES - 2
    assert len({one.start for one in offered}) == PLACES - 2
    assert {one.key for one in offered} == set(Claim.objects.values_list("key", flat=True))
    assert offers() == PLACES - 2
    assert holding.is_key(offered[0].key)


EVENING = AT.replace(hour=20, minute=30)  # half past nine in Warsaw
MORNING = AT.replace(hour=6) + timedelta(days=1)  # seven there, an hour before the first visit


@pytest.fixture
def freed_at_night(full):
    """A time of the day after tomorrow that nobody has, found by the list late in the evening."""
    Service.objects.update(nearest_days=2, farthest_days=2)
    full.service = Service.objects.get()
    bookings = [
        make_booking(full.service, by=RESIDENT, at=AT, email=f"n{number}@example.org")
        for number in range(PLACES)
    ]
    full.waiting = wait(full)
    actions.give_back(bookings[3], by=RESIDENT, at=EVENING)
    assert offer(full, EVENING) == full.waiting
    full.waiting.refresh_from_db()
    return full


@pytest.mark.req("BOOK-23")
def test_at_night_a_time_is_held_but_told_of_in_the_morning_and_kept_from_then_on(freed_at_night):
    waiting, minutes = freed_at_night.waiting, timedelta(minutes=freed_at_night.service.offer_minutes)
    message = Message.objects.get(notice="visit.offered")
    assert message.next_try_at == MORNING
    assert waiting.offered_until == Claim.objects.get(key=waiting.key).expires_at == MORNING + minutes
    assert waiting.state_at(MORNING + minutes - timedelta(seconds=1)) == rules.Waits.OFFERED
    assert offer(freed_at_night, MORNING) is None


@pytest.mark.req("BOOK-23")
def test_who_leaves_before_the_morning_is_not_told_of_the_offer(freed_at_night):
    actions.leave_line(freed_at_night.waiting, by=RESIDENT, at=EVENING)
    assert Message.objects.get(notice="visit.offered").state == Message.State.CANCELLED


@pytest.mark.req("BOOK-23")
def test_who_books_before_the_morning_is_not_told_of_the_offer(freed_at_night):
    waiting = freed_at_night.waiting
    contact = Contact(waiting.name, waiting.email)
    actions.book(
        waiting.key,
        by=RESIDENT,
        at=EVENING,
        service=freed_at_night.service,
        start=waiting.start,
        contact=contact,
    )
    waiting.refresh_from_db()
    assert waiting.state == Waiting.State.DONE
    assert Message.objects.get(notice="visit.offered").state == Message.State.CANCELLED
