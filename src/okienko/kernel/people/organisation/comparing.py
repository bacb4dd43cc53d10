"""What an import would add, change and remove: exactly that, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from okienko.kernel.people.organisation.sheets import NO, SHEETS, Content, Key, Row, Sheet
from okienko.kernel.people.organisation.words import Words, words

What = Literal["added", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One row: `key` and `row` as programs know them, `name` and `cells` (heading, before, after) as people do."""

    what: What
    sheet: str
    key: Key
    row: Row
    name: str
    cells: list[tuple[str, str, str]] = field(default_factory=list)


def compare(now: Content, file: Content, sheets: tuple[Sheet, ...] = SHEETS) -> list[Difference]:
    """A sheet that the file does not have stays as it is. What is switched off and left out stays off."""
    found: list[Difference] = []
    known = words()
    for sheet in (sheet for sheet in sheets if sheet.name in file):
        rows, there = file[sheet.name], now[sheet.name]
        for key, row in rows.items():
            if key not in there:
                found.append(_difference("added", sheet, row, {}, known))
            elif row != there[key]:
                found.append(_difference("changed", sheet, row, there[key], known))
        found += [
            _difference("removed", sheet, row, row, known)
            for key, row in there.items()
            if key not in rows and row.get("active") != NO
        ]
    return found


def _difference(what: What, sheet: Sheet, row: Row, before: Row, known: Words) -> Difference:
    def said(field: str, cell: str) -> str:
        return known.get(field, {}).get(cell, cell)

    cells = [
        (heading, said(part, old), said(part, row[part]))
        for heading, part in sheet.columns
        if (old := before.get(part, "")) != row[part]
    ]
    name = " · ".join(said(part, row[part]) for part in sheet.key if row[part])
    return Difference(what, sheet.name, sheet.key_of(row), row, name, cells)
