"""Reports whose six months are over: what would go, and what stays of those that went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.base.decisions import Missing
from okienko.features.faults.retention import RULE
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import visible_to
from okienko.kernel.consents.models import RetentionRun
from okienko.kernel.consents.queries import retention_runs
from okienko.kernel.people.models import Person

TITLES = (
    gettext_lazy("Number"), gettext_lazy("Category"), gettext_lazy("District"), gettext_lazy("Unit"),
    gettext_lazy("Group"), gettext_lazy("How it came"), gettext_lazy("Received"), gettext_lazy("Taken up"),
    gettext_lazy("Finished"), gettext_lazy("How it ended"), gettext_lazy("In time"),
)  # fmt: skip


def due(person: Person, at: datetime) -> QuerySet[Case]:
    seen = visible_to(person, PROCEDURE).filter(pk__in=RULE.due(at).order_by().values("pk"))
    return seen.select_related("report__category").defer("words").order_by("registered_at", "pk")


def runs() -> QuerySet[RetentionRun]:
    return retention_runs().filter(rule=RULE.code)


def run_by_id(run_id: int) -> RetentionRun:
    found = runs().filter(pk=run_id, finished_at__isnull=False).first()
    if found is None:
        raise Missing
    return found


def statement(person: Person, run: RetentionRun) -> Iterator[list[Any]]:
    """What stays of the reports that went in this run: nothing that says who reported, where exactly, or in which words."""
    gone = visible_to(person, PROCEDURE).filter(
        report__forgotten_at__gte=run.started_at, report__forgotten_at__lte=run.finished_at
    )
    cases = gone.select_related("report__category", "report__area", "unit", "group").defer("words")
    for case in cases.order_by("registered_at", "pk").iterator(chunk_size=2000):
        report = case.report
        yield [
            case.number, report.category.name, str(report.area or ""), str(case.unit or ""), str(case.group or ""),
            case.get_channel_display(), _day(case.received_at), _day(report.taken_up_at), _day(case.closed_at),
            case.state_name, {True: _("yes"), False: _("no"), None: "–"}[report.in_time],
        ]  # fmt: skip


def _day(at: datetime | None) -> str:
    return date_format(localtime(at), "SHORT_DATE_FORMAT") if at else "–"
