"""Whatever stands in an address or a form gets an answer and never a fault."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from okienko.features.faults.tests.conftest import City

pytestmark = pytest.mark.req("CORE-55")

WORDS = ("\x00", "9" * 30, "٣", "%'\\")
FOR_EVERYBODY = (
    "mapa/?category={}", "mapa/?area={}&before={}", "mapa/okno/?okno=1,1,2,2&zoom={}", "mapa/okno/?okno={}&zoom=1",
    "nowe.rss?category={}", "nowe.geojson?area={}&before={}", "ulice/?q={}", "nr/?numer={}", "nr/{}/", "nr/NUMBER/?ja={}",
    "nr/NUMBER/ja/{}/", "sledz/{}/", "nowe/{}/opis/", "zlecenie/{}/",
)  # fmt: skip
FOR_CLERKS = (
    "statystyki/?first={}", "telefon/lista/?category={}", "telefon/obok/?category=1&street={}", "pytania/?q={}",
    "reguly/nowa/?miejsce={}", "sprawa/NUMBER/zdarzenia/?ile={}", "do-przyjecia/{}/",
)  # fmt: skip
FOR_PROGRAMS = (
    "requests.json?service_request_id={}", "requests.xml?service_code={}", "requests.json?status={}",
    "requests.xml?start_date={}", "requests.xml?page={}", "tokens/{}.json", "services/{}.xml",
    "services.xml?jurisdiction_id={}", "servicerequestupdates.xml?service_request_id={}",
)  # fmt: skip
FIELDS = (
    "category", "description", "place", "street", "latitude", "longitude", "token", "contact_email", "contact_phone",
    "words", "attachments", "version", "api_key", "service_code", "lat", "long",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_in_an_address(city: City, client: Client, word: str) -> None:
    client.raise_request_exception = False
    client.force_login(city.administrator)
    number = city.reported().number
    addresses = [f"/zgloszenia/{one}" for one in FOR_EVERYBODY + FOR_CLERKS]
    addresses += [f"/open311/v2/{one}" for one in FOR_PROGRAMS]
    addresses.append("/sprawy/NUMBER/krok/pass-to-coordinator/?group={}")
    told = [one.replace("NUMBER", number).replace("{}", quote(word)) for one in addresses]
    assert [one for one in told if client.get(one).status_code >= 500] == []


@pytest.mark.parametrize("word", WORDS)
def test_in_a_form(city: City, client: Client, word: str) -> None:
    client.raise_request_exception = False
    client.force_login(city.administrator)
    key, given = city.reported().follow_key, dict.fromkeys(FIELDS, word)
    told = (
        "/zgloszenia/", "/zgloszenia/na-jednej-stronie/", "/zgloszenia/telefon/", f"/zgloszenia/sledz/{key}/pytanie/",
        f"/zgloszenia/sledz/{key}/zdjecia/", "/open311/v2/requests.json",
    )  # fmt: skip
    assert [one for one in told if client.post(one, given).status_code >= 500] == []
