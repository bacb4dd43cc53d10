"""What an import would add, change and remove: exactly that, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from okienko.kernel.people.organisation.sheets import SHEETS, Content, Key, Row, Sheet

What = Literal["added", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One row; `cells` are heading, before and after of what differs."""

    what: What
    sheet: str
    key: Key
    row: Row
    cells: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return " · ".join(part for part in self.key if part)


def compare(now: Content, file: Content, sheets: tuple[Sheet, ...] = SHEETS) -> list[Difference]:
    """A sheet that the file does not have stays as it is. What is switched off and left out stays off."""
    found: list[Difference] = []
    by_name = {sheet.name: sheet for sheet in sheets}
    for name, rows in file.items():
        sheet, there = by_name[name], now[name]
        for key, row in rows.items():
            if key not in there:
                cells = [(heading, "", row[part]) for heading, part in sheet.columns if row[part]]
                found.append(Difference("added", name, key, row, cells))
                continue
            cells = [
                (heading, there[key][part], row[part])
                for heading, part in sheet.columns
                if there[key][part] != row[part]
            ]
            if cells:
                found.append(Difference("changed", name, key, row, cells))
        found += [
            Difference("removed", name, key, row)
            for key, row in there.items()
            if key not in rows and row.get("active") != "nie"
        ]
    return found
