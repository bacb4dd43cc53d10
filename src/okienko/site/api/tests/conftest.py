from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from okienko.features.faults.actions import add_category
from okienko.features.faults.models import Report
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.calendars.factories import make_calendar
from okienko.kernel.cases import actions as cases
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actors import Actor
from okienko.kernel.people import roles
from okienko.kernel.people.actions import create_token
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots import actions as slots
from okienko.kernel.units.actions import add_group, add_location, add_unit
from okienko.kernel.units.models import Group

AT = datetime.now(UTC) - timedelta(days=3)
BY = Actor.system("test")
WEEK = {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@dataclass
class Api:
    """A program with a token, or without one."""

    secret: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        sent = {"accept-language": "en", **headers}
        if self.secret:
            sent["authorization"] = f"Bearer {self.secret}"
        more: dict[str, Any] = {}
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body)
            more = {"data": content, "content_type": "application/json"}
        return self.client.generic(method, f"/api/v1{path}", headers=sent, **more)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("GET", path, **headers)

    def send_file(
        self, path: str, field: str = "files", name: str = "notatka.txt", content: bytes = b"notatka"
    ) -> HttpResponse:
        headers = {"authorization": f"Bearer {self.secret}"}
        file = SimpleUploadedFile(name, content)
        return self.client.post(f"/api/v1{path}", {field: [file]}, headers=headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.ask("POST", path, body, **headers)


class Office:
    def __init__(self) -> None:
        self.calendar = make_calendar(by=BY, at=AT)
        self.hall = add_unit(by=BY, at=AT, symbol="UM", name="Urząd Miasta")
        self.roads = add_unit(by=BY, at=AT, symbol="DROGI", name="Drogi", parent=self.hall)
        self.parks = add_unit(by=BY, at=AT, symbol="PARKI", name="Parki", parent=self.hall)
        self.road_desk, self.road_crew, self.park_crew = (
            add_group(by=BY, at=AT, unit=unit, symbol=symbol, name=name, kind=kind)
            for unit, symbol, name, kind in (
                (self.roads, "D-K", "Koordynatorzy", Group.Kind.COORDINATORS),
                (self.roads, "D-W", "Wykonawcy", Group.Kind.EXECUTORS),
                (self.parks, "P-W", "Ogrodnicy", Group.Kind.COORDINATORS),
            )
        )
        self.location = add_location(by=BY, at=AT, unit=self.roads, name="Sala obsługi")
        self.counter = slots.add_resource(by=BY, at=AT, kind="counter", name="1", unit=self.roads)
        slots.set_hours(self.counter, by=BY, at=AT, first=AT.date(), last=None, week=WEEK, step=30)
        self.category = add_category(by=BY, at=AT, code="drogi", shortcut="DR", name="Drogi")
        self.people: dict[str, Person] = {}
        for role in roles.all_roles():
            if role.code.startswith("letters-"):
                continue
            self.people[role.code] = self.staff(role.code)
        self.stranger = make_staff("ogrodnik@okienko.example", "executor", by=BY, at=AT, group=self.park_crew)
        self.resident = Person.objects.create(email="mieszkanka@example.org", joined_at=AT)
        self.people["a stranger"] = self.stranger
        self.people["a resident"] = self.resident

    def staff(self, role: str) -> Person:
        reach = roles.role(role).reach
        where: dict[str, Any] = {}
        if reach is roles.Reach.UNIT:
            where["unit"] = self.roads
        elif reach is roles.Reach.GROUP:
            where["group"] = self.road_desk if role == "coordinator" else self.road_crew
        return make_staff(f"{role}@okienko.example", role, by=BY, at=AT, first_name=role, **where)

    def token(self, person: Person, *scopes: str) -> Api:
        wanted = scopes or [permission.code for permission in roles.all_permissions()]
        _token, secret = create_token(person, by=BY, at=AT, name="test", scopes=wanted)
        return Api(secret)

    def as_(self, role: str, *scopes: str) -> Api:
        return self.token(self.people[role], *scopes)

    def case(self, subject: str = "Dziura w jezdni", **more: Any) -> Case:
        case = cases.register(PROCEDURE, by=BY, at=AT, channel="phone", subject=subject, **more)
        Report.objects.create(case=case, category=self.category, place="ul. Zmyślona")
        return case

    def passed(self, subject: str = "Dziura w jezdni", group: Any = None) -> Case:
        case = self.case(subject)
        person = self.people["operator"]
        return cases.take_step(
            case.pk,
            "pass-to-coordinator",
            by=Actor(person.pk, person.name),
            at=AT,
            group=group or self.road_desk,
        )


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture
def anonymous(db: None) -> Api:
    return Api()


Check = Callable[[HttpResponse], dict[str, Any]]


def problem_of(response: HttpResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(response.content)
    assert {"type", "title", "status", "detail", "code", "errors"} <= set(told)
    assert told["status"] == status
    return told


@pytest.fixture
def problem() -> Callable[[HttpResponse, int], dict[str, Any]]:
    return problem_of
