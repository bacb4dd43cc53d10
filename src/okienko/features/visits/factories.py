"""Services and visits made by the same actions as in the office, for tests and the demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from okienko.features.visits import actions, holding, queries
from okienko.features.visits.actions import Contact
from okienko.features.visits.models import Booking, Service
from okienko.kernel.history.actors import Actor
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.models import Unit


def make_service(
    counters: Sequence[Resource], *, by: Actor, at: datetime, code: str = "dowod", title: str = "Dowód osobisty",
    **details: Any,
) -> Service:  # fmt: skip
    made = actions.add_service(
        by=by, at=at, code=code, title=title, counters=counters, **{"minutes": 15, **details}
    )
    return actions.set_status(made, Service.Status.PUBLISHED, by=by, at=at)


def make_booking(
    service: Service,
    *,
    by: Actor,
    at: datetime,
    nth: int = 0,
    name: str = "Anonim Przykładowy",
    email: str = "anonim@example.org",
    language: str = "pl",
) -> Booking:
    """A visit at the nth of the times that are free now, booked as a resident does."""
    counters, key = queries.counters_of(service), holding.new_key()
    start = queries.free_times(service, counters, now=at)[nth].start
    holding.hold(service, start, counters=counters, key=key, at=at)
    contact = Contact(name, email, language=language)
    return actions.book(key, by=by, at=at, service=service, start=start, contact=contact)


def demo_services(by: Actor, at: datetime, unit: Unit, counters: Sequence[Resource]) -> list[Service]:
    """Three things to come to the office for, and a few who have booked."""
    of_unit = [counter for counter in counters if counter.unit_id == unit.pk]
    people = actions.add_category(by=by, at=at, name="Dokumenty i sprawy osobiste")
    roads = actions.add_category(by=by, at=at, name="Pojazdy i drogi")
    rows: tuple[dict[str, Any], ...] = (
        {
            "code": "dowod", "title": "Dowód osobisty: wniosek", "minutes": 15, "category": people,
            "description": "Zabierz ważny dokument ze zdjęciem.",
        },
        {
            "code": "meldunek", "title": "Zameldowanie", "minutes": 30, "category": people,
            "confirm_by": Service.ConfirmBy.LINK, "description": "Zabierz umowę najmu albo akt własności.",
        },
        {
            "code": "pojazd", "title": "Rejestracja pojazdu", "minutes": 30, "category": roads,
            "farthest_days": 60, "description": "Zabierz dowód rejestracyjny i umowę kupna.",
        },
    )  # fmt: skip
    made = [make_service(of_unit, by=by, at=at, **row) for row in rows]
    visitors = (
        ("Próbna Paulina", "paulina@example.org"),
        ("Testowy Tadeusz", "tadeusz@example.org"),
        ("Wymyślona Wanda", "wanda@example.org"),
    )
    for number, (name, email) in enumerate(visitors):
        make_booking(made[number % 2 * 2], by=Actor.resident(), at=at, nth=3 * number, name=name, email=email)
    return made
