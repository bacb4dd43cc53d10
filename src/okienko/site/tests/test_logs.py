from __future__ import annotations

import json
import logging
import runpy
import time
from importlib.util import find_spec
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from okienko.site import logs

PRIVATE = [
    "jan.kowalski@example.org",
    "80010112345",
    "+48 601 234 567",
    "okn_Zk3jX9vQp2LmN8rT5wYb7cDf",
    "smtp://clerk:hunter2@mail.example.org",
    "password=hunter2",
    "Authorization: Bearer abc.def",
    "/zgloszenia?pesel=80010112345&imie=Jan",
]


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(logs.JsonLines().format(record))
    return entry


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("okienko.test", logging.ERROR, __file__, 1, message, args, None)
    made.__dict__.update(extra)
    return made


@pytest.mark.req("CORE-63")
@pytest.mark.parametrize("private", PRIVATE)
def test_nothing_personal_passes_into_a_line(private: str) -> None:
    entry = line_of(record("cannot do it for %s now", private))
    for secret in ("kowalski", "80010112345", "601", "Zk3jX9vQ", "hunter2", "abc.def", "imie=Jan"):
        assert secret not in entry["message"]
    assert entry["message"].startswith("cannot do it for")
    assert entry["message"].endswith("now")


@pytest.mark.req("CORE-63", "CORE-66")
@pytest.mark.parametrize("piece", ["a", "a-", "a@", "?", "1 ", "key ", "://", "x.", '"'])
def test_a_line_is_written_at_once_however_much_a_stranger_put_into_it(piece: str) -> None:
    """A header may have 400,000 letters, and an error repeats it."""
    began = time.process_time()
    line_of(record("Invalid HTTP_HOST header: %s", piece * (400_000 // len(piece))))
    assert time.process_time() - began < 5


@pytest.mark.req("CORE-63")
def test_an_exception_keeps_its_place_and_loses_its_values() -> None:
    try:
        try:
            raise KeyError("jan@example.org")
        except KeyError as cause:
            raise ValueError("null value\nDETAIL:  Failing row contains (Jan, Kowalski).") from cause
    except ValueError as problem:
        made = record("failed")
        made.exc_info = (type(problem), problem, problem.__traceback__)
    entry = line_of(made)
    assert entry["error"]["type"] == "ValueError"
    assert entry["error"]["because"]["type"] == "KeyError"
    assert __file__ in entry["error"]["at"][0]
    text = json.dumps(entry)
    assert "Kowalski" not in text
    assert "jan@" not in text


@pytest.mark.req("CORE-63")
def test_djangos_word_about_a_path_names_the_route() -> None:
    request = RequestFactory().get("/konto/haslo/SECRET/")
    request.resolver_match = ResolverMatch(lambda: None, (), {}, url_name="reset", route="konto/haslo/<key>/")
    entry = line_of(record("%s: %s", "Not Found", request.path, request=request))
    assert entry["message"] == "Not Found: reset"


@pytest.mark.req("CORE-63")
def test_every_request_has_one_line_with_its_number_and_without_its_path(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def page(request: HttpRequest) -> HttpResponse:
        request.resolver_match = ResolverMatch(page, (), {}, url_name="case", route="sprawy/<number>/")
        logging.getLogger("okienko.cases").warning("looked at")
        seen.append(logs.request_number.get())
        return HttpResponse(status=201)

    seen: list[str] = []
    with caplog.at_level(logging.INFO, logger="okienko"):
        response = logs.record_requests(page)(RequestFactory().post("/sprawy/AB-123/?q=Kowalski", {"a": "b"}))
    number = response.headers["X-Request-Id"]
    assert seen == [number]
    assert logs.request_number.get() == ""
    (answered,) = [made for made in caplog.records if made.name == "okienko.requests"]
    entry = line_of(answered)
    assert (entry["route"], entry["method"], entry["status"]) == ("case", "POST", 201)
    assert "AB-123" not in json.dumps(entry)
    assert "Kowalski" not in json.dumps(entry)


@pytest.mark.req("CORE-63")
def test_an_error_report_leaves_personal_data_here() -> None:
    event: Any = {
        "event_id": "0123456789abcdef0123456789abcdef",
        "user": {"email": "jan@example.org"},
        "request": {
            "method": "POST",
            "url": "https://okienko.example/sprawy/?pesel=80010112345",
            "query_string": "pesel=80010112345",
            "cookies": {"okienko_session": "abc"},
            "headers": {"Authorization": "Bearer abc"},
            "data": {"name": "Kowalski"},
        },
        "extra": {"form": "Kowalski"},
        "exception": {"values": [{"type": "ValueError", "value": "bad jan@example.org"}]},
    }
    sent: Any = logs._scrubbed_event(event, {})
    text = json.dumps(sent)
    for private in ("jan@", "80010112345", 'abc"', "Kowalski", "okienko_session"):
        assert private not in text
    assert sent["event_id"] == event["event_id"]
    assert sent["exception"]["values"][0]["type"] == "ValueError"
    assert sent["request"] == {"method": "POST"}


@pytest.mark.req("CORE-63")
def test_error_reports_go_where_they_are_told_and_carry_nothing_private(httpserver: Any) -> None:
    import gzip

    import sentry_sdk

    httpserver.expect_request("/api/1/envelope/").respond_with_data("{}")
    address = httpserver.url_for("/1").replace("http://", "http://public@")
    logs.report_errors(address, environment="test", release="1")
    try:
        try:
            name = "Kowalski"
            raise ValueError(f"no such person: jan.{name}@example.org")
        except ValueError as problem:
            sentry_sdk.capture_exception(problem)
        sentry_sdk.flush(5)
    finally:
        sentry_sdk.get_client().close()
        sentry_sdk.init()
    bodies = [gzip.decompress(request.data).decode() for request, _ in httpserver.log]
    (report,) = [body for body in bodies if "ValueError" in body]
    assert "no such person: [e-mail]" in report
    assert "jan." not in report


@pytest.mark.req("CORE-63")
def test_every_line_of_the_log_is_structured() -> None:
    assert [one for one in logging.getLogger().handlers if isinstance(one.formatter, logs.JsonLines)]
    for name in ("okienko.requests", "django.request", "procrastinate"):
        logger = logging.getLogger(name)
        assert logger.propagate, "else it would write in a form of its own"
        assert not [one for one in logger.handlers if not isinstance(one.formatter, logs.JsonLines)]


@pytest.mark.req("CORE-63")
@pytest.mark.parametrize("address", ["", "https://public@errors.example/1"])
def test_one_setting_says_whether_and_where_errors_are_reported(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    told: list[str] = []
    monkeypatch.setattr(logs, "report_errors", lambda where, **_: told.append(where))
    monkeypatch.setenv("OKIENKO_SENTRY_DSN", address)
    spec = find_spec("okienko.site.settings")
    assert spec is not None
    runpy.run_path(str(spec.origin))
    assert told == ([address] if address else [])
