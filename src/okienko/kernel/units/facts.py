"""What features know of a unit beside its own row, told on its page to whoever sees the unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from okienko.kernel.units.models import Unit

Fact = tuple[Any, Any]
Tell = Callable[[Unit, datetime], Iterable[Fact]]

_tellers: list[Tell] = []


def told_of_units(tell: Tell) -> None:
    if tell not in _tellers:
        _tellers.append(tell)


def facts_of(unit: Unit, at: datetime) -> list[Fact]:
    """Names and values, one after another."""
    return [fact for tell in _tellers for fact in tell(unit, at)]
