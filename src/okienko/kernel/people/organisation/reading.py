"""A file that somebody brings: read with suspicion, every wrong cell named."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as field_of
from functools import partial
from io import BytesIO, StringIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.text import unmarked
from okienko.kernel.people.models import Person
from okienko.kernel.people.organisation.sheets import (
    NO,
    SHEETS,
    YES,
    Content,
    Row,
    Sheet,
    as_cell,
    moment,
)
from okienko.kernel.people.organisation.words import Words, meanings, words
from okienko.kernel.units.models import Group, Unit

LARGEST = 5 * 1024 * 1024
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 40
_MODELS = {"Jednostki": Unit, "Grupy": Group, "Osoby": Person}
REQUIRED = {
    "Jednostki": {"symbol", "name"},
    "Grupy": {"symbol", "name", "unit", "kind"},
    "Osoby": {"email"},
    "Role": {"email", "role", "valid_from"},
}


@dataclass(frozen=True, slots=True)
class Wrong:
    sheet: str
    row: int
    column: str
    says: str


# What is wrong in a row: the field and, in plain words, why.
Faults = Callable[[Sheet, Row], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Form:
    """A fixed form of file: its sheets, how their rows are judged, and which words stand for a code in which field."""

    sheets: tuple[Sheet, ...]
    faults: Faults
    meanings: Words = field_of(default_factory=dict)


def read(name: str, data: bytes, form: Form | None = None) -> tuple[Content, list[Wrong]]:
    """A workbook with all sheets of the form, or a CSV file with one of them. Without a form, the organisation's."""
    form = form or _organisation()
    if len(data) > LARGEST:
        raise Refused(_("The file is too large."), code="too-large", field="file")
    tables = _workbook(data, form.sheets) if data[:2] == b"PK" else [_text(data, form.sheets)]
    content: Content = {}
    wrong: list[Wrong] = []
    for sheet, rows in tables:
        content[sheet.name] = _rows(sheet, rows, wrong, form)
    return content, wrong


def _workbook(data: bytes, sheets: Sequence[Sheet]) -> list[tuple[Sheet, list[Sequence[Any]]]]:
    from openpyxl import load_workbook  # late: it is seldom wanted, and every start would wait for it

    try:
        _refuse_bombs(data)
        book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
        missing = [sheet.name for sheet in sheets if sheet.name not in book.sheetnames]
        if missing:
            raise Refused(
                _("The sheet “%(name)s” is missing.") % {"name": missing[0]}, code="sheet", field="file"
            )
        return [(sheet, _cells(book[sheet.name], sheet)) for sheet in sheets]
    except Refused:
        raise
    except Exception as error:
        raise Refused(
            _("This file cannot be read as a spreadsheet. Save it once more as XLSX."),
            code="unreadable",
            field="file",
        ) from error


def _refuse_bombs(data: bytes) -> None:
    with zipfile.ZipFile(BytesIO(data)) as packed:
        left = LARGEST_UNPACKED
        for part in packed.infolist():
            with packed.open(part) as stream:
                begins = stream.read(min(left, 4096) + 1)
                size = len(begins)
                while size <= left and (more := stream.read(1 << 16)):
                    size += len(more)
            left -= size
            if left < 0:
                raise Refused(_("The file is too large when unpacked."), code="too-large", field="file")
            if b"<!DOCTYPE" in begins or b"<!ENTITY" in begins:
                raise Refused(_("The file holds what a spreadsheet never does."), code="unsafe", field="file")


def _cells(page: Any, sheet: Sheet) -> list[Sequence[Any]]:
    found: list[Sequence[Any]] = []
    for number, row in enumerate(page.iter_rows(max_col=MOST_COLUMNS, values_only=True)):
        if number > MOST_ROWS:
            raise _too_many(sheet)
        found.append(row)
    return found


def _text(data: bytes, sheets: Sequence[Sheet]) -> tuple[Sheet, list[Sequence[Any]]]:
    try:
        text = data.decode("utf-8-sig")
        rows: list[Sequence[Any]] = list(csv.reader(StringIO(text), delimiter=";", strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(
            _("This file cannot be read. It must be XLSX, or CSV in UTF-8 with semicolons."),
            code="unreadable",
            field="file",
        ) from error
    headings = [as_cell(cell) for cell in rows[0]] if rows else []
    for sheet in sheets:
        if headings == sheet.headings:
            if len(rows) > MOST_ROWS + 1:
                raise _too_many(sheet)
            return sheet, rows
    raise Refused(
        _("The headings fit none of the sheets. Start from an exported file."), code="headings", field="file"
    )


def _too_many(sheet: Sheet) -> Refused:
    words = _("The sheet “%(name)s” has too many rows: at most %(limit)d.")
    return Refused(words % {"name": sheet.name, "limit": MOST_ROWS}, code="too-many-rows", field="file")


def _rows(
    sheet: Sheet, table: Iterable[Sequence[Any]], wrong: list[Wrong], form: Form
) -> dict[tuple[str, ...], Row]:
    found: dict[tuple[str, ...], Row] = {}
    width = len(sheet.columns)
    for number, cells in enumerate(table, start=1):
        texts = [unmarked(as_cell(cell)) for cell in cells]
        if number == 1:
            if texts[:width] != sheet.headings or any(texts[width:]):
                words = _("The headings of the sheet “%(name)s” are not those of an exported file.")
                raise Refused(words % {"name": sheet.name}, code="headings", field="file")
            continue
        if not any(texts):
            continue
        texts = [*texts, *[""] * width][:width]
        row = {
            field: form.meanings.get(field, {}).get(cell.casefold(), cell)
            for (_heading, field), cell in zip(sheet.columns, texts, strict=True)
        }
        if "email" in sheet.key:
            row["email"] = row["email"].lower()
        wrong += [
            Wrong(sheet.name, number, sheet.heading_of(field), says)
            for field, says in form.faults(sheet, row)
        ]
        key = sheet.key_of(row)
        if key in found:
            says = _("The same stands in an earlier row.")
            wrong.append(Wrong(sheet.name, number, sheet.headings[0], says))
        found[key] = row
    return found


def not_plain(cell: str, *, required: bool) -> str:
    """What is wrong with any cell, whatever it is about."""
    if cell.startswith("=") or not cell.isprintable():
        return _("Only plain text may stand here, no formula.")
    return _("Fill in this cell.") if required and not cell else ""


def not_one_of(cell: str, known: Iterable[str]) -> str:
    try:
        _one_of(cell, known)
    except _Expected as expected:
        return _("This cannot stand here: %(cell)s.") % {"cell": cell} + str(expected)
    return ""


def _organisation() -> Form:
    return Form(SHEETS, partial(_faults, words()), meanings())


def _faults(known: Words, sheet: Sheet, row: Row) -> Iterator[tuple[str, str]]:
    for field, cell in row.items():
        if says := _fault(known, sheet, field, cell):
            yield field, says


def _fault(known: Words, sheet: Sheet, field: str, cell: str) -> str:
    """What is wrong with a cell, in plain words; nothing when it is right."""
    if says := not_plain(cell, required=field in REQUIRED[sheet.name]):
        return says
    if not cell:
        return ""
    model = _MODELS.get(sheet.name)
    limit = getattr(model._meta.get_field(field), "max_length", None) if model else None
    if limit and len(cell) > limit:
        return _("This is too long: at most %(limit)d characters.") % {"limit": limit}
    try:
        match field:
            case "email":
                validate_email(cell)
            case "web_page" | "bip_page":
                URLValidator(schemes=["http", "https"])(cell)
            case "latitude" | "longitude":
                if abs(float(cell)) > (90 if field == "latitude" else 180):
                    raise ValueError
            case "active" | "own_entity" | "must_use_second_factor":
                _one_of(cell, (YES, NO))
            case "kind" | "language" | "role":
                if cell not in known[field]:
                    _one_of(cell, known[field].values())
            case "valid_from" | "valid_until":
                _moment(cell)
    except (ValueError, ValidationError) as error:
        expected = str(error) if isinstance(error, _Expected) else ""
        return _("This cannot stand here: %(cell)s.") % {"cell": cell} + expected
    return ""


class _Expected(ValueError):
    pass


def _moment(cell: str) -> None:
    try:
        moment(cell)
    except ValueError as error:
        raise _Expected(" " + _("Write the day and the hour like this: 2026-11-30 08:00.")) from error


def _one_of(cell: str, known: Iterable[str]) -> None:
    known = list(known)
    if cell not in known:
        raise _Expected(" " + _("Possible: %(known)s.") % {"known": ", ".join(known)})
