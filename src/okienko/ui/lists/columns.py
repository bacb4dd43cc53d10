"""What a list can show and be narrowed by: declared once per list, beside its query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any, Literal

Words = Any  # a string, perhaps one that is translated when it is shown
Align = Literal["start", "end"]
Kind = Literal["choice", "text", "dates", "yes-no"]

# Names in the address that belong to the list itself.
RESERVED = frozenset({"q", "column", "move", "sort", "after", "before", "size"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    name      in the address and in exports; never changes once people have saved views
    title     for people
    value     what stands in the row: the name of an attribute ("holder.name" reaches further) or a function
    reads     the fields of the row behind a value that is not one itself, so that a query may fetch only these
    sort      the query side's name for this order; without one the column cannot be sorted by
    show      how the cell is shown, given the row and the value; without it the value is shown by its type
    align     "end" for numbers
    wide      words that want room, before the other columns take theirs
    default   whether it is shown before anyone chooses
    fixed     always shown (number, title): without it a row could not be told from another
    """

    name: str
    title: Words
    value: str | Callable[[Any], Any]
    sort: str = ""
    show: Callable[[Any, Any], str] | None = None
    align: Align = "start"
    wide: bool = False
    default: bool = True
    fixed: bool = False
    reads: tuple[str, ...] = ()

    def of(self, row: Any) -> Any:
        value = self.value
        if not isinstance(value, str):
            return value(row)
        if "." not in value:
            return _part(row, value)
        return reduce(_part, value.split("."), row)


def _part(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow the list. Kinds and what they give to the query side:

    choice    one of `choices` as text; with `multiple` a tuple of them
    text      the text
    dates     `Dates(first, last)`, either end may be open; in the address `name_from`, `name_to`
    yes-no    True or False
    """

    name: str
    title: Words
    kind: Kind = "choice"
    choices: tuple[tuple[str, Words], ...] = ()
    multiple: bool = False
    help: Words = ""

    def __post_init__(self) -> None:
        if self.name in RESERVED:
            raise ValueError(f"{self.name} in an address belongs to the list itself")

    @property
    def parameters(self) -> tuple[str, ...]:
        return (f"{self.name}_from", f"{self.name}_to") if self.kind == "dates" else (self.name,)


@dataclass(frozen=True, slots=True)
class Dates:
    """Days from the first to the last, both included; None where it is open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    column: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.column}" if self.descending else self.column

    @classmethod
    def read(cls, text: str) -> Sort:
        return cls(text.removeprefix("-"), text.startswith("-"))


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole list: its columns and filters, the order it has before anyone chooses, and whether it has search."""

    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    search: bool = True
    sizes: tuple[int, ...] = field(default=(50, 25, 100))
