from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.test import Client

from okienko.base import time
from okienko.features.visits import actions, confirming, queries, rules
from okienko.features.visits.actions import Contact
from okienko.features.visits.factories import make_booking
from okienko.features.visits.models import Booking, ExtraField, Service
from okienko.kernel.people.actions import create_token
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots.models import Claim
from okienko.kernel.units.actions import add_location

from .conftest import AT, BY, RESIDENT, add_counter

WHO = {"name": "Anonim Przykładowy", "email": "anonim@example.org"}


class Program:
    def __init__(self, secret: str = "") -> None:
        self.client = Client(headers={"accept-language": "en"})
        self.headers = {"authorization": f"Bearer {secret}"} if secret else {}

    def ask(self, method, path, body=None):
        data = "" if body is None else json.dumps(body)
        return self.client.generic(
            method, f"/api/v1/visits/{path}", data, "application/json", headers=self.headers
        )

    def get(self, path):
        return self.ask("GET", path)

    def hold(self, office, nth=3):
        start = queries.free_times(office.service, office.counters, now=time.now())[nth].start
        return self.ask("POST", "holds", {"service": office.service.code, "start": start.isoformat()})

    def book(self, hold, **more):
        return self.ask("POST", "bookings", {"hold": hold["hold"], **WHO, **more})


def work_of(hold):
    return next(
        str(number)
        for number in range(10**7)
        if int.from_bytes(sha256(f"{hold['task']}:{number}".encode()).digest()) >> (256 - hold["bits"]) == 0
    )


def trusted(*scopes):
    person = Person.objects.filter(email="program@okienko.example").first()
    person = person or make_staff("program@okienko.example", "administrator", by=BY, at=AT)
    return Program(create_token(person, by=BY, at=AT, name="test", scopes=scopes)[1])


def problem(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["code"] == code
    return told


@pytest.fixture
def program(office):
    return Program()


@pytest.mark.req("CORE-64", "BOOK-10")
def test_a_program_finds_what_can_be_booked_and_where(office, program):
    office.service.refresh_from_db()
    actions.add_extra_field(office.service, by=BY, at=AT, kind="pesel", label="PESEL", required=True)
    (service,) = program.get("services").json()
    assert service["code"] == "dowod"
    assert service["location_ids"] == [office.place.pk]
    assert [one["kind"] for one in service["fields"]] == ["pesel"]
    assert program.get("locations").json() == program.get("locations?service=dowod").json()
    assert [one["name"] for one in program.get("locations").json()] == ["Ratusz"]
    day = (time.now() + timedelta(days=5)).date()
    found = program.get(f"slots?service=dowod&location={office.place.pk}&from={day}&to={day}").json()
    assert len(found) == 8
    assert {one["places"] for one in found} == {2}
    problem(program.get("slots?service=nie-ma"), 404, "missing")
    problem(program.get("slots?service=dowod&location=999999"), 404, "missing")
    problem(program.get("slots?service=dowod&from=x"), 422, "wrong-input")
    Service.objects.update(status=Service.Status.DRAFT)
    assert program.get("services").json() == []


@pytest.mark.req("CORE-64", "BOOK-11", "BOOK-15")
def test_without_a_token_it_books_when_it_has_done_the_work(office, program, settings):
    settings.VISITS_WORK_BITS = 8
    answer = program.hold(office)
    assert answer.status_code == 201
    hold = answer.json()
    problem(program.book(hold), 422, "no-work")
    assert not Booking.objects.exists()
    answer = program.book(hold, work=work_of(hold))
    assert answer.status_code == 201, answer.content
    booking = Booking.objects.get()
    assert (booking.source, booking.state, booking.language) == ("program", "confirmed", "pl")
    assert booking.network
    told = answer.json()
    assert told["number"] == booking.number
    assert told == program.book(hold).json() == program.get(f"bookings/{told['secret']}").json()
    assert Booking.objects.count() == 1


@pytest.mark.req("CORE-64", "BOOK-15")
@pytest.mark.parametrize("scope", ["visits.book", "visits:book"])
def test_a_token_stands_instead_of_the_work_only_with_its_scope(office, settings, scope):
    settings.VISITS_WORK_BITS = 30
    program = trusted(scope)
    hold = program.hold(office).json()
    assert hold["bits"] == 0
    assert program.book(hold).status_code == 201
    booking = Booking.objects.get()
    assert booking.person is None
    assert booking.network == ""
    program = trusted("visits.see")
    problem(program.book(program.hold(office, 5).json()), 422, "no-work")


@pytest.mark.req("BOOK-12", "BOOK-11")
def test_a_hold_is_given_back_or_ends_and_what_is_booked_is_not_given_back(office, program):
    hold = program.hold(office).json()
    assert program.ask("DELETE", f"holds/{hold['hold']}").status_code == 204
    assert not Claim.objects.exists()
    problem(program.book(hold), 409, "hold-over")
    hold = program.hold(office).json()
    assert program.book(hold).status_code == 201
    problem(program.ask("DELETE", f"holds/{hold['hold']}"), 409, "already-booked")
    hold = program.hold(office).json()
    Claim.objects.filter(kind="hold").update(expires_at=time.now())
    problem(program.book(hold), 409, "hold-over")
    problem(program.book({"hold": hold["hold"][:-1]}), 404, "missing")


@pytest.mark.req("BOOK-11", "BOOK-15")
def test_a_hold_is_extended_a_fixed_number_of_times_and_an_old_seal_extends_nothing(
    office, program, settings, monkeypatch
):
    settings.VISITS_WORK_BITS = 8
    monkeypatch.setattr(rules, "MOST_EXTENSIONS", 2)
    first = program.hold(office).json()
    longer = program.ask("POST", f"holds/{first['hold']}/extend")
    assert longer.status_code == 200, longer.content
    assert longer.json()["until"] > first["until"]
    problem(program.ask("POST", f"holds/{first['hold']}/extend"), 409, "changed-meanwhile")
    last = program.ask("POST", f"holds/{longer.json()['hold']}/extend").json()
    problem(program.ask("POST", f"holds/{last['hold']}/extend"), 409, "no-more-time")
    assert program.book(last, work=work_of(last)).status_code == 201
    problem(program.ask("POST", f"holds/{last['hold']}/extend"), 409, "hold-over")
    problem(program.ask("POST", "holds/x/extend"), 404, "missing")


@pytest.mark.req("BOOK-13", "BOOK-16")
def test_the_same_is_asked_and_refused_as_on_the_page(office, program):
    field = actions.add_extra_field(
        office.service, by=BY, at=AT, kind=ExtraField.Kind.PESEL, label="PESEL", required=True
    )
    name, hold = f"extra_{field.pk}", program.hold(office).json()
    told = problem(program.book(hold, email=""), 422, "wrong-input")
    assert {one["field"] for one in told["errors"]} == {f"answers.{name}", "email"}
    told = problem(program.book(hold, answers={name: "44051401358"}), 422, "wrong-input")
    assert "check digit" in told["errors"][0]["detail"]
    problem(program.book(hold, answers={"homepage": "x"}), 422, "wrong-input")
    problem(program.book(hold, consents=["consent_1"]), 422, "wrong-input")
    assert program.book(hold, answers={name: "44051401359"}).status_code == 201
    assert Booking.objects.get().answers[0]["value"] == "44051401359"


@pytest.mark.req("BOOK-15")
def test_limits_hold_for_programs_too(office, program):
    Service.objects.update(most_per_person=1)
    assert program.book(program.hold(office).json()).status_code == 201
    problem(program.book(program.hold(office).json()), 409, "too-many-on-e-mail")
    start = (time.now() + timedelta(days=40)).isoformat()
    for never in (start, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        problem(program.ask("POST", "holds", {"service": "dowod", "start": never}), 409, "not-offered")
    Service.objects.update(status=Service.Status.ARCHIVED)
    problem(program.ask("POST", "holds", {"service": "dowod", "start": start}), 409, "service-gone")


@pytest.mark.req("BOOK-17", "BOOK-20", "BOOK-14")
def test_by_its_secret_a_visit_is_confirmed_moved_and_cancelled(office, program):
    Service.objects.update(confirm_by=Service.ConfirmBy.PIN)
    told = program.book(program.hold(office).json()).json()
    path, booking = f"bookings/{told['secret']}", Booking.objects.get()
    assert told["state"] == "unconfirmed"
    problem(program.ask("POST", f"{path}/confirm", {"code": "x"}), 422, "wrong-code")
    booking.refresh_from_db()
    assert booking.wrong_codes == 1
    told = program.ask("POST", f"{path}/confirm", {"code": confirming.code_of(booking)}).json()
    assert told["state"] == "confirmed"
    start = queries.free_times(office.service, office.counters, now=time.now())[9].start
    told = program.ask("POST", f"{path}/move", {"start": start.isoformat()}).json()
    booking.refresh_from_db()
    assert booking.start == start
    assert told["start"][:16] == start.isoformat()[:16]
    assert program.ask("POST", f"{path}/cancel").json()["state"] == "cancelled"
    problem(program.ask("POST", f"{path}/cancel"), 409, "cancelled")
    problem(program.get("bookings/" + "x" * 43), 404, "missing")
    problem(program.get(f"bookings/{booking.number}"), 404, "missing")


@pytest.mark.req("BOOK-20")
def test_a_visit_is_moved_to_another_place_only_where_it_is_handled(office, program):
    other = add_location(by=BY, at=AT, unit=office.unit, name="Filia", address="ul. Zmyślona 2")
    counter = add_counter(office.unit, other, "Okienko 3")
    told = program.book(program.hold(office).json()).json()
    path, where = f"bookings/{told['secret']}/move", {"start": told["start"], "location": other.pk}
    problem(program.ask("POST", path, where), 404, "missing")
    office.service.counters.add(counter)
    assert program.ask("POST", path, where).json()["location_id"] == other.pk
    assert Booking.objects.get().resource == counter


@pytest.mark.req("BOOK-23", "CORE-64")
def test_word_is_left_seen_and_withdrawn_by_a_program(office, program):
    day = (time.now() + timedelta(days=5)).date().isoformat()
    asked = {"service": "dowod", "last_day": day, **WHO}
    problem(program.ask("POST", "waiting", asked), 422, "free-now")
    Service.objects.update(nearest_days=10)
    problem(program.ask("POST", "waiting", {**asked, "locations": [999999]}), 404, "missing")
    problem(program.ask("POST", "waiting", {**asked, "email": ""}), 422, "wrong-input")
    problem(program.ask("POST", "waiting", {**asked, "consents": ["consent_1"]}), 422, "wrong-input")
    answer = program.ask("POST", "waiting", asked)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["state"], told["position"], told["last_day"]) == ("waiting", 1, day)
    problem(program.ask("POST", "waiting", asked), 422, "waits-already")
    assert program.get(f"waiting/{told['secret']}").json() == told
    Service.objects.update(nearest_days=0)
    waiting = actions.offer_next(Service.objects.get(), by=BY, at=time.now())
    seen = program.get(f"waiting/{told['secret']}").json()
    assert (seen["state"], seen["place"]) == ("offered", waiting.place)
    assert program.ask("POST", f"waiting/{told['secret']}/leave").json()["state"] == "left"
    assert not Claim.objects.exists()
    problem(program.get("waiting/" + "x" * 43), 404, "missing")


def offered(own=None):
    """Who waits while only days far ahead can be booked, and is offered one of those that open then."""
    now, service = time.now(), Service.objects.get()
    day = (now + timedelta(days=12)).date()
    waiting = actions.leave_word(
        service,
        by=RESIDENT,
        at=now,
        contact=Contact(**WHO),
        last_day=own.start.date() if own else day,
        booking=own,
    )
    Service.objects.update(nearest_days=2)
    assert actions.offer_next(Service.objects.get(), by=BY, at=now) == waiting
    waiting.refresh_from_db()
    return waiting


@pytest.mark.req("BOOK-23", "CORE-64")
def test_a_program_takes_an_offered_time_and_books_it(office, program):
    Service.objects.update(nearest_days=14)
    waiting = offered()
    told = program.ask("POST", f"waiting/{waiting.secret}/take").json()
    assert told["booking"] is None
    booked = program.book(told["hold"]).json()
    assert booked["state"] == "confirmed"
    assert Booking.objects.get().start == waiting.start
    problem(program.ask("POST", f"waiting/{waiting.secret}/take"), 409, "offer-over")


@pytest.mark.req("BOOK-23", "CORE-64")
def test_a_program_takes_an_offered_time_for_a_visit_that_is_booked(office, program):
    Service.objects.update(nearest_days=14)
    own = make_booking(Service.objects.get(), by=RESIDENT, at=time.now())
    waiting = offered(own)
    told = program.ask("POST", f"waiting/{waiting.secret}/take").json()
    assert (told["hold"], told["booking"]["secret"]) == (None, own.secret)
    own.refresh_from_db()
    assert own.start == waiting.start
    problem(program.ask("POST", f"waiting/{waiting.secret}/take"), 409, "offer-over")


@pytest.mark.req("BOOK-14")
def test_a_number_or_another_secret_opens_no_visit(office, program):
    booking = make_booking(office.service, by=RESIDENT, at=time.now())
    for secret in (booking.number, booking.hold_key, booking.secret[:-1], "%00", "x" * 43):
        problem(program.get(f"bookings/{secret}"), 404, "missing")
