"""What protects every page, whatever it shows, and what an office has that sets nothing by itself."""

from __future__ import annotations

import runpy
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
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


@pytest.mark.parametrize(
    "address", ["/zgloszenia/sledz/x/", "/zgloszenia/zlecenie/x/", "/wizyty/w/x/", "/wizyty/czekam/x/"]
)
def test_what_a_link_leads_to_is_kept_by_no_browser_and_in_no_index(client: Client, address: str) -> None:
    page = client.get(address)
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"


def test_what_one_sees_signed_in_is_not_there_for_who_takes_the_seat_next(client: Client) -> None:
    at = datetime(2026, 11, 16, 8, tzinfo=UTC)
    client.force_login(make_staff("anna@urzad.example", by=Actor.system("tests"), at=at))
    for address in ("/praca/", "/konto/email/", "/?strona=1"):
        assert client.get(address)["Cache-Control"] == "private, no-store", address
    client.logout()
    public = client.get("/")
    assert "Cache-Control" not in public
    assert "X-Robots-Tag" not in public


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1.elsewhere.example", "a@testserver"])
def test_who_is_called_by_another_name_does_not_answer(client: Client, host: str) -> None:
    refused = client.get("/", headers={"host": host})
    assert refused.status_code == 400
    assert host not in refused.content.decode()


def test_a_form_that_is_not_ours_does_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/konto/login/", {"login": "a@example.org", "password": "x"}).status_code == 403


def test_who_guesses_through_our_proxy_keeps_nobody_else_from_signing_in(client: Client) -> None:
    """All come from the proxy's own address; who is behind it stands in a header, which others may write in vain."""
    cache.clear()
    wait = "Było zbyt wiele błędnych prób"

    def tried(number: int, forwarded: str) -> str:
        given = {"login": f"nobody{number}@example.org", "password": "wrong"}
        return client.post("/konto/login/", given, headers={"x-forwarded-for": forwarded}).content.decode()

    for number in range(10):
        assert wait not in tried(number, f"203.0.113.{number}, 198.51.100.1")
    assert wait in tried(10, "198.51.100.1")
    assert wait not in tried(11, "198.51.100.2")
    cache.clear()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/zgloszenia/sledz/x%00y/", 404), ("/wizyty/w/x%00y/", 404), ("/wizyty/kolejka-stan/x%00y/", 404),
        ("/zgloszenia/mapa/?category=%00", 200), ("/wizyty/?usluga=%00", 200), ("/ui/theme.css?a=%00", 200),
        ("/api/v1/visits/services?q=%00", 400), ("/wizyty/?miejsce=" + "9" * 5000, 200),
    ],
)  # fmt: skip
def test_an_address_that_no_page_of_ours_has_is_no_fault_of_ours(
    client: Client, address: str, status: int
) -> None:
    assert client.get(address).status_code == status


@pytest.mark.parametrize(
    ("address", "status"),
    [("/ui/preferences/", 302), ("/wizyty/zatrzymaj/", 404), ("/wizyty/kolejka-stan/x/", 404)],
)
def test_what_cannot_be_seen_in_a_form_is_left_out(client: Client, address: str, status: int) -> None:
    sent = {
        "theme": "dark",
        "key": "x\0",
        "usluga": "x\0",
        "start": "2026-11-20T09:00:00+01:00",
        "next": "\0",
    }
    assert client.post(address, sent).status_code == status


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


@pytest.mark.parametrize(
    ("address", "status"), [("/zgloszenia/", 400), ("/api/v1/people", 413), ("/open311/v2/requests", 400)]
)
def test_more_than_all_files_that_may_be_sent_is_not_even_read(
    client: Client, address: str, status: int
) -> None:
    def answered(size: int) -> int:
        given = {"content_type": "application/octet-stream", "CONTENT_LENGTH": str(size)}
        return client.generic("POST", address, b"x", **given).status_code  # type: ignore[arg-type]

    assert answered(10 * 15_000_000 + 6_000_000) == status
    assert answered(10 * 15_000_000) != status


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
