"""Exports as answers to a browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.kernel.documents import exports, workbooks

T = TypeVar("T")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export(
    form: str, *, name: str, title: str, titles: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    match form:
        case "csv":
            pieces = _in_language(exports.csv_pieces(titles, rows))
            return StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8", headers=headers)
        case "xlsx":
            book = _in_language(workbooks.pieces(titles, rows, sheet=title))
            return StreamingHttpResponse(book, content_type=XLSX, headers=headers)
        case "pdf":
            page = exports.pdf_table(
                titles, _at_most(rows, exports.MOST_PDF_ROWS), title=title, language=get_language() or "pl"
            )
            return HttpResponse(page, content_type="application/pdf", headers=headers)
        case _:
            raise Http404


def _in_language(pieces: Iterator[T]) -> Iterator[T]:
    """What is sent piece by piece is made after the request has let go of its language."""
    language = get_language() or settings.LANGUAGE_CODE
    return _each_in(language, pieces)


def _each_in(language: str, pieces: Iterator[T]) -> Iterator[T]:
    while True:
        with override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _at_most(rows: Iterable[Sequence[Any]], most: int) -> Iterator[Sequence[Any]]:
    """Up to as many as the format can hold; with more it says so instead of leaving some out silently."""
    source = iter(rows)
    yield from islice(source, most)
    if next(source, None) is not None:
        words = _("This file can hold at most %(most)d rows. Narrow the list with a filter, or choose CSV.")
        raise Refused(words % {"most": most}, code="too-many-rows")
