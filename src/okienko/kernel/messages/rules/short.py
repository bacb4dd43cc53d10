"""Text messages: which letters they can carry and into how many parts they fall."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_ALIKE = str.maketrans(
    {"ł": "l", "Ł": "L", "„": '"', "”": '"', "“": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "…": "...",
     "\u00a0": " ", "«": '"', "»": '"', "\t": " "}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Length:
    """`units` counts septets or 16-bit units, whatever the alphabet takes; `left` are free in the last part."""

    alphabet: str
    units: int
    parts: int
    left: int


def folded(text: str) -> str:
    """Without marks where a letter has them and the plain alphabet has not; case stays."""
    return "".join(
        letter if letter in _BASIC or letter in _EXTENDED else _bare(letter)
        for letter in text.translate(_ALIKE)
    )


def _bare(letter: str) -> str:
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare if bare and all(part in _BASIC for part in bare) else letter


def is_plain(text: str) -> bool:
    return all(letter in _BASIC or letter in _EXTENDED for letter in text)


def length(text: str) -> Length:
    if is_plain(text):
        sizes = [2 if letter in _EXTENDED else 1 for letter in text]
        return _length("GSM-7", sizes, alone=160, joined=153)
    sizes = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return _length("UCS-2", sizes, alone=70, joined=67)


def _length(alphabet: str, sizes: list[int], *, alone: int, joined: int) -> Length:
    units = sum(sizes)
    if units <= alone:
        return Length(alphabet, units, 1 if units else 0, alone - units)
    # A letter of two units is never cut in half: what does not fit goes whole into the next part.
    parts, filled = 1, 0
    for size in sizes:
        if filled + size > joined:
            parts, filled = parts + 1, 0
        filled += size
    return Length(alphabet, units, parts, joined - filled)
