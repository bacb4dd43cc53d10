"""A list as a file: rows are read and written one after another, so that its length does not matter."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils import timezone

from okienko.base.text import harmless
from okienko.kernel.documents.printouts import pdf

Row = Sequence[Any]
MOST_PDF_ROWS = 5000
TOGETHER = 500  # rows: a piece of each alone would cost the server more than the row itself


class _Line:
    def write(self, text: str) -> str:
        return text


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(" ", "minutes")[:16]
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | Decimal) else harmless(as_text(value))


def csv_pieces(titles: Row, rows: Iterable[Row]) -> Iterator[str]:
    """With the mark that lets a Polish spreadsheet program see that the letters are UTF-8."""
    line: Callable[[Iterable[Any]], str] = csv.writer(_Line(), delimiter=";").writerow
    yield "\ufeff" + line(map(as_text, titles))
    lines = (line(map(_plain, row)) for row in rows)
    while some := "".join(islice(lines, TOGETHER)):
        yield some


def pdf_table(titles: Row, rows: Iterable[Row], *, title: str, language: str) -> bytes:
    data = {
        "title": title,
        "titles": [as_text(name) for name in titles],
        "rows": [[as_text(value) for value in row] for row in rows],
    }
    return pdf(Path(__file__).parent / "printouts" / "table.typ", data, language=language)
