from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from okienko.kernel.people.access import may
from okienko.kernel.people.models import ApiToken, Grant, Person
from okienko.site import command
from okienko.site.tests.office import environment, okienko
from okienko.site.told import TellError

QUESTION = {
    "timezone": "Europe/Warsaw",
    "week": {"fri": [["08:00", "16:00"]], "mon": [["08:00", "16:00"]]},
    "statutory": "PL",
    "from": "2026-03-27T15:00:00+01:00",
    "rule": {"working_hours": 2},
}


def test_without_a_command_it_says_what_there_is(tmp_path: Path) -> None:
    asked = okienko(tmp_path, "--help")
    assert asked.returncode == 0
    for name in (
        "run",
        "web",
        "live",
        "worker",
        "migrate",
        "demo",
        "token",
        "administrator",
        "deadline",
        "backup",
        "restore",
        "check",
    ):
        assert name in asked.stdout
    wrong = okienko(tmp_path, "walk")
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr


@pytest.mark.req("CORE-13")
def test_deadlines_are_answered_line_by_line_whatever_comes(tmp_path: Path) -> None:
    lines = [json.dumps(QUESTION).encode(), b"\xff\xfe not text", b"{}", json.dumps(QUESTION).encode()]
    asked = subprocess.run(
        [sys.executable, "-m", "okienko.site.command", "deadline"],
        input=b"\n".join(lines) + b"\n",
        env=environment(tmp_path),
        capture_output=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    first, second, third, fourth = (json.loads(line) for line in asked.stdout.splitlines())
    assert first == fourth
    assert first["due"] == "2026-03-30T07:00:00Z"
    assert set(second) == set(third) == {"error"}
    assert not (tmp_path / "pg").exists()


def test_deadlines_need_no_django(tmp_path: Path) -> None:
    script = (
        "import io, sys; sys.stdin = io.TextIOWrapper(io.BytesIO())\n"
        "from okienko.site.command import main\n"
        "main(['deadline'])\n"
        "sys.exit(any(name.partition('.')[0] in ('django', 'psycopg') for name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env=environment(tmp_path), check=False)  # noqa: S603
    assert done.returncode == 0


@pytest.mark.req("CORE-64")
@pytest.mark.django_db
def test_a_token_is_printed_once_and_kept_as_a_hash_only(capsys: pytest.CaptureFixture[str]) -> None:
    person = Person.objects.create(email="anna@okienko.example", joined_at=timezone.now())
    arguments = ["token", "create", "--person", "Anna@okienko.example", "--scope"]
    assert command.main([*arguments, "calendars.change"]) == 0
    secret = capsys.readouterr().out.strip()
    token = ApiToken.objects.get(person=person)
    assert token.scopes == ["calendars.change"]
    assert secret.encode() not in bytes(token.digest)
    assert command.main([*arguments, "no.such.scope"]) == 1
    assert "no.such.scope" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_token_for_nobody_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["token", "create", "--person", "who@okienko.example", "--scope", "a"]) == 1
    assert "who@okienko.example" in capsys.readouterr().err


@pytest.mark.req("CORE-02")
@pytest.mark.django_db
def test_the_first_administrator_of_an_empty_office_sets_a_password_by_a_link_and_invites_others(
    capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    asked = ["administrator", "Ewa@okienko.example", "--name", "Ewa Pierwsza Przykładowa"]
    assert command.main(asked) == 0
    link = capsys.readouterr().out.strip()
    assert link.startswith(settings.PUBLIC_ADDRESS)
    form = client.get(link.removeprefix(settings.PUBLIC_ADDRESS), follow=True)
    password = {"password1": "cztery-zielone-krzesła", "password2": "cztery-zielone-krzesła"}
    client.post(form.request["PATH_INFO"], password)
    ewa = Person.objects.get(email="ewa@okienko.example")
    assert ewa.name == "Ewa Pierwsza Przykładowa"
    assert ewa.check_password("cztery-zielone-krzesła")
    assert may(ewa, "people.change")


@pytest.mark.req("CORE-02")
@pytest.mark.django_db
def test_who_is_administrator_already_gets_a_new_link_and_who_cannot_be_one_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for _ in range(2):
        assert command.main(["administrator", "ewa@okienko.example"]) == 0
    first, second = capsys.readouterr().out.split()
    assert first.startswith("http")
    assert second.startswith("http")
    assert Grant.objects.filter(person__email="ewa@okienko.example").count() == 1
    Person.objects.create(email="anna@okienko.example", joined_at=timezone.now(), kind=Person.Kind.RESIDENT)
    Person.objects.filter(email="ewa@okienko.example").update(is_active=False)
    for email in ("anna@okienko.example", "ewa@okienko.example"):
        assert command.main(["administrator", email]) == 1
        assert capsys.readouterr().err.startswith("okienko: ")


def test_a_sentence_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> int:
        raise TellError("Not today.")

    monkeypatch.setattr(command, "deadline", refuse)
    assert command.main(["deadline"]) == 1
    assert capsys.readouterr().err == "okienko: Not today.\n"
