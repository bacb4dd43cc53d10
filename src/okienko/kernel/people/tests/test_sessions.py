from __future__ import annotations

import pytest
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okienko.base.time import now
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.people.sessions import SessionStore
from okienko.kernel.units.actions import add_unit

pytestmark = pytest.mark.django_db


def test_a_session_is_written_by_one_statement_and_read_again():
    store = SessionStore()
    store["place"] = "Ratusz"
    with CaptureQueriesContext(connection) as made:
        store.save()
    store["place"] = "Filia"
    with CaptureQueriesContext(connection) as changed:
        store.save()
    assert (len(made), len(changed)) == (1, 1)
    assert SessionStore(store.session_key)["place"] == "Filia"
    assert Session.objects.count() == 1


@pytest.mark.req("CORE-02", "CORE-03")
def test_who_is_signed_in_comes_with_their_rights_by_one_statement(client: Client) -> None:
    at, by = now(), Actor.system("tests")
    unit = add_unit(by=by, at=at, symbol="UM", name="Urząd")
    clerk = make_staff("clerk@okienko.example", "clerk", by=by, at=at, unit=unit)
    client.force_login(clerk)
    client.get("/jednostki/")  # the first page also looks whether a second factor is asked for
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/jednostki/").status_code == 200
    assert sum("people_person" in one["sql"] or "people_grant" in one["sql"] for one in asked) == 1
    Person.objects.filter(pk=clerk.pk).update(is_active=False)
    assert client.get("/jednostki/").status_code == 302


def test_a_key_that_somebody_has_is_not_taken_from_them():
    store = SessionStore()
    store["place"] = "Ratusz"
    store.save()
    with pytest.raises(CreateError):
        SessionStore(store.session_key).save(must_create=True)
    assert SessionStore(store.session_key)["place"] == "Ratusz"


def test_a_session_that_was_ended_meanwhile_is_not_begun_again():
    store = SessionStore()
    store.save()
    Session.objects.all().delete()
    store["place"] = "Ratusz"
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()
