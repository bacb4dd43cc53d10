"""What must be true before real people's data go in. In production the product refuses to start otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from okienko.site.told import TellError

SHORTEST_SECRET = 50
FEWEST_LETTERS = 12  # different ones in the secret; fewer means that somebody typed it
DEMONSTRATION = "okienko.example"


def unsafe_settings(settings: Any) -> Iterator[str]:
    """Each with the name of the variable that puts it right."""
    secret = _secret(settings)
    if not secret:
        yield "OKIENKO_SECRET_KEY is not set."
    elif len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_LETTERS or "insecure" in secret:
        yield f"OKIENKO_SECRET_KEY is too easy to guess: give it {SHORTEST_SECRET} random characters."
    if settings.DEBUG:
        yield "OKIENKO_DEBUG is on: errors would show settings and data to whoever meets them."
    if not settings.ALLOWED_HOSTS:
        yield "OKIENKO_ALLOWED_HOSTS is not set: name the host names that this office answers to."
    elif any(host.startswith("*") for host in settings.ALLOWED_HOSTS):
        yield "OKIENKO_ALLOWED_HOSTS must name host names, not *."
    public = urlsplit(settings.PUBLIC_ADDRESS)
    if public.scheme != "https" or not public.hostname:
        yield "OKIENKO_PUBLIC_ADDRESS must be an https:// address."
    if not settings.SMTP_URL:
        yield "OKIENKO_SMTP_URL is not set: no message would leave."
    if settings.MAIL_FROM.rpartition("@")[2].rstrip("> ").endswith("example"):
        yield "OKIENKO_MAIL_FROM is still the one of the demonstration."
    if any(_covers_everybody(proxy) for proxy in settings.TRUSTED_PROXIES):
        yield "OKIENKO_TRUSTED_PROXIES trusts everybody: anybody could claim any address."
    for cookie in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        if not getattr(settings, cookie):
            yield f"{cookie} is off: the cookie would travel unencrypted."


def _secret(settings: Any) -> str:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:  # Django's word for an empty one
        return ""


def _covers_everybody(proxy: str) -> bool:
    try:
        return ip_network(proxy, strict=False).prefixlen == 0
    except ValueError:
        return proxy == "*"


def unsafe_data() -> Iterator[str]:
    from django.contrib.auth import get_user_model
    from django.db import DatabaseError

    try:
        if get_user_model().objects.filter(is_active=True, email__iendswith=f"@{DEMONSTRATION}").exists():
            yield "People of the demonstration can sign in, with public passwords: use an empty database."
    except DatabaseError:
        return


def demand_safe_settings() -> None:
    """Before Django is set up, which fails over an empty secret with a word of its own."""
    from django.conf import settings

    if settings.PRODUCTION:
        _refuse(unsafe_settings(settings))


def demand_safe_data() -> None:
    from django.conf import settings

    if settings.PRODUCTION:
        _refuse(unsafe_data())


def _refuse(problems: Iterable[str]) -> None:
    lines = "".join(f"\n  - {problem}" for problem in problems)
    if lines:
        raise TellError(f"will not start in production like this:{lines}")


def report() -> Iterator[str]:
    """Everything that `okienko check` finds wrong, as sentences."""
    from django.conf import settings

    if settings.PRODUCTION:
        unsafe = list(unsafe_settings(settings))
        yield from unsafe
        if not _secret(settings):
            return
    import django

    django.setup()
    yield from _system_faults(settings.PRODUCTION)
    from okienko.site.prepare import waiting_migrations

    if waiting_migrations():
        yield "The database is behind the code: run `okienko migrate`."
        return
    if settings.PRODUCTION:
        yield from unsafe_data()
    yield from _history_faults()


def _system_faults(production: bool) -> Iterator[str]:
    from django.core import checks

    for message in checks.run_checks(include_deployment_checks=production, databases=["default"]):
        if message.level >= checks.WARNING and not message.is_silenced():
            yield f"{message.id}: {message.msg}"


def _history_faults() -> Iterator[str]:
    from okienko.kernel.history.queries import verify

    for broken in verify():
        where = f"{broken.subject_type} {broken.subject_id}, entry {broken.number}"
        yield f"The history has been tampered with: {where} ({broken.what})."
