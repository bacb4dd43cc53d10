"""Numbers of vehicles, of real estate and of places."""

from __future__ import annotations

import re

from okienko.base.numbers.reading import Wrong, letters_and_digits, packed, weighed

# ISO 3779 leaves I, O and Q out, because they look like 1 and 0.
_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_NORTH_AMERICA = re.compile(r"[1-5]|7[F-Z0-9]")

# Regulation on the land and mortgage register kept by computer: values of letters in its numbers.
_REGISTER_VALUES = {letter: value for value, letter in enumerate("0123456789XABCDEFGHIJKLMNOPRSTUWYZ")}
_COURT = re.compile(r"[A-Z]{2}[0-9][A-Z]")

_PLATE = re.compile(r"[A-Z][A-Z0-9]{3,7}")


def vin(typed: str) -> str:
    """Seventeen signs. Only North America asks for the check digit; elsewhere its place means something else."""
    number = packed(typed)
    if odd := next((letter for letter in number if letter in "IOQ"), ""):
        raise Wrong("vin-letter", letter=odd)
    number = letters_and_digits(number, 17)
    if _NORTH_AMERICA.match(number):
        values = [int(sign) if sign.isdigit() else _VIN_VALUES[sign] for sign in number]
        if "0123456789X"[weighed(values, _VIN_WEIGHTS) % 11] != number[8]:
            raise Wrong("vin-check-digit")
    return number


def land_register(typed: str) -> str:
    """The code of the court, eight digits, a check digit: WA1M/00012345/6."""
    number = packed(typed).replace("/", "")
    if packed(typed).count("/") == 2:
        court, middle, last = packed(typed).split("/")
        number = court + middle.zfill(8) + last
    number = letters_and_digits(number, 13)
    if not _COURT.match(number) or not number[4:].isdigit() or not set(number) <= _REGISTER_VALUES.keys():
        raise Wrong("land-register-shape")
    values = [_REGISTER_VALUES[letter] for letter in number[:12]]
    if weighed(values, (1, 3, 7) * 4) % 10 != int(number[12]):
        raise Wrong("check-digit")
    return f"{number[:4]}/{number[4:12]}/{number[12]}"


def plate(typed: str) -> str:
    """Letters of the place of registration, then the rest with a digit somewhere; Polish letters are never used."""
    number = packed(typed)
    if odd := next((sign for sign in number if not (sign.isascii() and sign.isalnum())), ""):
        raise Wrong("not-allowed", letter=odd)
    if not _PLATE.fullmatch(number) or not any(sign.isdigit() for sign in number):
        raise Wrong("plate-shape")
    return number


def postal_code(typed: str) -> str:
    number = packed(typed)
    if not (number.isascii() and number.isdigit() and len(number) == 5):
        raise Wrong("postal-code-shape")
    return f"{number[:2]}-{number[2:]}"
