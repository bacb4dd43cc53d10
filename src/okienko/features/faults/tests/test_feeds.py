from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.test import Client

from okienko.base.time import now
from okienko.features.faults.models import Report
from okienko.features.faults.tests.conftest import HERE, City

pytestmark = pytest.mark.req("FAULT-91")


def titles(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/zgloszenia/nowe.rss{query}", headers={"accept-language": "en"})
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
    return [item.findtext("title") or "" for item in feed.iter("item")]


def test_news_of_reports_the_newest_first(client: Client, city: City) -> None:
    city.reported(at=now(), street="Próbna", house_number="7", description="tajne & <b>", contact_name="Ola")
    city.reported(at=now(), category=city.lamps, latitude=HERE[0], longitude=HERE[1])
    lamp, hole = titles(client)
    assert (lamp.startswith("Lampy"), hole) == (True, "Dziury: Próbna")
    assert titles(client, "?category=dziury") == ["Dziury: Próbna"]
    said = client.get("/zgloszenia/nowe.rss").content.decode()
    assert "tajne" not in said
    assert "Ola" not in said


def test_one_report_with_a_sign_that_xml_cannot_hold_leaves_nobody_without_news(
    client: Client, city: City
) -> None:
    Report.objects.filter(pk=city.reported(at=now(), street="Próbna").pk).update(
        public_text="Dziura\x0b \ufeffw jezdni"
    )
    assert titles(client) == ["Dziury: Próbna"]
    assert "Dziura w jezdni" in client.get("/zgloszenia/nowe.rss").content.decode()


def test_a_map_of_reports_for_programs(client: Client, city: City) -> None:
    near = city.reported(
        at=now(), latitude=HERE[0] + 0.00012, longitude=HERE[1], street="Próbna", house_number="7"
    )
    nowhere = city.reported(at=now(), description="tajne")
    answer = client.get("/zgloszenia/nowe.geojson")
    assert answer["Content-Type"] == "application/geo+json"
    without, placed = answer.json()["features"]
    assert (without["geometry"], without["properties"]["number"]) == (None, nowhere.number)
    assert placed["geometry"] == {"type": "Point", "coordinates": [round(HERE[1], 3), round(HERE[0], 3)]}
    assert (placed["properties"]["address"], placed["properties"]["text"]) == ("Próbna", "")
    assert "tajne" not in answer.content.decode()
    [older] = client.get(f"/zgloszenia/nowe.geojson?before={without['id']}").json()["features"]
    assert older["properties"]["number"] == near.number
    Report.objects.update(forgotten_at=now())
    assert client.get("/zgloszenia/nowe.geojson").json()["features"] == []
