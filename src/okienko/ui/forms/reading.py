"""Days and hours as people type them. Plain Python: what day it is today is told, not asked."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from okienko.base.text import fold

MONTHS: tuple[tuple[str, ...], ...] = (
    ("styczen", "stycznia", "january", "січень", "січня", "i"),
    ("luty", "lutego", "february", "лютий", "лютого", "ii"),
    ("marzec", "marca", "march", "березень", "березня", "iii"),
    ("kwiecien", "kwietnia", "april", "квітень", "квітня", "iv"),
    ("maj", "maja", "may", "травень", "травня", "v"),
    ("czerwiec", "czerwca", "june", "червень", "червня", "vi"),
    ("lipiec", "lipca", "july", "липень", "липня", "vii"),
    ("sierpien", "sierpnia", "august", "серпень", "серпня", "viii"),
    ("wrzesien", "wrzesnia", "september", "вересень", "вересня", "ix"),
    ("pazdziernik", "pazdziernika", "october", "жовтень", "жовтня", "x"),
    ("listopad", "listopada", "november", "листопад", "листопада", "xi"),
    ("grudzien", "grudnia", "december", "грудень", "грудня", "xii"),
)
NEAR_DAYS = {
    "przedwczoraj": -2,
    "wczoraj": -1,
    "yesterday": -1,
    "вчора": -1,
    "dzis": 0,
    "dzisiaj": 0,
    "today": 0,
    "сьогодні": 0,
    "jutro": 1,
    "tomorrow": 1,
    "завтра": 1,
    "pojutrze": 2,
    "післязавтра": 2,
}
FIRST_YEAR, LAST_YEAR = 1850, 2199

_YEAR_FIRST = re.compile(r"(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[-./ ]\s*(\d{1,2})(?:\s*[-./ ]\s*(\d{4}|\d{2}))?\.?(?:\s*[rр]\.?)?")
_BARE = re.compile(r"(\d{2})(\d{2})(\d{4})")
_IN_WORDS = re.compile(r"(\d{1,2})\.?\s*([^\W\d_]+)\.?,?(?:\s*(\d{4}|\d{2}))?(?:\s*(?:r|р|roku|року)\.?)?")
_HOUR = re.compile(r"(?:godz(?:\.|ina)?|o|at|о)?\s*(\d{1,2})(?:\s*[:. h-]\s*(\d{2}))?")
_BARE_HOUR = re.compile(r"(\d{1,2})(\d{2})")


def read_date(text: str, today: date) -> date | None:
    """3.12.2026, 03-12-26, 2026-12-03, 3 grudnia 2026, 3 XII, jutro; without a year: this one."""
    text = fold(text)
    if text in NEAR_DAYS:
        return today + timedelta(days=NEAR_DAYS[text])
    if match := _YEAR_FIRST.fullmatch(text):
        return _day(match[1], int(match[2]), match[3], today)
    if match := _DAY_FIRST.fullmatch(text) or _BARE.fullmatch(text):
        return _day(match[3], int(match[2]), match[1], today)
    if match := _IN_WORDS.fullmatch(text):
        month = _month(match[2])
        return _day(match[3], month, match[1], today) if month else None
    return None


def read_time(text: str) -> time | None:
    """9, 9:30, 9.30, 930, 0930, godz. 9."""
    text = fold(text)
    match = _HOUR.fullmatch(text) or _BARE_HOUR.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _month(word: str) -> int | None:
    for number, names in enumerate(MONTHS, start=1):
        if word in names or (len(word) >= 3 and any(name.startswith(word) for name in names)):
            return number
    return None


def _day(year: str | None, month: int, day: str, today: date) -> date | None:
    try:
        found = date(_year(year, today), month, int(day))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _year(year: str | None, today: date) -> int:
    if not year:
        return today.year
    if len(year) == 4:
        return int(year)
    # Two digits: up to twenty years ahead, otherwise the past, as in a date of birth.
    near = today.year // 100 * 100 + int(year)
    return near if near <= today.year + 20 else near - 100
