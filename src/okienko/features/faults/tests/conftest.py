from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from okienko.features.faults.actions import add_category, report_fault
from okienko.features.faults.factories import districts, streets
from okienko.features.faults.models import Area, Category, Question
from okienko.features.faults.places.actions import load_areas, load_streets
from okienko.kernel.calendars.factories import CITY, make_calendar
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.units.actions import add_group, add_unit
from okienko.kernel.units.models import Group

BY = Actor.system("test")
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=60)
# In the north-west of the invented city, well away from its borders.
HERE = (50.125, 19.06)


def metres_north(metres: float) -> tuple[float, float]:
    return HERE[0] + metres / 111_195, HERE[1]


@dataclass
class City:
    roads: Group
    greens: Group
    crew: Group
    holes: Category
    lamps: Category
    operator: Person
    administrator: Person

    def reported(
        self, *, at: datetime = AT, by: Actor = BY, category: Category | None = None, **given: Any
    ) -> Case:
        told = {"channel": "phone", "description": "Dziura", "place": "przy fontannie", **given}
        return report_fault(by=by, at=at, category=category or self.holes, **told)


def photo(name: str = "dziura.jpg") -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "grey").save(drawn, "JPEG")
    return SimpleUploadedFile(name, drawn.getvalue(), "image/jpeg")


def answer_to(asked: str) -> str:
    """The name of the field in which a question is answered."""
    return f"answer_{Question.objects.get(text=asked).pk}"


def shown_by(client: Client, address: str) -> bytes:
    """Read to the end, as a browser does; the file is closed by that."""
    response = client.get(address)
    return b"".join(response.streaming_content) if response.status_code == 200 else b""  # type: ignore[arg-type]


def acting(person: Person) -> Actor:
    return Actor(person.pk, person.name)


@pytest.fixture
def city(db, settings) -> City:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    make_calendar(by=BY, at=LONG_AGO, week=CITY, name="Godziny pracy")
    unit = add_unit(by=BY, at=LONG_AGO, symbol="ZDM", name="Zarząd Dróg Próbnych")
    roads, greens = (
        add_group(by=BY, at=LONG_AGO, unit=unit, symbol=symbol, name=symbol, kind=Group.Kind.COORDINATORS)
        for symbol in ("DROGI", "ZIELEN")
    )
    crew = add_group(
        by=BY, at=LONG_AGO, unit=unit, symbol="BRYGADA-1", name="Brygada 1", kind=Group.Kind.EXECUTORS
    )
    load_areas(districts(), Area.Kind.DISTRICT, by=BY, at=LONG_AGO)
    load_streets(streets(), by=BY, at=LONG_AGO)
    holes = add_category(
        by=BY, at=LONG_AGO, code="dziury", shortcut="NA", name="Dziury", group=roads,
        questions=[("Jak duża?", True), ("Na pasie ruchu?", False)],
    )  # fmt: skip
    lamps = add_category(by=BY, at=LONG_AGO, code="lampy", shortcut="OS", name="Lampy")
    operator = make_staff("operator@okienko.example", "operator", by=BY, at=LONG_AGO)
    administrator = make_staff("administrator@okienko.example", "administrator", by=BY, at=LONG_AGO)
    return City(roads, greens, crew, holes, lamps, operator, administrator)
