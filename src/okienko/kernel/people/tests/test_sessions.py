from __future__ import annotations

import pytest
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okienko.kernel.people.sessions import SessionStore

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
