"""Reports in numbers: charts, each with its table, the same as files, and a statement of all of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import formats
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.base.decisions import Missing
from okienko.base.time import now
from okienko.features.faults.statistics import queries
from okienko.features.faults.statistics.density import drawing
from okienko.kernel.documents import responses
from okienko.kernel.people.access import person_of, requires
from okienko.ui.figures import decimal, percent
from okienko.ui.forms import DateField, SpanForm

TABLES = {
    "category": gettext_lazy("Category"),
    "unit": gettext_lazy("Unit"),
    "group": gettext_lazy("Group"),
    "channel": gettext_lazy("How it came"),
    "district": gettext_lazy("District"),
}
NOT_KNOWN = {
    "unit": gettext_lazy("not passed on yet"),
    "group": gettext_lazy("not passed on yet"),
    "district": gettext_lazy("district not known"),
}
COLUMNS = (
    gettext_lazy("Reports"),
    gettext_lazy("Finished"),
    gettext_lazy("In time"),
    gettext_lazy("Hours until taken up"),
    gettext_lazy("Days until finished"),
    gettext_lazy("Returned"),
    gettext_lazy("Work rejected"),
    gettext_lazy("Reopened"),
)


class ReceivedForm(SpanForm):
    first = DateField(label=gettext_lazy("Received from"))
    last = DateField(label=gettext_lazy("Received to"))


def _asked(given: Mapping[str, Any]) -> tuple[ReceivedForm, date, date]:
    return ReceivedForm.asked(given, localdate(now()))


@requires("faults.see")
def statistics(request: HttpRequest) -> HttpResponse:
    form, first, last = _asked(request.GET)
    found = queries.statistics(person_of(request), first, last)
    districts = {row.key: row.reports for row in found.tables["district"]}
    month_ends = localdate(now()).replace(day=1) - timedelta(days=1)
    context = {
        "form": form, "first": first, "last": last, "whole": found.whole, "tables": _tables(found),
        "titles": COLUMNS, "cells": _cells(found.whole), "query": _query(first, last),
        "density": drawing(districts), "month": month_ends, "month_query": _query(month_ends.replace(day=1), month_ends),
    }  # fmt: skip
    return render(request, "faults/statistics/statistics.html", context)


@requires("faults.see")
def statistics_file(request: HttpRequest, table: str, form: str) -> HttpResponseBase:
    """One of the tables, or `zestawienie`: all of them with the sum, for the record."""
    _form, first, last = _asked(request.GET)
    found = queries.statistics(person_of(request), first, last)
    days = f"{formats.date_format(first)} – {formats.date_format(last)}"
    name = f"zgloszenia-{table}-{first}-{last}"
    tables = {shown["name"]: shown for shown in _tables(found)}
    if table == "zestawienie":
        rows = [[_("All reports"), "", *_cells(found.whole)]]
        rows += [[str(shown["title"]), *row] for shown in tables.values() for row in shown["rows"]]
        title, titles = _("Statement of fault reports"), ["", "", *COLUMNS]
    elif table in tables:
        title, rows = str(tables[table]["title"]), tables[table]["rows"]
        titles = [title, *COLUMNS]
    else:
        raise Missing
    return responses.export(form, name=name, title=f"{title}, {days}", titles=titles, rows=rows)


def _query(first: date, last: date) -> str:
    return urlencode({"first": first.isoformat(), "last": last.isoformat()})


def _tables(found: queries.Statistics) -> list[dict[str, Any]]:
    names = queries.names(found)
    tables = []
    for name, title in TABLES.items():
        rows = [
            [names[name].get(row.key, str(NOT_KNOWN.get(name, "–"))), *_cells(row)]
            for row in found.tables[name]
        ]
        bars = [(row[0], row[1]) for row in rows]
        tables.append({"name": name, "title": title, "rows": rows, "bars": bars})
    return tables


def _cells(row: queries.Row) -> list[Any]:
    return [
        row.reports, row.finished, percent(row.share_in_time), decimal(row.hours_to_take_up),
        decimal(row.days_to_finish), row.returned, row.rejected,
        row.reopened,
    ]  # fmt: skip
