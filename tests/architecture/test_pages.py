"""Every page and call that there is: whom it answers, and what strangers get."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from okienko.kernel.people import roles

# What answers without a permission, by the beginning of its address, and why.
FOR_EVERYBODY = (
    "konto/",  # sign-in itself, whose own pages ask who one is
    "zgloszenia/",  # anybody reports a fault, and follows it by a secret link
    "wizyty/",  # residents book without an account, and find their visit by a secret link
    "open311/",  # other programs read what everybody may see; sending asks for a key
    "szukaj/",  # residents search what is published to them
    "wiedza/",  # articles for residents
    "dokumenty/",  # each file asks whether one may see what it belongs to
    "herb/",  # the coat of arms stands on every page
    "wiadomosci/raport/",  # gateways report here; the path holds a secret
    "api/",  # asks for a token, operation by operation
    "ui/",  # colours, icon, manifest and preferences: nothing of the office
)


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


def permission_of(entry: URLPattern) -> str | None:
    return getattr(entry.callback, "permission", None)


def is_for_everybody(route: str) -> bool:
    return route == "" or route.startswith(FOR_EVERYBODY)


ALL = [(route, entry) for route, entry in patterns(get_resolver())]


@pytest.mark.req("CORE-03")
def test_every_other_page_says_whom_it_answers():
    open_ones = [
        route for route, entry in ALL if not is_for_everybody(route) and permission_of(entry) is None
    ]
    assert open_ones == []


@pytest.mark.req("CORE-03")
def test_every_permission_asked_for_is_described():
    described = {permission.code for permission in roles.all_permissions()} | {"staff", "signed-in"}
    asked = {permission for _, entry in ALL if (permission := permission_of(entry)) is not None}
    assert asked <= described


def test_no_address_is_opened_that_is_not_there():
    assert [begin for begin in FOR_EVERYBODY if not any(route.startswith(begin) for route, _ in ALL)] == []


@pytest.mark.req("CORE-03", "CORE-66")
@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in_and_learns_nothing():
    client = Client()
    guarded = [route for route, entry in ALL if permission_of(entry) is not None]
    plain = [route for route in guarded if "<" not in route and "^" not in route]
    assert len(plain) > 5
    for route in plain:
        response = client.get(f"/{route}")
        assert response.status_code in (302, 404, 405), (route, response.status_code)
        if response.status_code == 302:
            assert response["Location"].startswith("/konto/"), route
