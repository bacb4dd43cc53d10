"""Numbers that people read to each other: case numbers with a check digit."""

from __future__ import annotations

# Damm's quasigroup of order 10: finds every single wrong digit and every swap of neighbours.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return str(state)


def with_check_digit(number: int) -> str:
    digits = str(number)
    return digits + check_digit(digits)


def is_whole(digits: str) -> bool:
    return (
        digits.isascii() and digits.isdigit() and len(digits) > 1 and check_digit(digits[:-1]) == digits[-1]
    )


def read_aloud(digits: str) -> str:
    """Groups of three from the left: 104 711 3."""
    return " ".join(digits[start : start + 3] for start in range(0, len(digits), 3))


def from_speech(typed: str) -> str:
    """What somebody typed for a number: spaces and dashes of any kind mean nothing."""
    return "".join(letter for letter in typed if letter.isdigit() and letter.isascii())
