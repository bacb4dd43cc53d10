from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okienko.kernel.history.actors import Actor
from okienko.kernel.people import actions, queries
from okienko.kernel.people.access import permissions_of, scope_of
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.units.actions import add_group, add_unit

pytestmark = pytest.mark.django_db

BY = Actor.system("tests")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
LATER = AT + timedelta(days=10)


def secret_of(person: Person) -> str:
    by = Actor(person.pk, person.name)
    return actions.create_token(person, by=by, at=AT, name="mine", scopes=["units.see"])[1]


@pytest.mark.req("CORE-64")
def test_a_program_is_known_with_all_rights_of_its_person_by_one_statement() -> None:
    hall = add_unit(by=BY, at=AT, symbol="UM", name="Urząd")
    roads = add_unit(by=BY, at=AT, symbol="ZDM", name="Drogi", parent=hall)
    crew = add_group(by=BY, at=AT, unit=roads, symbol="ZDM-E", name="Ekipa")
    clerk = make_staff("clerk@okienko.example", "clerk", by=BY, at=AT, unit=roads)
    actions.give_role(clerk, "clerk", by=BY, at=AT, unit=hall, valid_until=AT + timedelta(days=9))
    secret = secret_of(clerk)
    with CaptureQueriesContext(connection) as asked:
        token = queries.token_holder(secret, at=AT)
        assert token is not None
        now, later = (scope_of(token.person, "units.see", at=at) for at in (AT, LATER))
        assert permissions_of(token.person, at=AT)
    assert len(asked) == 1
    assert now.units == {hall.pk, roads.pk}
    assert now.groups == later.groups == {crew.pk}
    assert later.units == {roads.pk}
    assert later == scope_of(Person.objects.get(pk=clerk.pk), "units.see", at=LATER)


@pytest.mark.req("CORE-64")
def test_a_token_of_somebody_who_lost_all_roles_is_known_and_may_nothing() -> None:
    clerk = make_staff("clerk@okienko.example", "administrator", by=BY, at=AT)
    secret = secret_of(clerk)
    clerk.grants.all().delete()
    token = queries.token_holder(secret, at=AT)
    assert token is not None
    assert token.person == clerk
    assert not permissions_of(token.person, at=AT)


@pytest.mark.req("CORE-64")
def test_what_has_ended_or_was_withdrawn_opens_nothing() -> None:
    clerk = make_staff("clerk@okienko.example", "administrator", by=BY, at=AT)
    by, until = Actor(clerk.pk, clerk.name), AT + timedelta(days=1)
    token, secret = actions.create_token(
        clerk, by=by, at=AT, name="mine", scopes=["units.see"], expires_at=until
    )
    assert queries.token_holder(secret, at=AT) is not None
    assert queries.token_holder(secret, at=until) is None
    actions.withdraw_token(token, by=by, at=AT)
    assert queries.token_holder(secret, at=AT) is None
