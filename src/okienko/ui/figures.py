"""Figures as a table shows them: one place after the decimal mark, a dash where nothing is known."""

from __future__ import annotations

from django.utils import formats


def decimal(number: float | None) -> str:
    return "–" if number is None else formats.number_format(round(number, 1))


def percent(share: float | None) -> str:
    return "–" if share is None else f"{decimal(share * 100)}%"
