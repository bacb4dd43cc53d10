from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from okienko.base import time
from okienko.features.visits import holding
from okienko.features.visits.rush import kept
from okienko.features.visits.rush.factories import make_place
from okienko.features.visits.rush.models import Place, Release
from okienko.features.visits.rush.tests.test_views import newest, opens
from okienko.features.visits.tests.conftest import Office

pytestmark = [pytest.mark.req("BOOK-24"), pytest.mark.django_db]

API = "/api/v1/visits"


def send(path: str, **given: Any) -> Any:
    kept.forget()
    return Client(headers={"accept-language": "en"}).post(
        f"{API}{path}", json.dumps(given), "application/json"
    )


def read(path: str) -> Any:
    kept.forget()
    return Client().get(f"{API}{path}")


def test_a_program_takes_a_place_waits_and_holds_a_time(office: Office, release: Release) -> None:
    opens(-1)
    Release.objects.update(at_once=1)
    line = read("/lines/dowod").json()
    assert line["stands"] is False
    first = make_place(Release.objects.get(), at=time.now())
    assert send(f"/line-places/{first}/ask").json()["state"] == "turn"
    line = read("/lines/dowod").json()
    assert line["stands"] is True
    took = send("/lines/dowod", token=line["token"])
    assert took.status_code == 201
    assert (took.json()["state"], took.json()["number"], took.json()["ahead"]) == ("waiting", 2, 0)
    own = f"/line-places/{line['token']}"
    assert (
        send("/holds", service="dowod", start=newest(office), turn=line["token"]).json()["code"] == "in-line"
    )
    assert send(f"/line-places/{first}/leave").json()["state"] == "left"
    assert read(own).json()["state"] == "waiting"  # reading calls nobody
    assert send(f"{own}/ask").json()["state"] == "turn"
    assert read(own).json()["until"] is not None
    assert send("/holds", service="dowod", start=newest(office), turn=line["token"]).status_code == 201


def test_a_program_does_the_same_work_as_a_browser(office: Office, release: Release, settings: Any) -> None:
    settings.VISITS_WORK_BITS = 8
    opens(10)
    for _ in range(5):
        assert send("/lines/dowod", token=holding.new_key()).json()["state"] == "early"
    line = read("/lines/dowod").json()
    assert send("/lines/dowod", token=line["token"], work="1x").json()["code"] == "line-network-full"
    work = next(str(n) for n in range(10**6) if sha256(f"{line['task']}:{n}".encode()).digest()[0] == 0)
    for _ in range(2):
        assert send("/lines/dowod", token=line["token"], work=work).json()["state"] == "early"
    assert Place.objects.count() == 6


def test_what_a_program_may_not_know_is_not_there(office: Office, release: Release) -> None:
    opens(10)
    token = make_place(Release.objects.get(), at=time.now())
    place = Place.objects.get().token_hash
    for path in (
        f"/line-places/{holding.new_key()}",
        f"/line-places/{place}",
        "/lines/paszport",
        "/lines/%00",
    ):
        assert read(path).status_code == 404
    assert read(f"/line-places/{token}").json()["ask_after"] > 0
    assert send("/lines/dowod", token="short").json()["code"] == "no-line"
    Release.objects.update(active=False)
    assert read("/lines/dowod").status_code == 404
