from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from okienko.base.time import now
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.actions import create_token
from okienko.kernel.people.factories import make_staff

BY = Actor.system("tests")


@pytest.mark.django_db
@pytest.mark.req("FAULT-90", "CORE-64")
def test_who_asks_too_often_waits_and_nobody_else_does(client: Client, settings: Any) -> None:
    settings.API_PER_MINUTE, settings.API_PER_MINUTE_WITHOUT_TOKEN = 2, 1
    program = make_staff("program@okienko.example", "reporting-program", by=BY, at=now())
    _token, key = create_token(program, by=BY, at=now(), name="x", scopes=["faults.send"])
    assert client.get("/open311/v2/services.json").status_code == 200
    refused = client.get("/open311/v2/services.json")
    assert (refused.status_code, refused.json()[0]["code"]) == (429, 429)
    assert int(refused["Retry-After"]) <= 60
    assert b"<errors><error><code>429" in client.get("/open311/v2/services").content
    posted = [client.post("/open311/v2/requests.xml", {"api_key": key}).status_code for _ in range(3)]
    assert posted == [400, 400, 429]
    assert client.get("/zgloszenia/").status_code == 200
