"""Words as people order and type them: Polish and Ukrainian alphabets, letters with and without their marks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# A letter that has a place of its own in the alphabet, after the letter that it looks like.
_OWN_PLACE = {
    "ą": "a1", "ć": "c1", "ę": "e1", "ł": "l1", "ń": "n1", "ó": "o1", "ś": "s1", "ź": "z1", "ż": "z2",
    "ґ": "г1", "є": "е1", "і": "и1", "ї": "и2", "й": "и3",
}  # fmt: skip
_NO_DECOMPOSITION = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def fold(text: str) -> str:
    """Lower case without marks on Latin letters, one space between words: what is typed when in a hurry.

    Cyrillic letters keep theirs: й is not и. What a letter like 𝕊 stands for is itself a capital,
    so this goes on until nothing changes.
    """
    while (folded := _folded_once(text)) != text:
        text = folded
    return text


def _folded_once(text: str) -> str:
    text = unicodedata.normalize("NFC", text).lower().translate(_NO_DECOMPOSITION)
    letters = (letter if _is_cyrillic(letter) else _bare(letter) for letter in text)
    return _SPACE.sub(" ", "".join(letters)).strip()


def _is_cyrillic(letter: str) -> bool:
    return "\u0400" <= letter <= "\u052f"


def _bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


@lru_cache(maxsize=4096)
def sort_key(text: str) -> str:
    """A string whose plain comparison by code points is the order of the alphabet; numbers by their value."""
    key = []
    for letter in _DIGITS.sub(lambda digits: digits[0].zfill(9), unicodedata.normalize("NFC", text).lower()):
        if letter in _OWN_PLACE:
            key.append(_OWN_PLACE[letter])
        elif letter.isspace() or letter in "-–/_":
            key.append(" ")
        elif letter.isalnum():
            key.extend(f"{part}0" for part in (letter if _is_cyrillic(letter) else fold(letter)))
    return _SPACE.sub(" ", "".join(key)).strip()


def harmless(text: str) -> str:
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unmarked(text: str) -> str:
    """The text as it was before."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
