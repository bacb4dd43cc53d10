"""The organisation as it stands, and as a file."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from okienko.base.text import harmless
from okienko.kernel.people.models import Grant, Person
from okienko.kernel.people.organisation.sheets import (
    GROUPS,
    NO,
    PEOPLE,
    ROLES,
    SHEETS,
    UNITS,
    YES,
    Content,
    Row,
    Sheet,
    as_cell,
)
from okienko.kernel.people.organisation.words import Words, words
from okienko.kernel.people.queries import not_over_q
from okienko.kernel.units.models import Group, Unit

_ROWS_WITH_CHOICES = 500  # as many rows offer what may stand in a cell


def content(at: datetime) -> Content:
    """What a file of now holds: every unit and group, staff who work here, roles that are not over."""
    here = Person.objects.filter(kind=Person.Kind.STAFF, left_at__isnull=True).order_by("sort_key", "id")
    grants = Grant.objects.filter(not_over_q(at), person__in=here).select_related("person", "unit", "group")
    rows: dict[str, list[list[Any]]] = {
        UNITS: [
            [unit.symbol, unit.name, unit.parent and unit.parent.symbol, unit.address, unit.phone, unit.email,
             unit.fax, unit.web_page, unit.bip_page, unit.latitude, unit.longitude, unit.active, unit.own_entity]
            for unit in Unit.objects.select_related("parent").order_by("path")
        ],
        GROUPS: [
            [group.symbol, group.name, group.unit.symbol, group.kind, group.active]
            for group in Group.objects.select_related("unit")
        ],
        PEOPLE: [
            [one.email, one.first_name, one.last_name, one.phone, one.language, one.must_use_second_factor]
            for one in here
        ],
        ROLES: [
            [grant.person.email, grant.role, grant.unit and grant.unit.symbol, grant.group and grant.group.symbol,
             grant.valid_from, grant.valid_until]
            for grant in grants.order_by("person__sort_key", "id")
        ],
    }  # fmt: skip
    found: Content = {}
    for sheet in SHEETS:
        fields = [field for _heading, field in sheet.columns]
        made = [dict(zip(fields, map(as_cell, row), strict=True)) for row in rows[sheet.name]]
        found[sheet.name] = {sheet.key_of(row): row for row in made}
    return found


def digest(now: Content) -> str:
    """Whether the organisation is still the one that was compared."""
    plain = {name: [list(row.values()) for row in rows.values()] for name, rows in now.items()}
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


def workbook(now: Content) -> bytes:
    """In words of the reader's language; what may stand in a cell of few choices is offered there."""
    known = words()
    offered = {field: list(named.values()) for field, named in known.items()}
    offered |= {field: [YES, NO] for field in ("active", "own_entity", "must_use_second_factor")}
    rows = {sheet.name: _in_words(now[sheet.name].values(), known) for sheet in SHEETS}
    return book_of(SHEETS, rows, offered)


def book_of(
    sheets: Sequence[Sheet],
    rows: Mapping[str, Iterable[Row]],
    offered: Mapping[str, Sequence[str]],
    instructions: Sequence[str] = (),
) -> bytes:
    """Sheets with their headings and rows, and with drop-downs of what is offered for a field."""
    import xlsxwriter  # late: it is seldom wanted, and every start would wait for it

    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    if instructions:
        wrapped = book.add_format({"text_wrap": True})
        page = book.add_worksheet("Instrukcja")
        page.set_column(0, 0, 100, wrapped)
        for number, line in enumerate(instructions):
            page.write_string(number, 0, line, bold if number == 0 else wrapped)
    pages = [(book.add_worksheet(sheet.name), sheet) for sheet in sheets]
    # A sheet of their own has no limit of letters, as a list in the cell would.
    lists = book.add_worksheet("Listy")
    lists.hide()
    places = {}
    for column, (field, values) in enumerate((field, values) for field, values in offered.items() if values):
        lists.write_column(0, column, values, text)
        letter = chr(ord("A") + column)
        places[field] = f"=Listy!${letter}$1:${letter}${len(values)}"
    for page, sheet in pages:
        page.freeze_panes(1, 0)
        page.set_column(0, len(sheet.columns) - 1, 26, text)
        page.write_row(0, 0, sheet.headings, bold)
        for column, (_heading, field) in enumerate(sheet.columns):
            if field in places:
                choice = {"validate": "list", "source": places[field]}
                page.data_validation(1, column, _ROWS_WITH_CHOICES, column, choice)
        for number, row in enumerate(rows.get(sheet.name, ()), start=1):
            for column, cell in enumerate(row.values()):
                page.write_string(number, column, cell, text)
    book.close()
    return out.getvalue()


def csv_of(sheet: Sheet, now: Content) -> str:
    out = StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(sheet.headings)
    writer.writerows(map(harmless, row.values()) for row in _in_words(now[sheet.name].values(), words()))
    return f"\ufeff{out.getvalue()}"


def _in_words(rows: Iterable[Row], known: Words) -> list[Row]:
    return [{field: known.get(field, {}).get(cell, cell) for field, cell in row.items()} for row in rows]
