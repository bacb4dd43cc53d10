"""What protects every page, whatever it shows, and what an office has that sets nothing by itself."""

from __future__ import annotations

import runpy
from importlib.util import find_spec
from typing import Any

import pytest
from django.test import Client

from okienko.site import safety

pytestmark = [pytest.mark.django_db, pytest.mark.req("CORE-66")]

PAGES = ("/", "/konto/login/", "/zgloszenia/", "/wizyty/", "/ui/theme.css", "/nowhere/")


@pytest.mark.parametrize("address", PAGES)
def test_a_page_loads_only_what_is_ours_and_stands_in_no_frame(client: Client, address: str) -> None:
    policy = client.get(address)["Content-Security-Policy"]
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for kind in ("default-src", "object-src", "base-uri", "frame-src", "frame-ancestors"):
        assert rules[kind] == "'none'", kind
    for kind in ("script-src", "style-src", "font-src", "form-action", "worker-src", "manifest-src"):
        assert rules[kind] == "'self'", kind
    assert not any("unsafe" in allowed or "*" in allowed or "http:" in allowed for allowed in rules.values())


@pytest.mark.parametrize("address", PAGES)
def test_a_page_tells_nobody_where_one_was_and_is_taken_for_nothing_else(
    client: Client, address: str
) -> None:
    page = client.get(address)
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page["Permissions-Policy"] == "geolocation=(self), camera=(self), microphone=()"


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1.elsewhere.example", "a@testserver"])
def test_who_is_called_by_another_name_does_not_answer(client: Client, host: str) -> None:
    refused = client.get("/", headers={"host": host})
    assert refused.status_code == 400
    assert host not in refused.content.decode()


def test_a_form_that_is_not_ours_does_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/konto/login/", {"login": "a@example.org", "password": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("language", "words"), [("pl", "jest za duże"), ("en", "is too large"), ("uk", "завелике")]
)
@pytest.mark.parametrize("sent", [{"theme": "x" * 6_000_000}, {f"a{number}": "1" for number in range(1100)}])
def test_what_is_larger_than_a_page_takes_is_refused_in_words(
    client: Client, sent: dict[str, str], language: str, words: str
) -> None:
    refused = client.post("/ui/preferences/", sent, headers={"accept-language": language})
    assert refused.status_code == 400
    assert words in refused.content.decode()


@pytest.mark.parametrize("address", ["/wizyty/lista/%00/", "/sprawy/%00/", "/api/v1/cases/%00"])
def test_nothing_has_a_name_that_the_database_cannot_hold(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def in_production(monkeypatch: pytest.MonkeyPatch, **said: str) -> dict[str, Any]:
    """The settings of an office whose environment says nothing more than this."""
    for name in (
        "DEBUG",
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "SMTP_URL",
        "MAIL_FROM",
        "TRUSTED_PROXIES",
        "BEHIND_PROXY",
    ):
        monkeypatch.delenv(f"OKIENKO_{name}", raising=False)
    for name, value in {"MODE": "production", **said}.items():
        monkeypatch.setenv(f"OKIENKO_{name}", value)
    spec = find_spec("okienko.site.settings")
    assert spec is not None
    return runpy.run_path(str(spec.origin))


def test_what_nobody_has_set_is_safe_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    found = in_production(monkeypatch)
    for name in (
        "SECURE_SSL_REDIRECT", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
        "CSRF_COOKIE_SECURE",
    ):  # fmt: skip
        assert found[name] is True, name
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert (found["DEBUG"], found["ALLOWED_HOSTS"], found["SECRET_KEY"]) == (False, [], "")
    assert found["SECURE_PROXY_SSL_HEADER"] is None, "only a proxy of ours may say that it was https"
    assert found["MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"] is False
    assert found["SESSION_COOKIE_AGE"] <= 12 * 3600


def test_an_office_that_is_set_up_safely_is_told_of_nothing(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    for name, value in in_production(monkeypatch).items():
        if name.startswith("SECURE_") or name.endswith("_COOKIE_SECURE"):
            setattr(settings, name, value)
    settings.ALLOWED_HOSTS = ["urzad.example"]
    assert list(safety._system_faults(production=True)) == []
    settings.SESSION_COOKIE_SECURE = False
    assert len(list(safety._system_faults(production=True))) == 1
