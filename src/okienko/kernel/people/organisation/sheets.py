"""The four sheets and what may stand in their cells. Names and headings are part of the file's format: always Polish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from okienko.base.time import WARSAW

Row = dict[str, str]
Key = tuple[str, ...]
Content = dict[str, dict[Key, Row]]

UNITS, GROUPS, PEOPLE, ROLES = "Jednostki", "Grupy", "Osoby", "Role"
YES, NO = "tak", "nie"


@dataclass(frozen=True, slots=True)
class Sheet:
    """`columns`: heading and name of the field; the first `keys` of `key` tell rows apart."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _field in self.columns]

    def key_of(self, row: Row) -> Key:
        return tuple(row[field] for field in self.key)

    def heading_of(self, field: str) -> str:
        return next(heading for heading, name in self.columns if name == field)


SHEETS = (
    Sheet(
        UNITS,
        (
            ("Symbol", "symbol"), ("Nazwa", "name"), ("Należy do", "parent"), ("Adres", "address"),
            ("Telefon", "phone"), ("E-mail", "email"), ("Faks", "fax"), ("Strona internetowa", "web_page"),
            ("Strona BIP", "bip_page"), ("Szerokość", "latitude"), ("Długość", "longitude"), ("W użyciu", "active"),
            ("Poza urzędem", "own_entity"),
        ),
        ("symbol",),
    ),
    Sheet(
        GROUPS,
        (("Symbol", "symbol"), ("Nazwa", "name"), ("Jednostka", "unit"), ("Rodzaj", "kind"), ("W użyciu", "active")),
        ("symbol",),
    ),
    Sheet(
        PEOPLE,
        (
            ("E-mail", "email"), ("Imię", "first_name"), ("Nazwisko", "last_name"), ("Telefon", "phone"),
            ("Język", "language"), ("Drugi składnik", "must_use_second_factor"),
        ),
        ("email",),
    ),
    Sheet(
        ROLES,
        (
            ("E-mail", "email"), ("Rola", "role"), ("Jednostka", "unit"), ("Grupa", "group"), ("Od", "valid_from"),
            ("Do", "valid_until"),
        ),
        ("email", "role", "unit", "group", "valid_from"),
    ),
)  # fmt: skip


def as_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return YES if value else NO
        case datetime():
            local = value.astimezone(WARSAW) if value.tzinfo else value
            return f"{local:%Y-%m-%d %H:%M}"
        case float():
            return f"{value:g}" if float(f"{value:g}") == value else repr(value)
        case _:
            return str(value).strip()


def moment(cell: str) -> datetime:
    return datetime.strptime(cell, "%Y-%m-%d %H:%M").replace(tzinfo=WARSAW)
