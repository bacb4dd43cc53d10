"""Every operation, asked by every role and by nobody; and every operation, asked nonsense."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okienko.kernel.cases.queries import may_work
from okienko.kernel.people.access import scope_of
from okienko.kernel.people.queries import may_manage
from okienko.site.api.frame import OPEN, api
from okienko.site.api.tests.conftest import AT, Api, problem_of

SCHEMA = api.get_openapi_schema(path_prefix="")
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
]
IDS = [f"{method} {path}" for method, path, _ in OPERATIONS]

# What somebody needs to find anything there; where it stands under a case, to see the case is the first thing.
# "the case" asks nothing more, "work" that one could take some step of its procedure where it lies, or register one.
NEEDS = {
    "GET /calendars": "",
    "GET /calendars/{calendar_id}": "calendars.see",
    "POST /calendars": "calendars.change",
    "PATCH /calendars/{calendar_id}": "calendars.change",
    "POST /calendars/{calendar_id}/preview": "calendars.change",
    "GET /procedures": "",
    "GET /procedures/{code}": "faults.see",
    "GET /procedures/{code}/cases": "faults.see",
    "GET /procedures/{code}/cases/export": "faults.see",
    "GET /procedures/{code}/views": "faults.see",
    "POST /procedures/{code}/views": "faults.see",
    "DELETE /procedures/{code}/views/{view_id}": "nobody",
    "GET /cases/{number}": "the case",
    "PATCH /cases/{number}": "faults.register",
    "GET /cases/{number}/steps": "the case",
    "POST /cases/{number}/steps/{code}": "faults.coordinate",
    "GET /cases/{number}/deadlines": "the case",
    "GET /cases/{number}/history": "the case",
    "GET /cases/{number}/attachments": "the case",
    "POST /cases/{number}/attachments": "work",
    "GET /cases/{number}/attachments/{document_id}": "nobody",
    "GET /cases/{number}/letters": "the case",
    "POST /cases/{number}/letters": "nobody",
    "GET /cases/{number}/letters/{letter_id}": "nobody",
    "POST /cases/{number}/links": "work",
    "POST /cases/{number}/merge": "faults.register",
    "POST /cases/{number}/split": "faults.register",
    "POST /cases/{number}/assign": "work",
    "GET /resources": "",
    "GET /resources/{resource_id}": "slots.see",
    "POST /resources/{resource_id}/hours": "slots.change",
    "GET /free-times": "slots.see",
    "GET /me": "",
    "GET /people": "",
    "GET /people/{person_id}": "people.see",
    "POST /people": "people.change",
    "PATCH /people/{person_id}": "people.change",
    "PUT /people/{person_id}/leave": "people.change",
    "POST /people/{person_id}/gone": "people.change",
    "POST /people/{person_id}/hand-over": "people.change",
    "POST /people/{person_id}/roles": "people.change",
    "DELETE /people/{person_id}/roles/{grant_id}": "nobody",
    "GET /office": "",
    "PATCH /office": "office.change",
    "POST /office/coat-of-arms": "office.change",
    "DELETE /office/coat-of-arms": "office.change",
    "POST /units": "units.change",
    "PATCH /units/{symbol}": "units.change",
    "POST /units/{symbol}/groups": "units.change",
    "PATCH /groups/{symbol}": "units.change",
    "POST /units/{symbol}/locations": "units.change",
    "PATCH /locations/{location_id}": "units.change",
    "GET /units": "units.see",
    "GET /units/{symbol}": "units.see",
    "GET /groups": "units.see",
    "GET /groups/{symbol}": "units.see",
    "GET /locations": "units.see",
    "GET /history/{app}/{model}/{subject_id}/verify": "history.see",
    "GET /organisation": "organisation.import",
    "POST /organisation/imports": "organisation.import",
    "GET /organisation/imports/{import_id}": "nobody",
    "POST /organisation/imports/{import_id}/apply": "nobody",
    "GET /joinings": "faults.join",
    "POST /joinings": "faults.agree",
    "GET /joinings/{joining_id}": "nobody",
    "PATCH /joinings/{joining_id}": "nobody",
    "POST /joinings/{joining_id}/rows": "nobody",
    "POST /joinings/{joining_id}/files": "nobody",
    "GET /joinings/files/{file_id}": "nobody",
    "POST /joinings/files/{file_id}/agree": "nobody",
    "POST /joinings/files/{file_id}/refuse": "nobody",
    "GET /messages": "",
    "GET /messages/{message_id}": "nobody",
    "POST /messages/{message_id}/again": "nobody",
    "GET /texts": "messages.see",
    "GET /texts/{code}/{language}": "messages.see",
    "PUT /texts/{code}/{language}": "messages.change",
    "POST /texts/{code}/{language}/preview": "messages.change",
    "POST /texts/{code}/{language}/original": "messages.change",
    "GET /webhooks": "webhooks.change",
    "POST /webhooks": "webhooks.change",
    "PATCH /webhooks/{webhook_id}": "nobody",
    "GET /webhooks/failures": "webhooks.change",
    "POST /webhooks/failures/{delivery_id}/again": "nobody",
    "GET /articles": "",
    "POST /articles": "knowledge.change",
    "GET /articles/{article_id}": "nobody",
    "PATCH /articles/{article_id}": "nobody",
    "GET /consents": "consents.change",
    "POST /consents": "consents.change",
    "POST /consents/{group_id}/texts": "nobody",
    "PATCH /consents/texts/{text_id}": "nobody",
    "POST /consents/texts/{text_id}/publish": "nobody",
    "POST /consents/texts/{text_id}/end": "nobody",
    "GET /retention": "retention.run",
    "GET /retention/runs": "retention.run",
    "GET /retention/{code}": "faults.remove",
    "POST /retention/{code}": "faults.remove",
    "GET /looks": "looks.see",
    "POST /deadlines/preview": "",
    "GET /visits/services": "",
    "GET /visits/locations": "",
    "GET /visits/slots": "",
    "POST /visits/holds": "",
    "DELETE /visits/holds/{hold}": "nobody",
    "POST /visits/bookings": "nobody",
    "GET /visits/bookings/{secret}": "nobody",
    "POST /visits/bookings/{secret}/confirm": "nobody",
    "POST /visits/bookings/{secret}/cancel": "nobody",
    "POST /visits/bookings/{secret}/move": "nobody",
    "POST /visits/holds/{hold}/extend": "nobody",
    "GET /visits/lines/{service}": "nobody",
    "POST /visits/lines/{service}": "nobody",
    "GET /visits/line-places/{token}": "nobody",
    "POST /visits/line-places/{token}/ask": "nobody",
    "POST /visits/line-places/{token}/leave": "nobody",
    "POST /visits/waiting": "",
    "GET /visits/waiting/{secret}": "nobody",
    "POST /visits/waiting/{secret}/leave": "nobody",
    "POST /visits/waiting/{secret}/take": "nobody",
}
BODIES: dict[str, Any] = {
    "PATCH /cases/{number}": {"version": 2, "subject": "Inny"},
    "POST /cases/{number}/steps/{code}": {},
    "POST /cases/{number}/letters": {"kind": "covering"},
    "POST /cases/{number}/links": {"number": "other"},
    "POST /cases/{number}/merge": {"into": "other"},
    "POST /cases/{number}/split": {"subject": "Część"},
    "POST /cases/{number}/assign": {"person_id": None},
    "POST /resources/{resource_id}/hours": {"first": "2026-12-01", "week": {}, "step": 30},
    "POST /deadlines/preview": {},
    "POST /visits/holds": {"service": "dowod", "start": "2026-12-01T09:00:00+01:00"},
    "POST /visits/bookings": {"hold": "x", "name": "Ewa Zmyślona"},
    "POST /visits/bookings/{secret}/confirm": {"code": "000000"},
    "POST /visits/bookings/{secret}/move": {"start": "2026-12-01T09:00:00+01:00"},
    "POST /visits/lines/{service}": {"token": "x", "work": "0"},
    "POST /visits/waiting": {"service": "dowod", "last_day": "2026-12-01", "name": "Ewa Zmyślona"},
    "POST /procedures/{code}/views": {"name": "Nowe", "query": "?state=new"},
    "POST /calendars": {"code": "filia", "name": "Filia", "unit_id": 1},
    "PATCH /calendars/{calendar_id}": {"running": "keep", "version": 99},
    "POST /calendars/{calendar_id}/preview": {"statutory": False},
    "POST /people": {"email": "x", "first_name": "Ewa", "last_name": "Zmyślona", "role": "clerk"},
    "PATCH /people/{person_id}": {"first_name": "Ewa", "version": 99},
    "PUT /people/{person_id}/leave": {"first": None, "last": None, "version": 99},
    "POST /people/{person_id}/gone": {"version": 99},
    "POST /people/{person_id}/hand-over": {"to": 2**62},
    "POST /people/{person_id}/roles": {"role": "none"},
    "PATCH /office": {"name": "Inny urząd", "version": 99},
    "POST /units": {"symbol": "", "name": ""},
    "PATCH /units/{symbol}": {"name": "Inna", "version": 99},
    "POST /units/{symbol}/groups": {"symbol": "", "name": ""},
    "PATCH /groups/{symbol}": {"name": "Inna", "version": 99},
    "POST /units/{symbol}/locations": {"name": ""},
    "PATCH /locations/{location_id}": {"name": "Inne", "version": 99},
    "PUT /texts/{code}/{language}": {"body": "Dzień dobry", "version": 99},
    "POST /texts/{code}/{language}/preview": {"body": "Dzień dobry"},
    "POST /webhooks": {"name": "", "url": "", "events": []},
    "PATCH /webhooks/{webhook_id}": {"active": False, "version": 99},
    "POST /articles": {"title": "", "body": "", "audience": "staff"},
    "PATCH /articles/{article_id}": {"title": "Inny", "version": 99},
    "POST /consents": {"code": "", "name": ""},
    "POST /consents/{group_id}/texts": {"code": "rodo", "text_pl": "Zgadzam się."},
    "POST /joinings/files/{file_id}/refuse": {"reason": "Brak osoby"},
    "POST /joinings": {"unit": "", "asked_by": "", "agreed_on": "2026-11-01", "starts_on": "2026-12-01"},
    "PATCH /joinings/{joining_id}": {"asked_by": "Jan Próbny", "version": 99},
    "POST /joinings/{joining_id}/rows": {"people": []},
    "PATCH /consents/texts/{text_id}": {"text_pl": "Zgadzam się.", "version": 99},
    "POST /consents/texts/{text_id}/publish": {},
}
CODES = {"steps": "coordinator-takes-up", "texts": "fault.changed"}
SENT_AS_FILES = {"POST /cases/{number}/attachments": "files", "POST /organisation/imports": "file",
                 "POST /office/coat-of-arms": "file",
                 "POST /joinings/{joining_id}/files": "file"}  # fmt: skip
EVERYBODY = [
    "administrator", "unit-administrator", "clerk", "data-protection-officer", "fault-administrator",
    "super-overseer", "operator", "overseer", "coordinator", "executor", "a stranger", "a resident",
]  # fmt: skip


def test_the_matrix_knows_every_operation():
    assert set(IDS) == set(NEEDS)


def address(path: str, office: Any, case: Any) -> str:
    values = {
        "calendar_id": office.calendar.pk, "number": case.number, "resource_id": office.counter.pk,
        "person_id": office.people["clerk"].pk, "subject_id": case.pk, "app": "cases", "model": "case",
        "document_id": 2**31 - 1, "letter_id": 2**31 - 1, "view_id": 2**31 - 1, "grant_id": 2**31 - 1, "location_id": office.location.pk,
        "hold": "x", "secret": "x" * 43, "service": "none", "token": "x" * 43, "language": "pl", **dict.fromkeys(
            ("import_id", "message_id", "webhook_id", "delivery_id", "article_id", "group_id", "text_id",
             "joining_id", "file_id"), 2**31 - 1
        ),
        "symbol": "DROGI" if "units" in path else "D-K",
        "code": next((code for part, code in CODES.items() if part in path), "zgloszenia"),
    }  # fmt: skip
    filled = re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), path)
    if path.endswith("/export"):
        filled += "?format=csv"
    if path == "/free-times":
        filled += f"?resource={office.counter.pk}&first=2026-12-01&last=2026-12-02&minutes=30"
    return filled


@pytest.mark.req("CORE-03", "CORE-64")
@pytest.mark.parametrize("who", EVERYBODY)
def test_what_a_person_may_not_see_or_do_is_not_there(office, who):
    case = office.passed()
    asking = office.as_(who)
    person = office.people[who]
    seen = scope_of(person, "faults.see").covers(unit_id=office.roads.pk, group_id=office.road_desk.pk)
    for operation_id, need in NEEDS.items():
        method, path = operation_id.split(" ")
        body = json.loads(json.dumps(BODIES.get(operation_id)).replace("other", case.number))
        answer = (
            asking.send_file(address(path, office, case), SENT_AS_FILES[operation_id])
            if operation_id in SENT_AS_FILES
            else asking.ask(method, address(path, office, case), body)
        )
        if ("{number}" in path and not seen) or need == "nobody":
            able = False
        elif need in ("", "the case"):
            able = True
        elif need == "work":
            able = may_work(case, person)
        else:
            able = bool(scope_of(person, need)) and (
                need != "faults.coordinate"
                or scope_of(person, need).covers(unit_id=office.roads.pk, group_id=office.road_desk.pk)
            )
            if path.startswith("/people/{person_id}") and method != "GET" and not path.endswith("roles"):
                able = able and may_manage(person, office.people["clerk"], at=AT)
            if path in (
                "/people/{person_id}",
                "/people/{person_id}/roles",
                "/resources/{resource_id}",
                "/free-times",
            ):
                able = able and (scope_of(person, need).covers(unit_id=office.roads.pk))
        if able:
            assert answer.status_code != 404, (operation_id, answer.content)
        else:
            problem_of(answer, 404)
        assert answer.status_code not in (401, 403), operation_id
        assert answer.status_code < 500, (operation_id, answer.content)


@pytest.mark.req("CORE-64", "CORE-66")
def test_without_a_token_every_operation_asks_for_one(office, settings):
    settings.API_PER_MINUTE_WITHOUT_TOKEN = 1000
    case = office.passed()
    for method, path, operation in OPERATIONS:
        answer = Api().ask(method, address(path, office, case), BODIES.get(f"{method} {path}"))
        if any(operation["operationId"].endswith(name) for name in OPEN):
            assert answer.status_code != 401
        else:
            problem_of(answer, 401)


# --- Nonsense -----------------------------------------------------------------------------------------------

WILD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(
        ["", "1", "-1", "9" * 30, "2026-02-30", "9999-12-31", "0001-01-01T00:00:00Z", "\x00", "%"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


def of_schema(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that the description allows, with nonsense in between."""
    if "$ref" in schema:
        return of_schema(SCHEMA["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return st.one_of([of_schema(one) for one in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | WILD
    match schema.get("type"):
        case "object":
            fields = {name: of_schema(one) for name, one in schema.get("properties", {}).items()}
            return st.fixed_dictionaries({}, optional=fields) | WILD
        case "array":
            return st.lists(of_schema(schema.get("items", {})), max_size=4) | WILD
        case "integer":
            return st.integers() | st.integers(0, 10) | WILD
        case "string" if schema.get("format") in ("date", "date-time"):
            return st.dates().map(str) | st.datetimes(timezones=st.timezones()).map(str) | WILD
        case "string":
            return st.text(max_size=40) | st.sampled_from(["D-K", "other", "related"]) | WILD
        case _:
            return WILD


@st.composite
def requests(draw: st.DrawFn, known: dict[str, list[str]]) -> tuple[str, str, Any]:
    method, path, operation = draw(st.sampled_from(OPERATIONS))
    query: list[tuple[str, str]] = []
    for parameter in operation.get("parameters", ()):
        name = parameter["name"]
        if parameter["in"] == "path":
            choices = st.sampled_from(known.get(name, ["1"])) | st.text(min_size=1, max_size=25)
            path = path.replace(f"{{{name}}}", quote(draw(choices), safe=""))
        elif draw(st.booleans()):
            value = draw(of_schema(parameter.get("schema", {})))
            query.append((name, value if isinstance(value, str) else json.dumps(value)))
    if draw(st.booleans()) and path.endswith("/cases"):
        names = ["state", "open", "group", "mine", "received_from", "closed_to", "time", "kind", "column"]
        query.append((draw(st.sampled_from(names)), draw(st.text(max_size=20))))
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    body = draw(of_schema(content["schema"])) if content else None
    encoded = urlencode(query, errors="replace")
    return method, f"{path}?{encoded}" if encoded else path, body


@pytest.mark.req("CORE-64", "CORE-66")
def test_nonsense_gets_an_answer_and_never_a_fault(office, settings_of_api):
    case = office.passed()
    known = {
        "number": [case.number], "code": ["zgloszenia", "pass-to-coordinator", "coordinator-takes-up"], "symbol": ["UM", "D-K"],
        "resource_id": [str(office.counter.pk), "9" * 25], "calendar_id": [str(office.calendar.pk), "9" * 25],
        "person_id": ["1", "9" * 25], "subject_id": [str(case.pk), "9" * 25], "app": ["cases"], "model": ["case"],
        "document_id": ["1", "9" * 25], "view_id": ["1", "9" * 25], "grant_id": ["1", "9" * 25],
        "location_id": [str(office.location.pk), "9" * 25],
    }  # fmt: skip
    asking = office.as_("super-overseer")
    administrator = office.as_("administrator")

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(requests(known), st.booleans())
    def never_fails(request: tuple[str, str, Any], by_administrator: bool) -> None:
        method, path, body = request
        sent = None if body is None else json.dumps(body).encode()
        answer = (administrator if by_administrator else asking).ask(method, path, sent)
        assert answer.status_code < 500, (request, answer.content[:300])
        if answer.status_code >= 400:
            problem_of(answer, answer.status_code)

    never_fails()


@pytest.fixture
def settings_of_api(settings):
    settings.API_PER_MINUTE = 100_000


@pytest.mark.req("CORE-64")
@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]
)
def test_other_content_types_get_an_answer(office, content_type):
    case = office.case()
    asking = office.as_("operator")
    for path in (f"/cases/{case.number}/links", f"/cases/{case.number}/attachments"):
        answer = Client(raise_request_exception=False).generic(
            "POST",
            f"/api/v1{path}",
            b"--x",
            content_type=content_type,
            headers={"authorization": f"Bearer {asking.secret}"},
        )
        problem_of(answer, answer.status_code)
        assert answer.status_code in (400, 422)
