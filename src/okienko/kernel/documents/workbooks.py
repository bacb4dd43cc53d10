"""A workbook written out as its rows come: nothing of it is kept, so that it begins at once and may be of any length.

A spreadsheet is an archive of XML files. Each is pressed and sent in pieces; what its size was follows it. Texts stand
in their cells as texts, which no program takes for formulas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from itertools import chain, islice
from math import isfinite
from typing import IO, Any, cast
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone

Row = Sequence[Any]
Cell = Callable[[Any], str]
MOST_ROWS = 1_048_576  # of one sheet, by the format; the rest goes to another
MOST_BYTES = 2**31 - 2**24  # of one file of the archive, for programs that cannot read larger ones
LONGEST_TEXT = 32_767
TOGETHER = 500
_BOLD, _MOMENT, _DAY = 1, 2, 3  # places in `_STYLES`
_FIRST_DAY = date(1899, 12, 30).toordinal()
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_READ_AS_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class _Pieces:
    """What the archive is written to: it can only go forward, and what has been taken is gone."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._waiting.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        pass

    def taken(self) -> Iterator[bytes]:
        if self._waiting:
            yield b"".join(self._waiting)
            self._waiting.clear()


def pieces(titles: Row, rows: Iterable[Row], *, sheet: str) -> Iterator[bytes]:
    """The file, piece by piece. Rows beyond what a sheet can hold go to a second one, under the same titles."""
    out, cells, number = _Pieces(), _cells(), 0
    head = f"<row>{''.join(_text(str(title), _BOLD) for title in titles)}</row>"
    lines = (f"<row>{''.join([cells[type(value)](value) for value in row])}</row>" for row in rows)
    with ZipFile(cast(IO[bytes], out), "w", ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("_rels/.rels", _RELATIONS.format(_relation(1, "officeDocument", "xl/workbook.xml")))
        book.writestr("xl/styles.xml", _STYLES)
        yield from out.taken()
        first: str | None = ""
        while first is not None:
            number += 1
            with book.open(f"xl/worksheets/sheet{number}.xml", "w") as page:
                written = page.write(f"{_SHEET.format(columns=max(len(titles), 1))}{head}{first}".encode())
                left = MOST_ROWS - 2
                while (
                    left > 0 and written < MOST_BYTES and (some := list(islice(lines, min(left, TOGETHER))))
                ):
                    left -= len(some)
                    written += page.write("".join(some).encode())
                    yield from out.taken()
                page.write(_SHEET_END)
            first = next(lines, None)
        for name, content in _frame(_sheet_name(sheet), number):
            book.writestr(name, content)
    yield from out.taken()


def _cells() -> dict[type, Cell]:
    return _Cells(
        {
            type(None): lambda value: "<c/>",
            str: _text,
            int: lambda value: f"<c><v>{value}</v></c>",
            float: _number,
            Decimal: _number,
            date: lambda value: f'<c s="{_DAY}"><v>{value.toordinal() - _FIRST_DAY}</v></c>',
            datetime: _moment,
        }
    )


class _Cells(dict[type, Cell]):
    """By the type of the value; what is of none of them is shown as the text that it is."""

    def __missing__(self, kind: type) -> Cell:
        kinds = (datetime, date, str) if kind is bool else (datetime, date, str, int, float, Decimal)
        self[kind] = next((self[known] for known in kinds if issubclass(kind, known)), _as_text)
        return self[kind]


def _as_text(value: Any) -> str:
    return _text(str(value))


def _number(value: float | Decimal) -> str:
    return f"<c><v>{value}</v></c>" if isfinite(value) else _as_text(value)


def _text(text: str, style: int = 0) -> str:
    if not text:
        return "<c/>"
    shown = escape(_NOT_XML.sub("", text[:LONGEST_TEXT]), quote=False)
    if "_x" in shown:
        shown = _READ_AS_CODE.sub("_x005F_", shown)
    look = f' s="{style}"' if style else ""
    return f'<c{look} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _moment(at: datetime) -> str:
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return f'<c s="{_MOMENT}"><v>{local.toordinal() - _FIRST_DAY + seconds / 86_400:.10f}</v></c>'


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in _NOT_XML.sub("", title) if letter not in "[]:*?/\\'")[:28] or "1"


def _frame(name: str, number: int) -> Iterator[tuple[str, str]]:
    """What binds the sheets together; written last, when their number is known."""
    numbers = range(1, number + 1)
    sheets = "".join(
        f'<sheet name="{escape(name if one == 1 else f"{name} {one}")}" sheetId="{one}" r:id="rId{one}"/>'
        for one in numbers
    )
    relations = (_relation(one, "worksheet", f"worksheets/sheet{one}.xml") for one in numbers)
    styles = _relation(number + 1, "styles", "styles.xml")
    parts = chain(
        (("workbook", "sheet.main"), ("styles", "styles")),
        ((f"worksheets/sheet{one}", "worksheet") for one in numbers),
    )
    types = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in parts
    )
    yield "xl/workbook.xml", _WORKBOOK.format(sheets)
    yield "xl/_rels/workbook.xml.rels", _RELATIONS.format("".join(relations) + styles)
    yield "[Content_Types].xml", _TYPES.format(types)


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS = f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{{}}</Relationships>'
_WORKBOOK = f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{{}}</sheets></workbook>'
_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    "{}</Types>"
)
_SHEET = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    '<cols><col min="1" max="{columns}" width="20" customWidth="1"/></cols><sheetData>'
)
_SHEET_END = b"</sheetData></worksheet>"
_FONT = '<sz val="11"/><name val="Calibri"/>'
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    f'<fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
