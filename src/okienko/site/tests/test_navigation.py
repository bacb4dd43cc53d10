"""Among the pages that it stands with, the page that is shown is the current one."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.req("CORE-51")]

BY = Actor.system("tests")
AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
CURRENT = re.compile('<a href="([^"]+)" aria-current="page">')
ACCOUNT = (
    "/moje/",
    "/konto/email/",
    "/konto/password/change/",
    "/konto/2fa/",
    "/konto/sessions/",
    "/moje/zgody/",
)


@pytest.fixture
def resident(client: Client) -> Client:
    person = Person.objects.create(
        email="zofia@okienko.example", first_name="Zofia", last_name="Zmyślona", joined_at=AT
    )
    person.set_password("osiem zielonych kotów")
    person.save()
    client.force_login(person)
    return client


def part(page: str, opening: str, closing: str) -> str:
    return page.partition(opening)[2].partition(closing)[0]


def tabs(client: Client, address: str) -> str:
    return part(client.get(address).content.decode(), '<nav class="tabs"', "</nav>")


@pytest.mark.parametrize("address", ACCOUNT)
def test_each_page_of_ones_account_is_the_current_tab(resident: Client, address: str) -> None:
    shown = tabs(resident, address)
    assert CURRENT.findall(shown) == [address]
    assert re.findall('<a href="([^"]+)"', shown) == list(ACCOUNT)


def test_a_page_below_a_tab_is_at_home_under_it(resident: Client) -> None:
    assert CURRENT.findall(tabs(resident, "/konto/2fa/webauthn/")) == ["/konto/2fa/"]


def test_keys_for_programs_are_a_tab_of_staff_alone(client: Client) -> None:
    client.force_login(make_staff("anna@okienko.example", by=BY, at=AT))
    assert CURRENT.findall(tabs(client, "/moje/klucze/")) == ["/moje/klucze/"]


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/wizyty/moje/", ["/wizyty/moje/"]),
        ("/moje/", ["/moje/"]),
        ("/moje/zgody/", ["/moje/zgody/"]),
        ("/wizyty/", []),
    ],
)
def test_beside_ones_name_the_page_that_is_shown_is_marked(
    resident: Client, address: str, current: list[str]
) -> None:
    page = resident.get(address).content.decode()
    assert CURRENT.findall(part(page, '<div class="own-pages">', "</div>")) == current


def test_the_same_in_the_menu_of_a_clerk(client: Client) -> None:
    client.force_login(make_staff("anna@okienko.example", "administrator", by=BY, at=AT))
    page = client.get("/moje/klucze/").content.decode()
    assert CURRENT.findall(part(page, '<details class="menu person-menu">', "</details>")) == ["/moje/"]
