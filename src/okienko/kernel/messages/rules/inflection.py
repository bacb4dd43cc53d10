"""Forms of words by number and by date in the languages of the interface."""

from __future__ import annotations

from datetime import date

FORMS = {"pl": 3, "uk": 3, "en": 2}

_MONTHS = {
    "pl": (
        "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
        "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
    ),
    "uk": (
        "січня", "лютого", "березня", "квітня", "травня", "червня",
        "липня", "серпня", "вересня", "жовтня", "листопада", "грудня",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_WEEKDAYS = {
    "pl": ("poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"),
    "uk": ("понеділок", "вівторок", "середа", "четвер", "п’ятниця", "субота", "неділя"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_ON = {
    "pl": ("w poniedziałek", "we wtorek", "w środę", "w czwartek", "w piątek", "w sobotę", "w niedzielę"),
    "uk": ("у понеділок", "у вівторок", "у середу", "у четвер", "у п’ятницю", "у суботу", "у неділю"),
    "en": tuple(f"on {name}" for name in _WEEKDAYS["en"]),
}
_NO_BREAK = "\u00a0"


def form_of(count: int, language: str) -> int:
    """Which of the forms goes with the number: 1 dzień, 2 dni, 5 dni."""
    count = abs(count)
    if language == "en":
        return 0 if count == 1 else 1
    few = count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14)
    one = count == 1 if language == "pl" else count % 10 == 1 and count % 100 != 11
    return 0 if one else 1 if few else 2


def number(value: int, language: str) -> str:
    """Thousands apart from 10 000 on, as Polish spelling has it; in English always."""
    if language == "en":
        return f"{value:,}"
    return f"{value:,}".replace(",", _NO_BREAK) if abs(value) >= 10_000 else str(value)


def day(on: date, language: str, form: str = "") -> str:
    if form == "short":
        return (
            f"{on.day:02}/{on.month:02}/{on.year}"
            if language == "en"
            else f"{on.day:02}.{on.month:02}.{on.year}"
        )
    year = f"{on.year} р." if language == "uk" else str(on.year)
    written = f"{on.day} {_MONTHS[language][on.month - 1]} {year}"
    if form == "long":
        return f"{_WEEKDAYS[language][on.weekday()]}, {written}"
    if form == "on":
        return f"{_ON[language][on.weekday()]} {written}"
    return written
