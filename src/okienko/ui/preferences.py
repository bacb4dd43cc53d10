"""What a reader has chosen about the pages themselves; kept in cookies, no account needed."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

THEME_COOKIE = "okienko_theme"
SHORTCUTS_COOKIE = "okienko_shortcuts"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Choice:
    cookie: str
    values: tuple[str, ...]


def choices() -> dict[str, Choice]:
    return {
        "language": Choice(settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _ in settings.LANGUAGES)),
        "theme": Choice(THEME_COOKIE, ("device", "light", "dark")),
        "shortcuts": Choice(SHORTCUTS_COOKIE, ("on", "off")),
    }


def chosen(request: HttpRequest | None, name: str) -> str:
    """The reader's choice, or the first of the possible ones."""
    choice = choices()[name]
    value = request.COOKIES.get(choice.cookie, "") if request else ""
    return value if value in choice.values else choice.values[0]
