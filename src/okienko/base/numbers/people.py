"""Numbers of people and of their documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from okienko.base.numbers.reading import Wrong, as_number, digits, letters_and_digits, shaped, weighed

# Act of 24 September 2010 on population records, art. 15: the century is told by what is added to the month.
_CENTURIES = {0: 1900, 1: 2000, 2: 2100, 3: 2200, 4: 1800}
_PESEL = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
_CARD = (7, 3, 1, 7, 3, 1, 7, 3)


@dataclass(frozen=True, slots=True)
class Pesel:
    number: str
    born: date
    sex: Literal["female", "male"]


def pesel(typed: str) -> Pesel:
    """Eleven digits: the date of birth, a number in series whose last digit tells the sex, a check digit."""
    number = digits(typed, 11)
    parts = [int(digit) for digit in number]
    if (10 - weighed(parts[:10], _PESEL)) % 10 != parts[10]:
        raise Wrong("check-digit")
    century, month = divmod(int(number[2:4]), 20)
    try:
        born = date(_CENTURIES[century] + int(number[:2]), month, int(number[4:6]))
    except ValueError:
        raise Wrong("pesel-date") from None
    return Pesel(number, born, "male" if parts[9] % 2 else "female")


def identity_card(typed: str) -> str:
    """Three letters and six digits, of which the first checks the rest."""
    number = letters_and_digits(typed, 9)
    shaped(number, 3)
    rest = [as_number(letter) for letter in number[:3] + number[4:]]
    if weighed(rest, _CARD) % 10 != int(number[3]):
        raise Wrong("check-digit")
    return number


def passport(typed: str) -> str:
    """Two letters and seven digits, of which the first checks the rest."""
    number = letters_and_digits(typed, 9)
    shaped(number, 2)
    rest = [as_number(letter) for letter in number[:2] + number[3:]]
    if weighed(rest, (7, 3, 1, 7, 3, 1, 7, 3)) % 10 != int(number[2]):
        raise Wrong("check-digit")
    return number
