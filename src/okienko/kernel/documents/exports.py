"""A list as a file: rows are read and written one after another, so that its length does not matter."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import xlsxwriter
from django.utils import timezone

from okienko.kernel.documents.printouts import pdf

Row = Sequence[Any]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_PDF_ROWS = 5000
MOST_XLSX_ROWS = 1_048_575


class _Line:
    def write(self, text: str) -> str:
        return text


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def harmless(text: str) -> str:
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_lines(titles: Row, rows: Iterable[Row]) -> Iterator[str]:
    """With the mark that lets a Polish spreadsheet program see that the letters are UTF-8."""
    writer = csv.writer(_Line(), delimiter=";")
    yield "\ufeff" + writer.writerow([as_text(title) for title in titles])
    for row in rows:
        yield writer.writerow(
            [value if isinstance(value, int | Decimal) else harmless(as_text(value)) for value in row]
        )


def xlsx_file(titles: Row, rows: Iterable[Row], *, sheet: str) -> IO[bytes]:
    """A workbook in a temporary file; each row leaves memory when it is written."""
    out: IO[bytes] = SpooledTemporaryFile(max_size=2_000_000)  # noqa: SIM115  (handed to the response, which closes it)
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(_sheet_name(sheet))
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page.freeze_panes(1, 0)
    page.set_column(0, len(titles), 20)
    page.write_row(0, 0, [as_text(title) for title in titles], bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                page.write_datetime(number, column, timezone.localtime(value).replace(tzinfo=None), moment)
            elif isinstance(value, date):
                page.write_datetime(number, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                page.write_number(number, column, float(value))
            else:
                page.write_string(number, column, as_text(value)[:32_767])
    book.close()
    out.seek(0)
    return out


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\")[:31] or "1"


def pdf_table(titles: Row, rows: Iterable[Row], *, title: str, language: str) -> bytes:
    data = {
        "title": title,
        "titles": [as_text(name) for name in titles],
        "rows": [[as_text(value) for value in row] for row in rows],
    }
    return pdf(Path(__file__).parent / "printouts" / "table.typ", data, language=language)
