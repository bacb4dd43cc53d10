"""Rules are asked in order and the first one wins. A rule that wins and cannot be followed is an error, not silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class Rule(Protocol):
    active: bool
    category_id: int | None
    area_id: int | None


R = TypeVar("R", bound=Rule)


def first_match(rules: Iterable[R], categories: Iterable[int], areas: Iterable[int]) -> R | None:
    """`categories`: that of the report and those above it; `areas`: all that hold its point."""
    kinds, places = {None, *categories}, {None, *areas}
    return next(
        (rule for rule in rules if rule.active and rule.category_id in kinds and rule.area_id in places), None
    )


def arranged(rules: Sequence[R], moved: R, position: int) -> list[R]:
    """The order with this rule, which may be new, at this place (the first is 1) and the others as they were."""
    others = [rule for rule in rules if rule is not moved]
    place = min(max(position - 1, 0), len(others))
    return [*others[:place], moved, *others[place:]]
