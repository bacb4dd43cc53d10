from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from okienko.features.visits.factories import make_service
from okienko.features.visits.models import Service
from okienko.features.visits.rush import kept
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.actions import add_location, add_unit
from okienko.kernel.units.models import Location, Unit

BY = Actor.system("test")
RESIDENT = Actor.resident()
AT = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
WEEK = {day: [["08:00", "12:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture(autouse=True)
def no_work(settings):
    """A piece of work before booking is asked for only where a test is about it."""
    settings.VISITS_WORK_BITS = 0


@dataclass
class Office:
    unit: Unit
    place: Location
    counters: list[Resource]
    service: Service


def add_counter(
    unit: Unit, place: Location | None, name: str, priority: int = 1, at: datetime = AT
) -> Resource:
    counter = slots.add_resource(
        by=BY, at=at, kind="counter", name=name, unit=unit, location=place, priority=priority
    )
    first = date(2026, 1, 1)
    slots.set_hours(counter, by=BY, at=at, first=first, last=None, week=WEEK, step=30)
    return counter


@pytest.fixture
def office(db) -> Office:
    """One place with two counters that receive every day from 8 to 12, each half an hour.

    What a process keeps for a second of the line is not carried over from the test before.
    """
    kept.forget()
    unit = add_unit(
        by=BY, at=AT - timedelta(days=1), symbol="UM", name="Urząd Próbny", address="ul. Zmyślona 1"
    )
    place = add_location(by=BY, at=AT, unit=unit, name="Ratusz", address="ul. Zmyślona 1")
    counters = [add_counter(unit, place, f"Okienko {number}", number) for number in (1, 2)]
    return Office(unit, place, counters, make_service(counters, by=BY, at=AT, minutes=30, farthest_days=20))


@pytest.fixture
def client(settings) -> Client:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def clerk(office):
    make_staff("urzednik@okienko.example", "clerk", by=BY, at=AT, unit=office.unit)
    other = add_unit(by=BY, at=AT, symbol="X", name="Inny")
    make_staff("inny@okienko.example", "clerk", by=BY, at=AT, unit=other)

    def signed_in(name):
        client = Client(headers={"accept-language": "en"})
        client.force_login(Person.objects.get(email=f"{name}@okienko.example"))
        return client

    return signed_in
