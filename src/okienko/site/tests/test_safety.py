from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from okienko.kernel.people.models import Person
from okienko.site import safety
from okienko.site.told import TellError

SAFE: dict[str, Any] = {
    "PRODUCTION": True,
    "SECRET_KEY": "vJ3zq8Zr0mT5yXw2Lk9Nf4Hs7Pd1Gb6Ca-Qe_Ui+Ro=Ax.Sv~Ty",
    "DEBUG": False,
    "ALLOWED_HOSTS": ["okienko.miasto.example"],
    "PUBLIC_ADDRESS": "https://okienko.miasto.example",
    "SMTP_URL": "smtps://poczta.miasto.example",
    "MAIL_FROM": "okienko@miasto.gov.pl",
    "TRUSTED_PROXIES": ["10.0.0.0/8"],
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}


def complaints(**changed: Any) -> list[str]:
    return list(safety.unsafe_settings(SimpleNamespace(**(SAFE | changed))))


@pytest.mark.req("CORE-66")
def test_safe_settings_pass() -> None:
    assert complaints() == []


@pytest.mark.req("CORE-66")
@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SECRET_KEY": ""}, "OKIENKO_SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "OKIENKO_SECRET_KEY is too easy"),
        ({"SECRET_KEY": "ab" * 40}, "OKIENKO_SECRET_KEY is too easy"),
        ({"SECRET_KEY": "django-insecure-" + SAFE["SECRET_KEY"]}, "OKIENKO_SECRET_KEY is too easy"),
        ({"DEBUG": True}, "OKIENKO_DEBUG"),
        ({"ALLOWED_HOSTS": []}, "OKIENKO_ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ["okienko.example.org", "*"]}, "OKIENKO_ALLOWED_HOSTS"),
        ({"PUBLIC_ADDRESS": "http://okienko.miasto.example"}, "OKIENKO_PUBLIC_ADDRESS"),
        ({"PUBLIC_ADDRESS": "https://"}, "OKIENKO_PUBLIC_ADDRESS"),
        ({"SMTP_URL": ""}, "OKIENKO_SMTP_URL"),
        ({"MAIL_FROM": "okienko@okienko.example"}, "OKIENKO_MAIL_FROM"),
        ({"MAIL_FROM": "Okienko <okienko@okienko.example>"}, "OKIENKO_MAIL_FROM"),
        ({"TRUSTED_PROXIES": ["0.0.0.0/0"]}, "OKIENKO_TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": ["::/0"]}, "OKIENKO_TRUSTED_PROXIES"),
        ({"SESSION_COOKIE_SECURE": False}, "SESSION_COOKIE_SECURE"),
        ({"CSRF_COOKIE_SECURE": False}, "CSRF_COOKIE_SECURE"),
    ],
)
def test_each_unsafe_setting_is_named_alone(changed: dict[str, Any], named: str) -> None:
    (complaint,) = complaints(**changed)
    assert complaint.startswith(named)


@pytest.mark.req("CORE-66")
def test_unsafe_settings_stop_production_and_nothing_else(settings: Any) -> None:
    settings.PRODUCTION = False
    safety.demand_safe_settings()
    settings.PRODUCTION = True
    with pytest.raises(TellError, match="will not start in production") as refused:
        safety.demand_safe_settings()
    assert "OKIENKO_PUBLIC_ADDRESS" in str(refused.value)


@pytest.mark.req("CORE-66")
@pytest.mark.django_db
def test_people_of_the_demonstration_stop_production(settings: Any) -> None:
    settings.PRODUCTION = True
    safety.demand_safe_data()
    Person.objects.create(email="anna@okienko.example", joined_at=timezone.now())
    with pytest.raises(TellError, match="demonstration"):
        safety.demand_safe_data()
    Person.objects.update(is_active=False)
    safety.demand_safe_data()
