"""Services and visits made by the same actions as in the office, for tests and the demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from okienko.features.visits import actions, holding, queries
from okienko.features.visits.actions import Contact
from okienko.features.visits.models import Booking, ExtraField, Service
from okienko.features.visits.rush.factories import demo_line
from okienko.kernel.history.actors import Actor
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.models import Unit

DEMO_VISITS = 24


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
    """Three things to come to the office for, hours, fields of the forms, and a week of those who have booked."""
    of_unit = [counter for counter in counters if counter.unit_id == unit.pk]
    people = actions.add_category(by=by, at=at, name="Dokumenty i sprawy osobiste")
    roads = actions.add_category(by=by, at=at, name="Pojazdy i drogi")
    rows: tuple[dict[str, Any], ...] = (
        {
            "code": "dowod", "title": "Dowód osobisty: wniosek", "minutes": 15, "category": people,
            "description": "Zabierz ważny dokument ze zdjęciem.", "remind_hours": [24, 2],
            "thanks": {"pl": "Dziękujemy. Przyjdź pięć minut wcześniej.", "en": "Thank you. Come five minutes early."},
        },
        {
            "code": "meldunek", "title": "Zameldowanie", "minutes": 30, "category": people,
            "confirm_by": Service.ConfirmBy.PIN, "confirm_over": Service.SentBy.SMS,
            "description": "Zabierz umowę najmu albo akt własności.",
        },
        {
            "code": "pojazd", "title": "Rejestracja pojazdu", "minutes": 30, "category": roads,
            "farthest_days": 60, "description": "Zabierz dowód rejestracyjny i umowę kupna.",
        },
    )  # fmt: skip
    made = [make_service(of_unit, by=by, at=at, **row) for row in rows]
    _demo_hours(of_unit, by=by, at=at)
    _demo_fields(made, by=by, at=at)
    given = ("Paulina", "Tadeusz", "Wanda", "Bogdan", "Zofia", "Halina", "Marek")
    family = ("Próbna", "Testowy", "Wymyślona", "Zmyślony", "Nieistniejąca")
    for number in range(DEMO_VISITS):
        name = f"{given[number % len(given)]} {family[number % len(family)]}"
        make_booking(
            made[number % 2 * 2], by=Actor.resident(), at=at, nth=9 * number, name=name,
            email=f"osoba{number}@example.org",
        )  # fmt: skip
    demo_line(made[2], by=by, at=at)
    return made


def _demo_hours(counters: Sequence[Resource], *, by: Actor, at: datetime) -> None:
    week = {day: [["08:00", "12:00"], ["12:30", "15:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    usual = actions.add_template(by=by, at=at, name="Zwykły tydzień", week=week, step=15, kept_back=10)
    late = {**week, "mon": [["08:00", "12:00"], ["12:30", "18:00"]]}
    actions.add_template(by=by, at=at, name="Dłuższy poniedziałek", week=late, step=15, kept_back=10)
    actions.lay_hours(usual, counters, by=by, at=at, first=at.date(), last=None)


def _demo_fields(services: Sequence[Service], *, by: Actor, at: datetime) -> None:
    kind = ExtraField.Kind
    card, _residence, vehicle = services
    rows: tuple[tuple[Service, str, str, dict[str, Any]], ...] = (
        (card, kind.PESEL, "PESEL", {"required": False, "labels": {"uk": "PESEL"}}),
        (vehicle, kind.VIN, "Numer VIN", {
            "labels": {"en": "VIN", "uk": "Номер VIN"}, "help_text": "17 znaków, pole E w dowodzie rejestracyjnym.",
            "help_texts": {
                "en": "17 characters, box E of the registration certificate.",
                "uk": "17 знаків, поле E у свідоцтві про реєстрацію.",
            },
        }),
        (
            vehicle, kind.CHOICE, "Skąd jest pojazd",
            {"options": ["z Polski", "z innego kraju"], "labels": {"en": "Where the vehicle comes from"}},
        ),
    )  # fmt: skip
    for position, (service, code, label, details) in enumerate(rows):
        actions.add_extra_field(service, by=by, at=at, kind=code, label=label, position=position, **details)
