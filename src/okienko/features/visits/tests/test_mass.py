from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time as clock
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg.conninfo import make_conninfo

from okienko.base import time
from okienko.base.decisions import Missing, Refused
from okienko.base.time import WARSAW
from okienko.features.visits import actions, mass, queries
from okienko.features.visits.factories import make_booking, make_service
from okienko.features.visits.forms.mass import MassForm
from okienko.features.visits.models import Booking, MassChange, MassStep
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of
from okienko.kernel.messages.models import Message
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots import queries as slot_queries
from okienko.kernel.slots.models import Claim
from okienko.kernel.units.actions import add_unit

from .conftest import AT, BY, RESIDENT, WEEK, add_counter

Way = MassChange.Way
WORKER = Path(__file__).with_name("mass_worker.py")


def booked(office, count, at=AT, service=None):
    return [
        make_booking(service or office.service, by=RESIDENT, at=at, email=f"a{number}@example.org")
        for number in range(count)
    ]


def order(bookings, way=Way.CANCEL, why="Awaria prądu.", at=AT, by=BY, **more):
    return actions.order_mass_change(bookings, by=by, at=at, way=way, why=why, **more)


def done(change, at=AT):
    return mass.carry_out(change, clock=lambda: at)


def told(booking, code):
    return Message.objects.filter(subject_id=booking.pk, notice=code).count()


@pytest.mark.req("BOOK-34")
def test_many_are_cancelled_with_a_reason_and_each_is_told_once(office):
    bookings = booked(office, 3)
    change = order(bookings)
    assert ProcrastinateJob.objects.filter(task_name="okienko.features.visits.jobs.change_many").count() == 1
    assert {one.state for one in Booking.objects.all()} == {"confirmed"}
    change = done(change)
    done(change)
    for booking in Booking.objects.all():
        assert (booking.state, booking.why) == ("cancelled", "Awaria prądu.")
        assert told(booking, "visit.cancelled") == 1
        text = Message.objects.get(subject_id=booking.pk, notice="visit.cancelled").text
        assert f"usluga=dowod&miejsce={office.place.pk}" in text
    assert queries.progress_of(change) == queries.Progress(done=3)
    assert change.finished_at == AT
    assert [entry.kind for entry in entries_of(change)].count("visits.mass_done") == 1


@pytest.mark.req("BOOK-34")
def test_each_one_more_that_is_cancelled_costs_few_statements(office):
    costs = []
    for count in (1, 6):
        change = order(
            booked(office, count, service=make_service(office.counters[:1], by=BY, at=AT, code=f"m{count}"))
        )
        with CaptureQueriesContext(connection) as asked:
            done(change)
        assert queries.progress_of(change) == queries.Progress(done=count)
        costs.append(len(asked))
    assert costs[1] - costs[0] <= 5 * 10


@pytest.mark.req("BOOK-34")
def test_of_those_cancelled_together_each_that_cannot_be_says_why(office):
    begun, cancelled, good, waits = booked(office, 4)
    Booking.objects.filter(pk=waits.pk).update(
        state="unconfirmed", claim=None, confirmed_at=None, confirm_until=AT + timedelta(hours=1)
    )
    Claim.objects.filter(pk=waits.claim_id).update(
        kind="hold", expires_at=AT + timedelta(hours=1), key=waits.hold_key
    )
    change = order(Booking.objects.all())
    actions.give_back(cancelled, by=RESIDENT, at=AT)
    Booking.objects.filter(pk=begun.pk).update(start=AT - timedelta(minutes=30))
    done(change)
    problems = dict(change.steps.values_list("booking_id", "problem"))
    assert problems == {begun.pk: "begun", cancelled.pk: "cancelled", good.pk: "", waits.pk: ""}
    assert set(Claim.objects.values_list("pk", flat=True)) == {begun.claim_id}
    assert told(waits, "visit.cancelled") == told(good, "visit.cancelled") == 1
    assert told(begun, "visit.cancelled") == 0


@pytest.mark.req("BOOK-34")
def test_no_reason_no_order(office):
    with pytest.raises(Refused, check=lambda error: error.field == "why"):
        order(booked(office, 1), why="  ")
    assert not MassChange.objects.exists()


@pytest.mark.req("BOOK-34")
def test_what_somebody_changed_meanwhile_is_left_alone(office):
    first, second = booked(office, 2)
    change = order([first, second])
    later = queries.free_times(office.service, office.counters, now=AT)[-1].start
    actions.move(first, later, counters=office.counters, by=RESIDENT, at=AT)
    done(change)
    assert Booking.objects.get(pk=first.pk).state == "confirmed"
    assert Booking.objects.get(pk=second.pk).state == "cancelled"
    assert [(step.booking, step.problem) for step in queries.left_of(change)] == [
        (first, "changed-meanwhile")
    ]


@pytest.mark.req("BOOK-34")
def test_moved_to_the_same_hour_on_another_counter_or_left_where_that_is_taken(office):
    bookings = booked(office, 3)
    first = [one for one in bookings if one.resource == office.counters[0]]
    assert len(first) == 2
    change = order(first, Way.COUNTER, counter=office.counters[1])
    done(change)
    left = [(step.booking, step.problem) for step in queries.left_of(change)]
    assert left == [(first[0], "somebody-was-faster")]
    moved = Booking.objects.get(pk=first[1].pk)
    assert (moved.resource, moved.start) == (office.counters[1], first[1].start)
    assert told(moved, "visit.moved") == 1
    assert "Awaria prądu." in Message.objects.get(subject_id=moved.pk, notice="visit.moved").text


@pytest.mark.req("BOOK-34")
def test_not_moved_to_a_counter_that_does_not_handle_the_matter(office):
    other = add_counter(office.unit, office.place, "Okienko 7")
    change = done(order(booked(office, 1), Way.COUNTER, counter=other))
    assert [step.problem for step in queries.left_of(change)] == ["not-handled-there"]


@pytest.mark.req("BOOK-34")
def test_moved_to_the_same_hour_of_another_day(office):
    (booking,) = booked(office, 1)
    day = booking.start.astimezone(WARSAW).date() + timedelta(days=3)
    make_staff("urzednik@okienko.example", "administrator", by=BY, at=AT)
    clerk = Actor(Person.objects.get().pk, "Urzędnik")
    done(order([booking], Way.DAY, day=day, by=clerk))
    moved = Booking.objects.get(pk=booking.pk).start.astimezone(WARSAW)
    assert moved.date() == day
    assert moved.time() == booking.start.astimezone(WARSAW).time()


@pytest.mark.req("BOOK-34")
def test_where_nothing_is_free_the_visit_stays(office):
    make_staff("urzednik@okienko.example", "administrator", by=BY, at=AT)
    clerk = Actor(Person.objects.get().pk, "Urzędnik")
    (booking,) = booked(office, 1)
    change = done(order([booking], Way.DAY, day=date(2030, 1, 1), by=clerk))
    assert [step.problem for step in queries.left_of(change)] == ["nothing-free"]
    assert Booking.objects.get(pk=booking.pk).start == booking.start


@pytest.mark.req("BOOK-34", "CORE-03")
def test_who_may_not_change_visits_orders_nothing_and_sees_no_orders(office):
    bookings = booked(office, 1)
    elsewhere = add_unit(by=BY, at=AT, symbol="X", name="Gdzie indziej")
    make_staff("obcy@okienko.example", "clerk", by=BY, at=AT, unit=elsewhere)
    stranger = Person.objects.get()
    with pytest.raises(Missing):
        order(bookings, by=Actor.resident())
    change = order(bookings, by=Actor(stranger.pk, "Obcy"))
    done(change)
    assert [step.problem for step in queries.left_of(change)] == ["not-yours"]
    assert not queries.mass_changes(stranger).exclude(person=stranger).exists()
    other = order(bookings)
    with pytest.raises(Missing):
        queries.mass_change(stranger, other.pk)


@pytest.mark.req("BOOK-34")
def test_the_closed_office_gives_its_time_to_nobody(office):
    bookings = booked(office, 4)
    day = bookings[0].start.astimezone(WARSAW).replace(hour=0, minute=0)
    end = day + timedelta(days=1)
    change = actions.close_office(office.counters, day, end, by=BY, at=AT, why="Brak ogrzewania.")
    done(change)
    assert {one.state for one in Booking.objects.all()} == {"cancelled"}
    free = queries.free_times(office.service, office.counters, now=AT, kept_too=True)
    assert free
    assert all(one.start >= end for one in free)
    assert not Claim.objects.exclude(kind="closed").exists()


def administrator():
    make_staff("administrator@okienko.example", "administrator", by=BY, at=AT)
    client = Client(headers={"accept-language": "en"})
    client.force_login(Person.objects.get())
    return client


@pytest.mark.req("BOOK-34")
def test_the_page_shows_how_many_before_anything_happens_and_wants_exactly_those(office):
    client, now = administrator(), time.now()
    bookings = booked(office, 2, at=now)
    first, last = (now + timedelta(days=days) for days in (0, 20))
    given = {
        "first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}", "way": "cancel", "why": "Awaria.",
        "service": office.service.pk,
    }  # fmt: skip
    url = reverse("visits:mass")
    page = client.post(url, {**given, "preview": "1"})
    assert "2 visits. Each resident will be told. This cannot be undone." in page.content.decode()
    assert bookings[0].number in page.content.decode()
    seen = page.context["seen"]
    booked(office, 1, at=now)
    assert client.post(url, {**given, "go": "1", "seen": seen}).status_code == 200
    assert not MassChange.objects.exists()
    seen = client.post(url, given).context["seen"]
    answer = client.post(url, {**given, "go": "1", "seen": seen})
    change = MassChange.objects.get()
    assert answer.url == reverse("visits:mass_change", args=[change.pk])
    assert "0 of 3" in client.get(answer.url).content.decode()
    mass.carry_out(change, clock=time.now)
    assert "3 of 3" in client.get(answer.url).content.decode()


@pytest.mark.req("BOOK-34")
def test_only_what_is_of_the_unit_the_counter_the_matter_and_the_days_is_changed(office):
    other_unit = add_unit(by=BY, at=AT, symbol="X", name="Inny")
    far = add_counter(other_unit, None, "Okienko 9")
    elsewhere = make_service([far], by=BY, at=AT, code="slub", title="Ślub")
    first, second = booked(office, 2)
    (abroad,) = booked(office, 1, service=elsewhere)
    late = make_booking(office.service, by=RESIDENT, at=AT, nth=30, email="b@example.org")
    today, days = AT.date(), {"first": AT.date(), "last": AT.date() + timedelta(days=20)}

    def chosen(**given):
        form = MassForm({**days, "way": "cancel", "why": "Awaria.", **given}, counters=counters)
        assert form.is_valid(), form.errors
        return set(form.narrow(Booking.objects.all()))

    counters = queries.counters_for(
        make_staff("a@okienko.example", "administrator", by=BY, at=AT), "visits.change"
    )
    assert chosen() == {first, second, abroad, late}
    assert chosen(unit=office.unit.pk) == {first, second, late}
    assert chosen(counters=[first.resource_id]) == {first, late}
    assert chosen(service=elsewhere.pk) == {abroad}
    assert chosen(last=today) == {first, second, abroad}


@pytest.mark.req("BOOK-34")
def test_the_office_is_closed_for_the_rest_of_today_from_its_own_page(office):
    client, now = administrator(), time.now()
    tomorrow = f"{now.astimezone(WARSAW) + timedelta(days=1):%d.%m.%Y}"
    booked(office, 1, at=now)
    url = reverse("visits:close_office")
    wrong = client.post(url, {"when": "days", "why": "x", "preview": "1"})
    assert "first" in wrong.context["form"].errors
    given = {"when": "days", "first": tomorrow, "why": "Brak prądu.", "counters": [office.counters[0].pk]}
    page = client.post(url, {**given, "preview": "1"})
    answer = client.post(url, {**given, "go": "1", "seen": page.context["seen"]})
    assert answer.url == reverse("visits:mass_change", args=[MassChange.objects.get().pk])
    assert {claim.resource_id for claim in Claim.objects.filter(kind="closed")} == {office.counters[0].pk}


# --- Killed at any moment -----------------------------------------------------------------------------------

VISITS = 160
KILLS = 4


def start_worker() -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    address = make_conninfo(**{part: str(database[name]) for part, name in known.items() if database[name]})
    environment = os.environ | {"OKIENKO_DATABASE_URL": address, "OKIENKO_MODE": "test"}
    return subprocess.Popen([sys.executable, WORKER], env=environment)  # noqa: S603


def waiting() -> int:
    return MassStep.objects.filter(state=MassStep.State.WAITING).count()


@pytest.mark.processes
@pytest.mark.xdist_group("processes")
@pytest.mark.req("BOOK-34")
@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_nobody_is_forgotten_and_nobody_told_twice():
    now = time.now()
    unit = add_unit(by=BY, at=now, symbol="UM", name="Urząd Próbny", address="ul. Zmyślona 1")
    counter = slots.add_resource(by=BY, at=now, kind="counter", name="Sala", unit=unit)
    slots.set_hours(counter, by=BY, at=now, first=now.date(), last=None, week=WEEK, step=30, places=VISITS)
    service = make_service([counter], by=BY, at=now, minutes=30)
    bookings = [
        make_booking(service, by=RESIDENT, at=now, email=f"a{number}@example.org") for number in range(VISITS)
    ]
    change = order(bookings, at=now)
    chance = random.Random(34)
    killed = 0
    for _ in range(KILLS):
        before = waiting()
        with start_worker() as worker:
            while waiting() == before and worker.poll() is None:
                clock.sleep(0.01)
            clock.sleep(chance.random() * 0.2)
            killed += waiting() > 0
            worker.send_signal(signal.SIGKILL)
    assert killed >= 2, "the worker was too fast to be hit"
    with start_worker() as last:
        assert last.wait(60) == 0
    assert queries.progress_of(change) == queries.Progress(done=VISITS)
    for booking in Booking.objects.all():
        assert booking.state == Booking.State.CANCELLED
        assert told(booking, "visit.cancelled") == 1
        assert [entry.kind for entry in entries_of(booking)].count("visit.cancelled") == 1
    assert not Claim.objects.exists()


@pytest.mark.req("BOOK-34")
def test_what_was_closed_is_opened_again_and_can_be_booked(office):
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_staff("admin@okienko.example", "administrator", by=BY, at=AT))
    now = time.now()
    counter, other = office.counters
    free = queries.free_times(office.service, [counter], now=now)
    start, end = free[3].start, free[3].start + timedelta(days=2)
    slots.close(counter, start, end, by=BY, at=now, note="Awaria ogrzewania")
    slots.close(other, start, end, by=BY, at=now, note="Szkolenie")
    assert len(queries.free_times(office.service, [counter], now=now)) < len(free)
    url = reverse("visits:closed_times")
    page = client.get(url)
    assert "Awaria ogrzewania" in page.content.decode()
    (mark,) = [mark for _time, found, mark in page.context["rows"] if found == counter]
    assert client.post(url, {"time": mark})["Location"] == url
    assert [one.start for one in queries.free_times(office.service, [counter], now=now)] == [
        one.start for one in free
    ]
    left = client.get(url)
    assert "Szkolenie" in left.content.decode()
    assert "Awaria ogrzewania" not in left.content.decode()
    assert any(entry.kind == "resource.reopened" for entry in entries_of(counter))
    assert client.post(url, {"time": mark}, follow=True).status_code == 200
    with pytest.raises(Refused):
        slots.reopen(counter, start, end, by=BY, at=now)


@pytest.mark.req("BOOK-34")
def test_opening_again_leaves_what_is_taken_and_what_others_may_not_see(office):
    now = time.now()
    (visit,) = booked(office, 1, at=now)
    counter = visit.resource
    slots.close(
        counter, visit.start - timedelta(hours=3), visit.end + timedelta(hours=3), by=BY, at=now, note="X"
    )
    for piece in slot_queries.closed_times([counter.pk], now=now):
        slots.reopen(counter, piece.start, piece.end, by=BY, at=now)
    assert Claim.objects.get(resource=counter).pk == visit.claim_id
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_staff("clerk@okienko.example", "clerk", by=BY, at=AT, unit=office.unit))
    assert client.get(reverse("visits:closed_times")).status_code == 404
