from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from okienko.features.faults.actions import add_category
from okienko.features.visits.factories import make_service
from okienko.kernel.calendars.factories import make_calendar
from okienko.kernel.history.actors import Actor
from okienko.kernel.office.actions import change_office
from okienko.kernel.people.factories import make_staff
from okienko.kernel.slots.actions import add_resource
from okienko.kernel.units.actions import add_unit
from okienko.site import beginning

pytestmark = pytest.mark.django_db

BY = Actor.system("tests")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.mark.req("CORE-01")
def test_a_new_office_is_led_step_by_step_until_it_has_what_every_office_needs(
    client: Client, django_assert_num_queries: Any
) -> None:
    ewa = make_staff("ewa@okienko.example", "administrator", by=BY, at=AT)
    client.force_login(ewa)
    page = client.get("/praca/").content.decode()
    for step in beginning.steps(ewa):
        assert str(step.name) in page
    assert not any(step.done for step in beginning.steps(ewa))

    def done() -> list[bool]:
        return [step.done for step in beginning.steps(ewa) if not step.optional]

    change_office(by=BY, at=AT, version=0, name="Powiat")
    assert done() == [True, False, False, False]
    hall = add_unit(by=BY, at=AT, symbol="SP", name="Starostwo")
    assert done() == [True, True, False, False]
    make_calendar(by=BY, at=AT)
    assert done() == [True, True, True, False]
    adam = make_staff("adam@okienko.example", "clerk", by=BY, at=AT, unit=hall)
    assert done() == []
    # The first page of an administrator asks with every visit.
    with django_assert_num_queries(2):
        beginning.steps(ewa)
    assert "beginning" not in client.get("/praca/").content.decode()
    assert beginning.steps(adam) == []


@pytest.mark.req("BOOK-10", "FAULT-13")
def test_residents_are_shown_what_this_office_does_and_nothing_else(client: Client) -> None:
    visits, reports = f'href="{reverse("visits:choose")}"', f'href="{reverse("faults:report")}"'
    empty = client.get("/").content.decode()
    assert "<title>Okienko</title>" in empty
    assert visits not in empty
    assert reports not in empty
    hall = add_unit(by=BY, at=AT, symbol="SP", name="Starostwo")
    counter = add_resource(by=BY, at=AT, kind="counter", name="Okienko 1", unit=hall)
    make_service([counter], by=BY, at=AT)
    assert visits in (page := client.get("/").content.decode())
    assert reports not in page
    add_category(by=BY, at=AT, code="drogi", shortcut="DR", name="Drogi")
    assert reports in client.get("/").content.decode()
