from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from okienko.kernel.messages import delivery
from okienko.kernel.messages.actions import change_settings, forget
from okienko.kernel.messages.gateways.web import report_secret
from okienko.kernel.messages.models import Message
from okienko.kernel.messages.tests.offices import AT, BY, Clock, write
from okienko.kernel.units.models import Unit

State = Message.State
pytestmark = [pytest.mark.django_db, pytest.mark.urls("okienko.kernel.messages.tests.urls")]
PHONE = "+48 600 100 200"


def sms(unit: Unit, cause: str = "visit:1") -> Message:
    return next(m for m in write(unit, cause=cause, phone=PHONE) if m.channel == "sms")


def path_of(address: str) -> str:
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("https", "okienko.example")
    return f"{parts.path}?{parts.query}"


@pytest.mark.req("CORE-33")
@pytest.mark.parametrize(("fold", "coding", "text"), [(True, "0", "zazolc"), (False, "2", "zażółć")])
def test_through_kannel_and_back(
    unit: Unit, settings: Any, httpserver: HTTPServer, client: Client, fold: bool, coding: str, text: str
) -> None:
    asked: dict[str, str] = {}

    def gateway(request: Request) -> Response:
        asked.update(request.args.to_dict())
        return Response("0: Accepted for delivery", 202)

    httpserver.expect_request("/cgi-bin/sendsms").respond_with_handler(gateway)
    settings.SMS_URL = f"kannel://urzad:ha%26slo@127.0.0.1:{httpserver.port}/?from=Urzad"
    change_settings(by=BY, at=AT, fold_letters=fold, reply_to="")
    message = sms(unit)
    assert delivery.deliver_due("sms", clock=Clock()).tried == 1
    assert (asked["username"], asked["password"], asked["from"], asked["to"]) == (
        "urzad",
        "ha&slo",
        "Urzad",
        "+48600100200",
    )
    assert text in asked["text"]
    assert asked["coding"] == coding
    message.refresh_from_db()
    assert message.state == State.SENT

    report = path_of(asked["dlr-url"])
    assert client.get(report.replace("%d", "8").replace("%A", "")).status_code == 200
    message.refresh_from_db()
    assert message.state == State.SENT
    assert client.get(report.replace("%d", "1").replace("%A", "")).status_code == 200
    message.refresh_from_db()
    assert message.state == State.DELIVERED
    assert message.delivered_at is not None
    assert client.get(report.replace(report_secret(), "0" * 32).replace("%d", "2")).status_code == 404


@pytest.mark.req("CORE-33")
def test_a_report_of_failure_puts_it_among_the_troubles(unit: Unit, client: Client) -> None:
    message = sms(unit)
    client.get(f"/wiadomosci/raport/{report_secret()}/kannel/?key={message.key}&status=2&answer=absent")
    message.refresh_from_db()
    assert (message.state, message.problem) == (State.BOUNCED, "absent")


@pytest.mark.req("CORE-41")
def test_a_late_report_of_failure_says_nothing_of_who_was_forgotten(unit: Unit, client: Client) -> None:
    message = sms(unit)
    Message.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=AT)
    forget(unit, by=BY, at=AT)
    answer = f"/wiadomosci/raport/{report_secret()}/kannel/?key={message.key}&status=2&answer=%2B48600100200"
    assert client.get(answer).status_code == 200
    message.refresh_from_db()
    assert (message.state, message.problem) == (State.SENT, "")


@pytest.mark.req("CORE-33")
def test_through_an_http_gateway_and_back(
    unit: Unit, settings: Any, httpserver: HTTPServer, client: Client
) -> None:
    got: list[Request] = []

    def gateway(request: Request) -> Response:
        got.append(request)
        return Response('{"count":1,"list":[{"id":"77A","status":"QUEUE"}]}', content_type="application/json")

    httpserver.expect_request("/sms.do", method="POST").respond_with_handler(gateway)
    settings.SMS_URL = f"http+json://zna%2Fczek@127.0.0.1:{httpserver.port}/sms.do?from=Urzad"
    message = sms(unit)
    delivery.deliver_due("sms", clock=Clock())
    form = parse_qs(got[0].get_data(as_text=True)) or {name: [value] for name, value in got[0].form.items()}
    assert got[0].headers["Authorization"] == "Bearer zna/czek"
    assert form["to"] == ["48600100200"]
    assert form["idx"] == [message.key]
    message.refresh_from_db()
    assert (message.state, message.gateway_id) == (State.SENT, "77A")
    report = path_of(form["notify_url"][0])
    assert (
        client.post(report, {"MsgId": "unknown,77A", "status_name": "UNDELIVERED,DELIVERED"}).status_code
        == 200
    )
    message.refresh_from_db()
    assert message.state == State.DELIVERED
    assert client.post(report, b"{", content_type="application/json").status_code == 404


@pytest.mark.req("CORE-31", "CORE-33")
@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, '{"error": 13, "message": "no such number"}', State.FAILED),
        (400, "{}", State.FAILED),
        (401, "{}", State.WAITING),
        (503, "busy", State.WAITING),
        (200, "<html>", State.UNCERTAIN),
        (200, '{"error": 53, "invalid_fields": "idx"}', State.SENT),
    ],
)
def test_what_a_gateway_may_answer(
    unit: Unit, settings: Any, httpserver: HTTPServer, status: int, body: str, state: str
) -> None:
    httpserver.expect_request("/").respond_with_data(body, status=status)
    settings.SMS_URL = f"http+json://t@127.0.0.1:{httpserver.port}/"
    message = sms(unit)
    delivery.deliver_due("sms", clock=Clock())
    message.refresh_from_db()
    assert message.state == state


def test_a_gateway_that_is_away_is_tried_later(unit: Unit, settings: Any) -> None:
    settings.SMS_URL = "kannel://u:p@127.0.0.1:1/"
    message = sms(unit)
    delivery.deliver_due("sms", clock=Clock())
    message.refresh_from_db()
    assert message.state == State.WAITING


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("600 100 200", "48600100200"),
        ("+48 600-100-200", "48600100200"),
        ("0048600100200", "48600100200"),
        ("+380 44 1234567", "380441234567"),
    ],
)
def test_phones_as_they_are_typed(unit: Unit, typed: str, dialled: str) -> None:
    assert [m.address for m in write(unit, email="", phone=typed)] == [dialled]
