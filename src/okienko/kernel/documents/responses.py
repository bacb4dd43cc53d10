"""Exports as answers to a browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.kernel.documents import exports


def export(
    form: str, *, name: str, title: str, titles: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    match form:
        case "csv":
            response = StreamingHttpResponse(
                exports.csv_lines(titles, rows), content_type="text/csv; charset=utf-8"
            )
            response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
            return response
        case "xlsx":
            file = exports.xlsx_file(titles, _at_most(rows, exports.MOST_XLSX_ROWS), sheet=title)
            return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
        case "pdf":
            page = exports.pdf_table(
                titles, _at_most(rows, exports.MOST_PDF_ROWS), title=title, language=get_language() or "pl"
            )
            headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
            return HttpResponse(page, content_type="application/pdf", headers=headers)
        case _:
            raise Http404


def _at_most(rows: Iterable[Sequence[Any]], most: int) -> Iterator[Sequence[Any]]:
    """Up to as many as the format can hold; with more it says so instead of leaving some out silently."""
    source = iter(rows)
    yield from islice(source, most)
    if next(source, None) is not None:
        words = _("This file can hold at most %(most)d rows. Narrow the list with a filter, or choose CSV.")
        raise Refused(words % {"most": most}, code="too-many-rows")
