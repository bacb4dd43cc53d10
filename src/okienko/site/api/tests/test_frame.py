from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from okienko.base.time import now
from okienko.features.visits.working import network_mark
from okienko.kernel.people.actions import withdraw_token
from okienko.kernel.people.models import ApiToken
from okienko.kernel.people.network import caller, client_address
from okienko.site.api import limits
from okienko.site.api.models import Window
from okienko.site.sign_in import AccountAdapter


@pytest.mark.req("CORE-64")
def test_the_description_is_public_and_every_operation_says_what_a_problem_looks_like(anonymous):
    response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    schema = response.json()
    assert schema["openapi"].startswith("3.")
    operations = [one for methods in schema["paths"].values() for one in methods.values()]
    assert len(operations) > 25
    assert all("application/problem+json" in one["responses"]["default"]["content"] for one in operations)
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert len({one["summary"] for one in operations}) == len(operations)


@pytest.mark.req("CORE-64", "CORE-66")
def test_the_description_for_people_loads_nothing_from_elsewhere(anonymous):
    shown = Client().get("/api/v1/docs").content.decode()
    assert "/api/v1/cases/{number}" in shown
    assert 'src="http' not in shown
    assert "<script>" not in shown


@pytest.mark.req("CORE-64")
@pytest.mark.parametrize("secret", ["", "okn_wrong", "x", "okn_" + "x" * 5000, "okn_\u0105"])
def test_without_a_valid_token_nothing_is_said(office, problem, secret):
    client = Client()
    client.force_login(office.people["administrator"])
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    response = client.get("/api/v1/units", headers=headers)
    problem(response, 401)
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.req("CORE-64")
def test_a_withdrawn_an_expired_or_a_leavers_token_opens_nothing(office, problem):
    api = office.as_("operator")
    assert api.get("/me").status_code == 200
    token = ApiToken.objects.get()
    ApiToken.objects.update(expires_at=now() - timedelta(seconds=1))
    problem(api.get("/me"), 401)
    ApiToken.objects.update(expires_at=None)
    office.people["operator"].is_active = False
    office.people["operator"].save()
    problem(api.get("/me"), 401)
    office.people["operator"].is_active = True
    office.people["operator"].save()
    withdraw_token(token, by=office_actor(), at=now())
    problem(api.get("/me"), 401)


def office_actor():
    from okienko.kernel.history.actors import Actor

    return Actor.system("test")


@pytest.mark.req("CORE-64")
def test_a_token_may_do_no_more_than_its_scopes(office, problem):
    assert len(office.as_("administrator", "units.see").get("/units").json()) == 3
    problem(office.as_("administrator", "people.see").get("/units"), 404)


@pytest.mark.req("CORE-64")
def test_the_use_of_a_token_is_noted_once_a_minute(office):
    api = office.as_("operator")
    with CaptureQueriesContext(connection) as first:
        api.get("/me")
    noted = ApiToken.objects.get().last_used_at
    assert noted is not None
    with CaptureQueriesContext(connection) as second:
        api.get("/me")
    assert ApiToken.objects.get().last_used_at == noted
    assert len(second) == len(first) - 1


@pytest.mark.req("CORE-64", "CORE-66")
def test_who_asks_too_often_is_told_when_to_come_back(office, problem, settings):
    settings.API_PER_MINUTE = 3
    settings.API_PER_MINUTE_WITHOUT_TOKEN = 2
    api = office.as_("operator")
    left = [api.get("/me")["RateLimit-Remaining"] for _ in range(2)]
    assert int(left[0]) - int(left[1]) in (1, 0)
    answers = [api.get("/me") for _ in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    told = problem(refused[-1], 429)
    assert told["code"] == "too-many-requests"
    assert 0 < int(refused[-1]["Retry-After"]) <= 60
    assert office.as_("administrator").get("/me").status_code == 200
    anonymous = [Client().get("/api/v1/units").status_code for _ in range(6)]
    assert 429 in anonymous
    assert Client(REMOTE_ADDR="192.0.2.9").get("/api/v1/units").status_code == 401, (
        "somebody else does not wait"
    )


@pytest.mark.req("CORE-64")
def test_the_count_is_exact_one_statement_and_begins_anew_each_minute(db):
    at = now().replace(second=10)
    with CaptureQueriesContext(connection) as asked:
        used = [limits.count_token(7, at=at).used for _ in range(3)]
    assert (used, len(asked)) == ([1, 2, 3], 3)
    assert limits.count_token(7, at=at + timedelta(minutes=1)).used == 1
    assert limits.count_token(8, at=at).used == 1
    assert limits.forget_old(at=at + timedelta(hours=3)) == 2
    assert not Window.objects.exists()


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),
        ("127.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("127.0.0.1", "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        ("127.0.0.1", "198.51.100.9, 127.0.0.1", "198.51.100.9"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
@pytest.mark.req("CORE-66")
def test_nobody_escapes_by_writing_a_header(rf, remote, forwarded, address):
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert client_address(rf.get("/", REMOTE_ADDR=remote, headers=headers)) == address


@pytest.mark.req("CORE-64")
def test_every_kind_of_wrong_has_the_same_shape(office, problem):
    api = office.as_("operator")
    case = office.case()
    path = f"/cases/{case.number}"
    problem(api.get("/nothing-here"), 404)
    problem(api.get("/cases/12345"), 404)
    assert problem(api.ask("DELETE", path), 405)["code"] == "wrong-method"
    assert "GET" in api.ask("DELETE", path)["Allow"]
    problem(api.post(f"{path}/links", b"{"), 400)
    problem(api.post(f"{path}/links", b'{"number": "\\ud800"}'), 400)
    problem(api.post(f"{path}/links", b"[" * 100_000), 400)
    problem(api.post(f"{path}/links", b" " * 6_000_000), 413)
    told = problem(api.post(f"{path}/links", {"kind": "x", "more": 1}), 422)
    assert {(one["field"], one["code"]) for one in told["errors"]} == {
        ("number", "missing"),
        ("kind", "enum"),
        ("more", "extra-forbidden"),
    }
    told = problem(api.post(f"{path}/links", {"number": case.number}), 422)
    assert told["code"] == "linked-to-itself"
    assert told["errors"][0]["field"] == "number"
    problem(api.post("/deadlines/preview", {"from": "x"}), 400)


@pytest.mark.req("CORE-64", "CORE-50")
@pytest.mark.parametrize(("language", "title"), [("pl", "Nie ma takiej rzeczy"), ("uk", "Такої речі немає")])
def test_problems_are_told_in_the_readers_language(office, problem, language, title):
    response = office.as_("operator").get("/cases/999", **{"accept-language": language})
    assert problem(response, 404)["title"] == title


@pytest.mark.req("CORE-64", "CORE-66")
def test_a_fault_of_ours_shows_nothing_of_the_inside(office, problem, monkeypatch, caplog):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("okienko.kernel.units.queries.tree", broken)
    response = office.as_("operator").get("/units")
    problem(response, 500)
    assert b"secret inside" not in response.content
    assert "secret inside" in caplog.text


@pytest.mark.req("CORE-64", "CORE-15")
def test_deadlines_are_told_without_a_token(anonymous):
    question = {
        "timezone": "Europe/Warsaw",
        "week": {"mon": [["08:00", "16:00"]]},
        "from": "2026-11-16T09:00:00+01:00",
        "rule": {"working_hours": 2},
    }
    response = anonymous.post("/deadlines/preview", question)
    assert json.loads(response.content)["due"] == "2026-11-16T10:00:00Z"


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
@pytest.mark.req("CORE-66")
def test_nobody_escapes_into_the_many_addresses_of_one_connection(rf, address, counted_as):
    assert caller(rf.get("/", REMOTE_ADDR=address)) == counted_as


@pytest.mark.req("CORE-66", "BOOK-15")
@pytest.mark.parametrize(
    "counted",
    [
        lambda request: limits.count_address(request, at=now()).used > 1,
        lambda request: (
            network_mark(request) == network_mark(RequestFactory(REMOTE_ADDR="2001:db8::1").get("/"))
        ),
        lambda request: AccountAdapter().get_client_ip(request) == "2001:db8::",
    ],
    ids=["programs", "visits", "sign-in"],
)
def test_limits_count_the_connection(rf, db, counted):
    limits.count_address(rf.get("/", REMOTE_ADDR="2001:db8::1"), at=now())
    assert counted(rf.get("/", REMOTE_ADDR="2001:db8::a:9"))
    assert not counted(rf.get("/", REMOTE_ADDR="2001:db8:0:1::9"))


@pytest.mark.req("CORE-66")
def test_a_proxy_that_says_more_than_the_address_keeps_nobody_out(rf):
    odd = rf.get("/", REMOTE_ADDR="127.0.0.1", headers={"x-forwarded-for": "192.0.2.7:4711"})
    assert AccountAdapter().get_client_ip(odd) == "127.0.0.1"
