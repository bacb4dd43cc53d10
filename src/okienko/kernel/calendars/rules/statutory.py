"""Days off in Poland by statute.

The list follows art. 1 of the Act of 18 January 1951 on days off work (ustawa o dniach wolnych od pracy)
with all its amendments since 1990. Sundays, which the same article names, are left to the weekly hours of
each office; Easter Sunday and Pentecost are listed because the Act lists them by name, so that an office
which works on Sundays is closed on these two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

FIRST_YEAR = 1990
LAST_YEAR = 2199


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    golden = year % 19
    century, year_of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leap_years, year_rest = divmod(year_of_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    correction = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def _on(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _after_easter(days: int) -> Callable[[int], date]:
    return lambda year: easter(year) + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class DayOff:
    """One line of the Act: what the day is called, when it falls, in which years, and by which text."""

    code: str
    name: str
    falls_on: Callable[[int], date]
    basis: str
    since: int = FIRST_YEAR
    until: int = LAST_YEAR


_ACT = "Dz.U. 1951 nr 4 poz. 28, art. 1"

POLAND: tuple[DayOff, ...] = (
    DayOff("new_year", "New Year's Day", _on(1, 1), _ACT),
    DayOff("epiphany", "Epiphany", _on(1, 6), "Dz.U. 2010 nr 224 poz. 1459", since=2011),
    DayOff("easter_sunday", "Easter Sunday", _after_easter(0), _ACT),
    DayOff("easter_monday", "Easter Monday", _after_easter(1), _ACT),
    DayOff("may_1", "1 May", _on(5, 1), _ACT),
    DayOff("may_3", "Third of May Constitution Day", _on(5, 3), "Dz.U. 1990 nr 28 poz. 160"),
    DayOff("pentecost", "Pentecost", _after_easter(49), _ACT),
    DayOff("corpus_christi", "Corpus Christi", _after_easter(60), _ACT),
    DayOff("assumption", "Assumption Day", _on(8, 15), "Dz.U. 1989 nr 29 poz. 154, art. 74"),
    DayOff("all_saints", "All Saints' Day", _on(11, 1), _ACT),
    DayOff("independence", "Independence Day", _on(11, 11), "Dz.U. 1989 nr 6 poz. 34"),
    DayOff(
        "independence_centenary",
        "Centenary of Independence",
        _on(11, 12),
        "Dz.U. 2018 poz. 2117",
        since=2018,
        until=2018,
    ),
    DayOff("christmas_eve", "Christmas Eve", _on(12, 24), "Dz.U. 2024 poz. 1965", since=2025),
    DayOff("christmas_1", "Christmas Day", _on(12, 25), _ACT),
    DayOff("christmas_2", "Second Day of Christmas", _on(12, 26), _ACT),
)

COUNTRIES = {"PL": POLAND}


@lru_cache(maxsize=512)
def days_off(country: str, year: int) -> dict[date, DayOff]:
    """Days off of one year (no two of them can fall on one date)."""
    return {day.falls_on(year): day for day in COUNTRIES[country] if day.since <= year <= day.until}
