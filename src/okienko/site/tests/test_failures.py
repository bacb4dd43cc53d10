from __future__ import annotations

import json

import psycopg
import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from okienko.site import views
from okienko.site.failures import database_is_away


def lost(kind: type[psycopg.Error]) -> OperationalError:
    error = OperationalError("x")
    error.__cause__ = kind("x")
    return error


def test_a_database_that_is_away_is_told_from_one_that_refused_something():
    assert database_is_away(lost(psycopg.OperationalError))
    assert database_is_away(lost(psycopg.errors.AdminShutdown))
    assert database_is_away(lost(psycopg.errors.TooManyConnections))
    assert database_is_away(InterfaceError("connection already closed"))
    assert not database_is_away(lost(psycopg.errors.DeadlockDetected))
    assert not database_is_away(lost(psycopg.errors.LockNotAvailable))
    assert not database_is_away(ValueError("x"))


@pytest.mark.req("CORE-61", "CORE-55")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("pl", "teraz nie możemy odpowiedzieć"),
        ("en", "cannot answer"),
        ("uk", "зараз ми не можемо відповісти"),
    ],
)
def test_a_page_without_a_database_says_so_and_when_to_come_back(db, monkeypatch, language, words):
    def broken(*_: object, **__: object) -> None:
        raise lost(psycopg.OperationalError)

    monkeypatch.setattr(views, "render", broken)
    client = Client(raise_request_exception=False, headers={"accept-language": language})
    page = client.get("/")
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert words in page.content.decode().lower()
    assert f'lang="{language}"' in page.content.decode()


@pytest.mark.req("CORE-64")
def test_the_api_without_a_database_says_so_too(db, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise lost(psycopg.OperationalError)

    monkeypatch.setattr("okienko.site.api.frame.token_shown", broken)
    answer = Client(raise_request_exception=False).get(
        "/api/v1/units", headers={"authorization": "Bearer okn_x"}
    )
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    told = json.loads(answer.content)
    assert (told["status"], told["code"]) == (503, "unavailable")
