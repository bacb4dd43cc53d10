"""What a process keeps of a service is given out only while nothing of it has changed, whoever changed it."""

from __future__ import annotations

from datetime import time

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from okienko.features.visits import queries
from okienko.features.visits.models import Category, ExtraField, Handling, Service
from okienko.features.visits.rush.models import Release
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.models import Location, Unit

CODE = "dowod"


@pytest.fixture
def whole(office):
    """With everything that can belong to a service."""
    category = Category.objects.create(name="Dokumenty", sort_key="dokumenty")
    Service.objects.update(category=category)
    ExtraField.objects.create(service=office.service, kind="text", label="Numer sprawy")
    Release.objects.create(service=office.service, hour=time(8), active=True)
    return office


CHANGES = {
    "service": (lambda: Service.objects.update(title="Paszport"), lambda one: one.title, "Paszport"),
    "category": (lambda: Category.objects.update(name="Inne"), lambda one: one.category.name, "Inne"),
    "release": (lambda: Release.objects.update(at_once=7), lambda one: one.release.at_once, 7),
    "field": (lambda: ExtraField.objects.update(label="VIN"), lambda one: one.extra_fields.all()[0].label, "VIN"),
    "no field": (lambda: ExtraField.objects.all().delete(), lambda one: len(one.extra_fields.all()), 0),
    "length": (lambda: Handling.objects.update(minutes=45), lambda one: one.minutes_at(one.given_at[0].pk), 45),
    "no counter": (lambda: Handling.objects.all().delete(), lambda one: queries.counters_of(one), []),
    "counter": (lambda: Resource.objects.update(active=False), lambda one: queries.counters_of(one), []),
    "place": (lambda: Location.objects.update(open_for_visits=False), lambda one: queries.counters_of(one), []),
    "unit": (lambda: Unit.objects.update(name="Starostwo"), lambda one: one.given_at[0].unit.name, "Starostwo"),
}  # fmt: skip


@pytest.mark.req("BOOK-01")
@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_seen_by_the_next_who_asks(whole, what):
    change, look, now_there = CHANGES[what]
    before = queries.offered(CODE)
    assert queries.offered(CODE) is before
    assert look(before) != now_there
    change()
    assert look(queries.offered(CODE)) == now_there


@pytest.mark.req("BOOK-01")
def test_a_change_that_was_undone_was_none(whole):
    before = queries.offered(CODE)
    with transaction.atomic():
        Service.objects.update(title="Paszport")
        assert queries.offered(CODE).title == "Paszport"
        transaction.set_rollback(True)
    assert queries.offered(CODE).title == before.title


@pytest.mark.req("BOOK-01")
@pytest.mark.parametrize("status", [Service.Status.DRAFT, Service.Status.ARCHIVED])
def test_what_is_not_published_any_more_is_not_given_out(whole, status):
    assert queries.offered(CODE) is not None
    Service.objects.update(status=status)
    assert queries.offered(CODE) is None


def test_what_is_known_is_asked_for_by_one_statement(whole):
    queries.offered(CODE)
    with CaptureQueriesContext(connection) as seen:
        service = queries.offered(CODE)
        told = [
            service.category.name,
            service.release.at_once,
            *(one.label for one in service.extra_fields.all()),
        ]
        told += [one.location.name for one in queries.counters_of(service)]
    assert told == ["Dokumenty", 20, "Numer sprawy", "Ratusz", "Ratusz"]
    assert len(seen) == 1
