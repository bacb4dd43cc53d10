from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from okienko.base.decisions import Missing, Refused
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.units.actions import add_unit
from okienko.kernel.webhooks import actions, declaring, rules
from okienko.kernel.webhooks.models import Delivery, Endpoint

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
BY = Actor.system("test")


@pytest.fixture(autouse=True)
def events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declaring, "_events", {"test.happened": "it happened", "test.ended": "it ended"})


@pytest.fixture
def receiver() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as server:
        yield server


@pytest.fixture
def administrator(db: None) -> Person:
    return make_staff("administrator@okienko.example", "administrator", by=BY, at=AT)


@pytest.fixture
def no_jobs(transactional_db: None) -> Iterator[None]:
    """Transactional tests leave rows of tables that Django does not empty."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def endpoint_at(server: HTTPServer, *events: str) -> tuple[Endpoint, str]:
    return actions.add_endpoint(
        by=BY, at=AT, name="Hurtownia", url=server.url_for("/hook"), events=events or ["test.happened"]
    )


def jobs() -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args, scheduled_at FROM procrastinate_jobs WHERE task_name LIKE '%%webhooks%%' ORDER BY id"
        )
        return [
            {"args": json.loads(row[0]) if isinstance(row[0], str) else row[0], "at": row[1]}
            for row in cursor.fetchall()
        ]


@pytest.mark.req("CORE-64")
def test_an_event_is_signed_and_delivered_once(db: None, receiver: HTTPServer) -> None:
    _endpoint, secret = endpoint_at(receiver)
    got: list[Request] = []

    def take(request: Request) -> Response:
        got.append(request)
        return Response(status=204)

    receiver.expect_request("/hook", method="POST").respond_with_handler(take)
    assert actions.announce("test.happened", {"number": "104"}, at=AT) == 1
    assert actions.announce("test.ended", {"number": "104"}, at=AT) == 0
    delivery = Delivery.objects.get()
    assert [job["args"] for job in jobs()] == [{"delivery_id": delivery.pk}]
    assert actions.attempt(delivery.pk, at=AT) is not None
    assert actions.attempt(delivery.pk, at=AT) is None
    (request,) = got
    body = request.get_data()
    assert json.loads(body) == {
        "type": "test.happened", "timestamp": "2026-11-20T09:00:00+00:00", "data": {"number": "104"},
    }  # fmt: skip
    import base64

    key = base64.b64decode(secret.removeprefix("whsec_"))
    stamp = int(request.headers["webhook-timestamp"])
    assert request.headers["webhook-signature"] == rules.sign(key, delivery.message_id, stamp, body)
    assert request.headers["webhook-id"] == delivery.message_id
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.told) == ("delivered", 1, "HTTP 204")


@pytest.mark.req("CORE-64")
def test_what_is_undone_is_not_told(db: None, receiver: HTTPServer) -> None:
    endpoint_at(receiver)
    with transaction.atomic():
        assert actions.announce("test.happened", {"number": "104"}, at=AT) == 1
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert jobs() == []


@pytest.mark.req("CORE-64")
def test_inside_a_worker_too_a_job_belongs_to_the_transaction(no_jobs: None, receiver: HTTPServer) -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    endpoint_at(receiver)
    own = app.connector
    assert isinstance(own, DjangoConnector)
    with app.replace_connector(own.get_worker_connector()):
        with transaction.atomic():
            actions.announce("test.happened", {"number": "104"}, at=AT)
            transaction.set_rollback(True)
        assert jobs() == []
        actions.announce("test.happened", {"number": "105"}, at=AT)
        assert len(jobs()) == 1


@pytest.mark.req("CORE-64", "CORE-34")
def test_it_is_tried_again_later_and_later_then_shown_and_sent_again_by_hand(
    administrator: Person, receiver: HTTPServer, client: Client
) -> None:
    endpoint_at(receiver)
    receiver.expect_request("/hook").respond_with_data(
        "no", status=302, headers={"Location": "http://10.0.0.1/"}
    )
    actions.announce("test.happened", {"number": "104"}, at=AT)
    delivery = Delivery.objects.get()
    for _try in range(len(rules.PAUSES) + 1):
        actions.attempt(delivery.pk, at=AT)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.told) == ("failed", "HTTP 302")
    assert [job["at"] for job in jobs()] == [None, *(AT + pause for pause in rules.PAUSES)]
    client.force_login(administrator)
    assert "104" in client.get("/webhooki/").content.decode()
    client.post(f"/webhooki/wysylka/{delivery.pk}/ponow/")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("waiting", 0)
    with pytest.raises(Refused):
        actions.send_again(delivery.pk, by=BY, at=AT)


@pytest.mark.req("CORE-66")
def test_a_name_that_leads_behind_our_walls_is_not_called(
    db: None, receiver: HTTPServer, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, _secret = endpoint_at(receiver)
    actions.announce("test.happened", {"number": "104"}, at=AT)
    Endpoint.objects.filter(pk=endpoint.pk).update(url="https://localhost:1/hook")
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    delivery = actions.attempt(Delivery.objects.get().pk, at=AT)
    assert delivery is not None
    assert "private network" in delivery.told
    assert receiver.log == []


@pytest.mark.req("CORE-64")
def test_the_secret_is_shown_once(administrator: Person, client: Client) -> None:
    client.force_login(administrator)
    data = {"name": "Hurtownia", "url": "https://hurtownia.example.org/hook", "events": ["test.happened"]}
    wrong = client.post("/webhooki/nowy/", {**data, "url": "http://example.org"}).content.decode()
    assert 'class="field wrong"' in wrong
    shown = client.post("/webhooki/nowy/", data).content.decode()
    endpoint = Endpoint.objects.get()
    assert rules.secret_of(endpoint.key) in shown
    for address in ("/webhooki/", f"/webhooki/{endpoint.pk}/"):
        page = client.get(address).content.decode()
        assert "hurtownia.example.org" in page
        assert "whsec_" not in page
    client.post(f"/webhooki/{endpoint.pk}/", {**data, "name": "Inna", "version": "1"})
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.active) == ("Inna", False)
    assert actions.announce("test.happened", {}, at=AT) == 0


@pytest.mark.req("CORE-03")
def test_others_find_no_such_page(db: None, client: Client) -> None:
    unit = add_unit(by=BY, at=AT, symbol="UM", name="Urząd")
    clerk = make_staff("urzednik@okienko.example", "clerk", by=BY, at=AT, unit=unit)
    client.force_login(clerk)
    for address in ("/webhooki/", "/webhooki/nowy/", "/webhooki/1/"):
        assert client.get(address).status_code == 404
    with pytest.raises(Missing):
        actions.add_endpoint(
            by=Actor(clerk.pk, clerk.name), at=AT, name="x", url="https://example.org", events=["test.ended"]
        )
