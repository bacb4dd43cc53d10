from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from okienko.kernel.messages.models import Channel, Message
from okienko.site import health, metrics

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
requests = RequestFactory()


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("page", status=418)


def ask(path: str, method: str = "GET", **meta: Any) -> HttpResponse:
    return health.probes(page)(requests.generic(method, path, **meta))


def worker_was_seen(ago: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)", [ago]
        )


@pytest.mark.req("CORE-63")
def test_other_pages_are_let_through() -> None:
    assert ask("/").status_code == 418
    assert ask("/health/").status_code == 418


@pytest.mark.req("CORE-63")
def test_alive_needs_no_database() -> None:
    answer = ask("/health/live", HTTP_HOST="any.host.example")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.req("CORE-63")
def test_only_reading_is_allowed() -> None:
    assert ask("/health/live", "POST").status_code == 405


@pytest.mark.req("CORE-63")
@pytest.mark.django_db
def test_ready_with_database_migrations_and_a_worker() -> None:
    worker_was_seen("1 second")
    answer = ask("/health/ready")
    assert (answer.status_code, json.loads(answer.content)["missing"]) == (200, [])


@pytest.mark.req("CORE-63")
@pytest.mark.django_db
def test_not_ready_when_no_worker_has_been_seen_lately() -> None:
    worker_was_seen("5 minutes")
    answer = ask("/health/ready")
    assert (answer.status_code, json.loads(answer.content)["missing"]) == (503, ["worker"])


@pytest.mark.req("CORE-63")
@pytest.mark.django_db
def test_not_ready_while_a_migration_waits() -> None:
    worker_was_seen("1 second")
    health._once_applied.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert json.loads(ask("/health/ready").content)["missing"] == ["migrations"]


@pytest.fixture
def reader(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.METRICS_TOKEN = "t" * 40
    monkeypatch.delenv("OKIENKO_METRICS_NETWORKS", raising=False)


@pytest.mark.req("CORE-63")
@pytest.mark.django_db
@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(
    ("meta", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "192.0.2.7"}, 404),
        ({"REMOTE_ADDR": ""}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=192.0.2.7"}, 404),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": f"Bearer {'t' * 40}"}, 200),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer ż"}, 404),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer "}, 404),
    ],
)
def test_counts_are_closed_to_strangers(meta: dict[str, str], status: int) -> None:
    assert ask("/metrics", **meta).status_code == status


@pytest.mark.req("CORE-63")
@pytest.mark.django_db
def test_without_a_token_an_empty_one_opens_nothing(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert ask("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer ").status_code == 404


@pytest.mark.req("CORE-63", "CORE-66")
@pytest.mark.django_db
def test_in_production_only_named_networks_may_read(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PRODUCTION = True
    monkeypatch.delenv("OKIENKO_METRICS_NETWORKS", raising=False)
    assert ask("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404
    monkeypatch.setenv("OKIENKO_METRICS_NETWORKS", "10.1.0.0/16, 10.2.0.0/16")
    assert ask("/metrics", REMOTE_ADDR="10.2.3.4").status_code == 200
    assert ask("/metrics", REMOTE_ADDR="10.3.3.4").status_code == 404


@pytest.mark.req("CORE-63")
@pytest.mark.django_db
def test_counts_of_requests_and_of_waiting_jobs() -> None:
    metrics.observe("tests:counted", "GET", 200, 0.02)
    metrics.observe("tests:counted", "BREW", 200, 0.02)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name) VALUES ('send', 'mail'), ('send', 'mail')"
        )
    text = ask("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    assert 'okienko_requests_total{method="GET",route="tests:counted",status="200"} 1.0' in text
    assert 'okienko_requests_total{method="other",route="tests:counted",status="200"} 1.0' in text
    assert 'okienko_request_seconds_bucket{le="0.025",route="tests:counted"} 2.0' in text
    assert 'okienko_jobs{queue="mail",state="todo"} 2.0' in text
    assert "okienko_database_up 1.0" in text


@pytest.mark.req("CORE-63")
@pytest.mark.django_db
def test_counts_of_messages_that_wait_and_that_somebody_should_look_at() -> None:
    Message.objects.bulk_create(
        Message(
            notice="tried", language="pl", channel=Channel.EMAIL, once=str(number), key=str(number), state=state,
            subject_type="people.person", subject_id=1, written_at=NOW, next_try_at=NOW,
        )
        for number, state in enumerate(("waiting", "waiting", "failed", "bounced", "uncertain", "cancelled"))
    )  # fmt: skip
    text = ask("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    assert "okienko_messages_waiting 2.0" in text
    assert "okienko_messages_in_trouble 3.0" in text
