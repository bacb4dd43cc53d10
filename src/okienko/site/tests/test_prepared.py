from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connection

from okienko.base.time import now
from okienko.kernel.people.models import Person
from okienko.site import prepared

pytestmark = pytest.mark.django_db(transaction=True)
SIGN_INS = [["clerk", "urzednik@okienko.example", "x"]]


@pytest.fixture
def address() -> str:
    settings = connection.settings_dict
    host, port = settings["HOST"], settings["PORT"]
    return f"postgresql://{settings['USER']}@/{settings['NAME']}?host={host}" + (
        f"&port={port}" if port else ""
    )


@pytest.fixture
def data(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(prepared, "PACKAGE", tmp_path / "code")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("1")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / ".collected").touch()
    Person.objects.create(email="urzednik@okienko.example", joined_at=now())
    prepared.note(tmp_path, address, SIGN_INS)
    return tmp_path


@pytest.mark.req("CORE-61")
def test_what_is_prepared_is_known_again(data: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKIENKO_PORT", "1")
    assert prepared.recall(data, address) == SIGN_INS


def test_without_a_note_or_a_database_it_is_prepared(tmp_path: Path, data: Path, address: str) -> None:
    assert prepared.recall(data, "postgresql://nobody@127.0.0.1:1/none") is None
    (data / prepared.NAME).write_text("{")
    assert prepared.recall(data, address) is None


@pytest.mark.parametrize("change", ["code", "setting", "migration", "people", "static", "production"])
def test_whatever_differs_is_prepared_anew(
    data: Path, address: str, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    match change:
        case "code":
            os.utime(data / "code" / "a.py", (1, 1))
        case "setting":
            monkeypatch.setenv("OKIENKO_MAIL_FROM", "inny@okienko.example")
        case "migration":
            _execute("INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'zzzz', now())")
        case "people":
            _execute("DELETE FROM people_person WHERE email = 'urzednik@okienko.example'")
        case "static":
            (data / "static" / ".collected").unlink()
        case "production":
            monkeypatch.setenv("OKIENKO_MODE", "production")
    assert prepared.recall(data, address) is None
    _execute("DELETE FROM django_migrations WHERE name = 'zzzz'")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
