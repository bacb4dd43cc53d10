"""Phones as people write them: with gaps, brackets and what stands before them in another country."""

from __future__ import annotations

import re

_BETWEEN_DIGITS = re.compile(r"[\s().-]")
_PHONE = re.compile(r"(\+|00)?[0-9]{9,15}")
_POLISH = re.compile(r"\+48([0-9]{9})")


def plain_phone(typed: str) -> str | None:
    """A Polish number as nine digits, others with their country: one phone is one, however it is written. None: no phone."""
    close = _BETWEEN_DIGITS.sub("", typed)
    if not _PHONE.fullmatch(close):
        return None
    plain = f"+{close[2:]}" if close.startswith("00") else close
    polish = _POLISH.fullmatch(plain)
    return polish[1] if polish else plain
