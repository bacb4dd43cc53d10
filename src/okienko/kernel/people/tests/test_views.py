from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from okienko.kernel.history.actors import Actor
from okienko.kernel.people import actions, queries, roles
from okienko.kernel.people.access import permissions_of, scope_of
from okienko.kernel.people.models import Grant, Person
from okienko.kernel.people.tests.test_actions import AT, City
from okienko.kernel.units.models import Group, Location, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.urls("okienko.kernel.people.tests.urls")]

BY = Actor.system("tests")
SEEN = [
    "/osoby/",
    "/osoby/{clerk}/",
    "/role/",
    "/jednostki/",
    "/jednostki/{roads}/",
    "/moje/",
    "/moje/klucze/",
]
CHANGED = [
    "/osoby/zaproszenie/", "/osoby/nieobecne/", "/osoby/{clerk}/zmiana/", "/osoby/{clerk}/urlop/",
    "/osoby/{clerk}/odejscie/", "/osoby/{clerk}/przekazanie/", "/osoby/{clerk}/rola/", "/jednostki/nowa/",
    "/jednostki/{roads}/zmiana/", "/jednostki/{roads}/wylaczenie/", "/jednostki/{roads}/grupa/",
    "/jednostki/{roads}/grupa/{crew}/", "/jednostki/{roads}/miejsce/",
]  # fmt: skip


@pytest.fixture
def city() -> City:
    return City()


def at(address: str, city: City) -> str:
    return address.format(clerk=city.clerk.pk, roads=city.roads.pk, crew=city.crew.pk)


def page(client: Client, address: str, language: str = "en") -> str:
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200, address
    return response.content.decode()


@pytest.mark.req("CORE-03")
@pytest.mark.parametrize("address", SEEN + CHANGED)
def test_each_page_is_for_those_whose_roles_reach_it(client: Client, city: City, address: str) -> None:
    address = at(address, city)
    assert client.get(address)["location"].startswith("/konto/login/")
    expected = {city.chief: 200, city.local: 200}
    if address in [at(one, city) for one in SEEN]:
        expected[city.clerk] = 200
        own = address.startswith(("/moje/", "/role/")) or address in ("/osoby/", "/jednostki/")
        expected[city.stranger] = 200 if own else 404
    else:
        expected |= {city.clerk: 404, city.stranger: 404}
    for person, status in expected.items():
        client.force_login(person)
        assert client.get(address).status_code == status, (address, person)
        if status == 404:
            assert client.post(address, {"sure": "on", "version": "1"}).status_code == 404


@pytest.mark.req("CORE-03")
def test_residents_find_no_page_of_staff(client: Client, city: City) -> None:
    client.force_login(Person.objects.create(email="ola@example.org", joined_at=AT))
    for address in SEEN + CHANGED:
        if address != "/moje/":
            assert client.get(at(address, city)).status_code == 404, address
    assert "Keys for programs" not in page(client, "/moje/")


@pytest.mark.req("CORE-03")
def test_the_list_shows_those_whom_the_roles_reach_and_no_others(client: Client, city: City) -> None:
    client.force_login(city.local)
    shown = page(client, "/osoby/")
    assert "clerk@okienko.example" in shown
    assert "stranger@okienko.example" not in shown
    assert "2 rows" in shown
    assert "0 rows" in page(client, "/osoby/?q=stranger@")
    assert "1 row" in page(client, f"/osoby/?role=clerk&unit={city.roads.pk}&state=here")
    assert "0 rows" in page(client, "/osoby/?state=gone")


@pytest.mark.req("CORE-02")
def test_staff_are_invited_with_their_first_role(client: Client, city: City) -> None:
    client.force_login(city.local)
    form = {
        "first_name": "Jan", "last_name": "Nowy", "email": "Jan@okienko.example", "language": "pl",
        "role": "clerk", "unit": city.roads.pk,
    }  # fmt: skip
    assert client.post("/osoby/zaproszenie/", form).status_code == 302
    jan = Person.objects.get(email="jan@okienko.example")
    assert jan.is_staff_member
    assert not jan.has_usable_password()
    assert "Rola: urzędnik" in page(client, f"/osoby/{jan.pk}/", "pl"), "the record says roles in words"
    assert [(grant.role, grant.unit) for grant in jan.grants.all()] == [("clerk", city.roads)]
    again = client.post("/osoby/zaproszenie/", form, headers={"accept-language": "pl"})
    assert "Jest już konto z tym adresem e-mail." in again.content.decode()
    assert 'value="Nowy"' in again.content.decode()


@pytest.mark.req("CORE-03")
@pytest.mark.parametrize("role", ["administrator", "clerk"])
def test_what_may_not_be_given_is_not_offered_and_not_taken(client: Client, city: City, role: str) -> None:
    client.force_login(city.local)
    form = {"first_name": "J", "last_name": "N", "email": "j@okienko.example", "language": "pl"}
    response = client.post("/osoby/zaproszenie/", {**form, "role": role, "unit": city.parks.pk})
    assert response.status_code in (200, 404)
    assert not Person.objects.filter(email="j@okienko.example").exists()
    address = f"/osoby/{city.clerk.pk}/rola/"
    assert client.post(address, {"role": role, "unit": city.parks.pk}).status_code == 200
    assert city.clerk.grants.count() == 1


@pytest.mark.req("CORE-03")
def test_a_role_is_given_for_a_time_and_taken_on_the_page(client: Client, city: City) -> None:
    client.force_login(city.chief)
    form = {"role": "clerk", "unit": city.parks.pk, "valid_until_0": "1.12.2030", "valid_until_1": "12:00"}
    form |= {"valid_until_day": "1.12.2030", "valid_until_hour": "12:00"}
    assert client.post(f"/osoby/{city.clerk.pk}/rola/", form).status_code == 302
    grant = Grant.objects.get(person=city.clerk, unit=city.parks)
    assert grant.valid_until is not None
    assert "chief Przykład" in page(client, f"/osoby/{city.clerk.pk}/")
    assert client.post(f"/osoby/{city.stranger.pk}/rola/{grant.pk}/koniec/").status_code == 404
    client.post(f"/osoby/{city.clerk.pk}/rola/{grant.pk}/koniec/")
    grant.refresh_from_db()
    assert grant.valid_until <= timezone.now()


@pytest.mark.req("CORE-04")
def test_who_is_away_with_open_work_is_shown_and_hands_it_over(
    client: Client, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_counters", [lambda people: {city.clerk.pk: 7}])
    client.force_login(city.local)
    assert "Nobody who is away" in page(client, "/osoby/nieobecne/")
    today = timezone.localdate()
    leave = {
        "away_from": f"{today:%d.%m.%Y}",
        "away_until": f"{today + timedelta(days=9):%d.%m.%Y}",
        "version": 1,
    }
    assert client.post(f"/osoby/{city.clerk.pk}/urlop/", leave).status_code == 302
    shown = page(client, "/osoby/nieobecne/")
    assert "clerk Przykład" in shown
    assert ">7<" in shown
    assert "7 open pieces of work go" in page(client, f"/osoby/{city.clerk.pk}/przekazanie/")
    wrong = client.post(f"/osoby/{city.clerk.pk}/przekazanie/", {"to": city.stranger.pk})
    assert wrong.status_code == 200
    assert client.post(f"/osoby/{city.clerk.pk}/przekazanie/", {"to": city.local.pk}).status_code == 302


@pytest.mark.req("CORE-04")
def test_what_who_is_gone_leaves_behind_is_shown_and_handed_over_by_their_own_unit(
    client: Client, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_counters", [lambda people: {city.clerk.pk: 7}])
    actions.give_role(city.clerk, "clerk", by=BY, at=AT, unit=city.parks, valid_until=AT + timedelta(days=1))
    actions.create_token(city.clerk, by=BY, at=AT, name="mine", scopes=["units.see"])
    client.force_login(city.local)
    gone, hand_over = f"/osoby/{city.clerk.pk}/odejscie/", f"/osoby/{city.clerk.pk}/przekazanie/"
    assert client.post(gone, {"sure": "on", "version": 1}).status_code == 302
    shown = page(client, "/osoby/nieobecne/")
    assert "clerk Przykład" in shown
    assert ">gone<" in shown
    assert ">7<" in shown
    assert hand_over in shown
    person = page(client, f"/osoby/{city.clerk.pk}/")
    assert "7 open pieces of work are here" in person
    assert hand_over in person
    assert client.post(hand_over, {"to": city.local.pk}).status_code == 302
    assert "handed over" in page(client, f"/osoby/{city.clerk.pk}/")
    client.force_login(city.person("parks-local", "unit-administrator", city.parks))
    assert client.get(hand_over).status_code == 404


@pytest.mark.req("CORE-25")
def test_a_change_by_somebody_else_is_shown_and_what_was_typed_stays(client: Client, city: City) -> None:
    client.force_login(city.chief)
    address = f"/osoby/{city.clerk.pk}/zmiana/"
    form = {"first_name": "Ala", "last_name": "Typed", "email": "clerk@okienko.example", "language": "pl"}
    actions.change_person(city.clerk, by=BY, at=AT, version=1, last_name="Meanwhile")
    shown = client.post(address, {**form, "version": 1}, headers={"accept-language": "en"}).content.decode()
    assert "<dt>Last name</dt><dd>Meanwhile</dd>" in shown.partition('id="meanwhile"')[2]
    assert 'value="Typed"' in shown
    assert 'name="version" value="2"' in shown
    assert client.post(address, {**form, "version": 2}).status_code == 302


@pytest.mark.req("CORE-01")
def test_units_are_added_changed_switched_off_and_keep_their_history(client: Client, city: City) -> None:
    client.force_login(city.chief)
    form = {
        "name": "Filia", "symbol": "FIL", "parent": city.roads.pk, "address": "Próbna 17", "phone": "22 111 00 01",
        "email": "filia@okienko.example", "fax": "22 111 00 02", "web_page": "example.org",
        "bip_page": "https://bip.example.org", "latitude": "52,1", "longitude": "21,0",
        "territory": '{"type": "Polygon", "coordinates": []}',
    }  # fmt: skip
    assert client.post("/jednostki/nowa/", form).status_code == 302
    branch = Unit.objects.get(symbol="FIL")
    assert (branch.latitude, branch.longitude, branch.web_page) == (52.1, 21.0, "https://example.org")
    assert branch.territory == {"type": "Polygon", "coordinates": []}
    shown = page(client, f"/jednostki/{branch.pk}/")
    for said in (
        "<h1>Filia</h1>", "<p>FIL", "<dd>Próbna 17<", "<dd>22 111 00 01<", "<dd>filia@okienko.example<", "<dd>22 111 00 02<",
        'href="https://example.org"', 'href="https://bip.example.org"', 'data-latitude="52.1" data-longitude="21"', "<dd>drawn<",
    ):  # fmt: skip
        assert said in shown
    assert f'/jednostki/{branch.pk}/">Filia</a>' in page(client, f"/jednostki/{city.roads.pk}/")
    indented = page(client, "/jednostki/").partition("Filia</a>")[0].rpartition("<th")[2]
    assert indented.count("· ") == 2, "it stands two steps below the hall"
    off = f"/jednostki/{city.roads.pk}/wylaczenie/"
    refused = client.post(off, {"sure": "on", "version": 1}, headers={"accept-language": "en"})
    assert "units in use below" in refused.content.decode()
    assert client.post(f"/jednostki/{branch.pk}/wylaczenie/", {"sure": "on", "version": 1}).status_code == 302
    assert "Filia" not in page(client, "/jednostki/")
    assert "Filia" in page(client, "/jednostki/?wszystkie")
    shown = page(client, f"/jednostki/{branch.pk}/")
    assert "switched off" in shown
    assert "Unit added" in shown
    assert "Unit changed" in shown
    branch.refresh_from_db()
    again = {"sure": "on", "version": branch.version}
    assert client.post(f"/jednostki/{branch.pk}/wylaczenie/", again).status_code == 302
    assert "Filia" in page(client, "/jednostki/")
    circle = {**form, "name": "UM", "symbol": "UM", "parent": city.roads.pk, "version": 1}
    assert client.post(f"/jednostki/{city.hall.pk}/zmiana/", circle).status_code == 200


@pytest.mark.req("CORE-55")
@pytest.mark.parametrize(
    "wrong",
    [{"latitude": "91"}, {"longitude": ""}, {"symbol": "UM"}, {"web_page": "x y"}, {"territory": "{"},
     {"territory": "[1]"}, {"name": ""}, {"name": "x" * 251}, {"parent": "999999"}],
)  # fmt: skip
def test_a_wrong_unit_is_refused_beside_its_field(client: Client, city: City, wrong: dict[str, str]) -> None:
    client.force_login(city.chief)
    form = {"name": "Filia", "symbol": "FIL", "parent": city.roads.pk, "latitude": "52", "longitude": "21"}
    response = client.post("/jednostki/nowa/", {**form, **wrong})
    assert response.status_code == 200
    assert 'class="error"' in response.content.decode()
    assert not Unit.objects.filter(symbol="FIL").exists()


@pytest.mark.req("CORE-01", "CORE-03")
def test_groups_and_places_belong_to_the_units_of_ones_reach(client: Client, city: City) -> None:
    client.force_login(city.local)
    home, foreign = f"/jednostki/{city.roads.pk}", f"/jednostki/{city.parks.pk}"
    group = {"name": "Nowa", "symbol": "N", "kind": "other"}
    assert client.post(f"{foreign}/grupa/", group).status_code == 404
    assert client.post(f"{home}/grupa/{city.other_crew.pk}/", group).status_code == 404
    assert client.post(f"{home}/grupa/", group).status_code == 302
    made = Group.objects.get(symbol="N")
    assert client.post(f"{home}/grupa/{made.pk}/", {**group, "name": "Inna", "version": 1}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.active) == ("Inna", False)
    assert client.post(f"{home}/miejsce/", {"name": "Sala", "active": "on"}).status_code == 302
    place = Location.objects.get(name="Sala")
    assert client.post(f"{home}/miejsce/{place.pk}/", {"name": "Sala 2", "version": 1}).status_code == 302
    assert (
        client.post("/jednostki/nowa/", {"name": "X", "symbol": "X", "parent": city.parks.pk}).status_code
        == 200
    )
    assert client.post("/jednostki/nowa/", {"name": "X", "symbol": "X"}).status_code == 200
    assert not Unit.objects.filter(symbol="X").exists()


@pytest.mark.req("CORE-02")
def test_the_permission_table_is_read_by_staff_and_its_rules_set_by_administrators(
    client: Client, city: City
) -> None:
    client.force_login(city.local)
    assert "See staff members and their roles" in page(client, "/role/")
    assert "Widzi osoby" in page(client, "/role/", "pl")
    client.post("/role/", {"roles": ["clerk"]})
    assert not queries.lacks_second_factor(city.clerk, at=AT)
    client.force_login(city.chief)
    client.post("/role/", {"roles": ["clerk"]})
    assert queries.lacks_second_factor(city.clerk, at=AT)
    client.post("/role/", {"roles": []})
    assert not queries.lacks_second_factor(city.clerk, at=AT)


@pytest.mark.req("CORE-61")
def test_a_key_is_shown_once_and_holds_no_more_than_ones_own_permissions(client: Client, city: City) -> None:
    client.force_login(city.clerk)
    beyond = client.post("/moje/klucze/", {"name": "program", "scopes": ["people.change"]})
    assert 'class="error"' in beyond.content.decode()
    made = client.post("/moje/klucze/", {"name": "program", "scopes": ["units.see"]})
    (token,) = city.clerk.tokens.all()
    assert token.hint in made.content.decode()
    assert "okn_" in made.content.decode()
    assert made["cache-control"] == "no-store"
    secret = made.content.decode().split("okn_")[1].split("<")[0]
    assert secret not in page(client, "/moje/klucze/")
    client.force_login(city.chief)
    assert client.post(f"/moje/klucze/{token.pk}/wycofanie/").status_code == 404
    client.force_login(city.clerk)
    client.post(f"/moje/klucze/{token.pk}/wycofanie/")
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_every_page_speaks_every_language(client: Client, city: City, language: str) -> None:
    client.force_login(city.chief)
    for address in SEEN + CHANGED:
        shown = page(client, at(address, city), language)
        assert f'<html lang="{language}"' in shown


@pytest.mark.req("CORE-03")
def test_what_one_may_do_at_all_is_what_each_permission_says(city: City) -> None:
    for moment in (AT, AT - timedelta(days=3650), timezone.now()):
        for person in (city.chief, city.local, city.clerk, city.stranger, Person(), None):
            held = permissions_of(person, at=moment)
            for permission in roles.all_permissions():
                assert (permission.code in held) == bool(scope_of(person, permission.code, at=moment))
    token = Person.objects.get(pk=city.chief.pk)
    token.token_scopes = frozenset({"people.see"})
    assert permissions_of(token, at=AT) == {"people.see"}


@pytest.mark.req("CORE-03", "CORE-51")
def test_a_phone_is_told_the_same_permissions_role_by_role(client: Client, city: City) -> None:
    client.force_login(city.chief)
    told = page(client, "/role/", "pl").partition('<div class="on-phones">')[2]
    parts = told.split("<summary>")[1:]
    assert len(parts) == len(roles.all_roles())
    for role, part in zip(roles.all_roles(), parts, strict=True):
        assert str(role.name) in part
        shown = {one.code for one in roles.all_permissions() if f">{one.code}</span></li>" in part}
        assert shown == role.may
