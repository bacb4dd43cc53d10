"""How a number is read as it was typed, and what can be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BETWEEN = re.compile(r"[\s\u00a0\u202f.–—-]+")


class Wrong(ValueError):
    """What exactly is wrong: a code for whoever has the words, with what they need to say it."""

    def __init__(self, code: str, **about: object) -> None:
        super().__init__(code)
        self.code = code
        self.about = about


def packed(typed: str) -> str:
    """Without what people write between groups; letters are large."""
    return _BETWEEN.sub("", typed).upper()


def digits(typed: str, *lengths: int) -> str:
    """So many digits and nothing else."""
    text = packed(typed)
    if odd := next((letter for letter in text if letter not in "0123456789"), ""):
        raise Wrong("not-a-digit", letter=odd)
    if len(text) not in lengths:
        raise Wrong("length", wanted=" / ".join(map(str, lengths)), given=len(text))
    return text


def letters_and_digits(typed: str, length: int) -> str:
    text = packed(typed)
    if odd := next((letter for letter in text if not (letter.isascii() and letter.isalnum())), ""):
        raise Wrong("not-allowed", letter=odd)
    if len(text) != length:
        raise Wrong("length", wanted=str(length), given=len(text))
    return text


def shaped(text: str, letters: int) -> None:
    """So many letters, then digits."""
    if odd := next((letter for letter in text[:letters] if not letter.isalpha()), ""):
        raise Wrong("letters-first", wanted=letters, letter=odd)
    if odd := next((letter for letter in text[letters:] if not letter.isdigit()), ""):
        raise Wrong("digits-after-letters", wanted=letters, letter=odd)


def weighed(values: Sequence[int], weights: Sequence[int]) -> int:
    return sum(value * weight for value, weight in zip(values, weights, strict=True))


def as_number(letter: str) -> int:
    """A digit as itself, A as 10, Z as 35: as in machine-readable documents and account numbers."""
    return int(letter, 36)
