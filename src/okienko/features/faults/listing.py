"""What the list of fault reports shows beside what every list of cases shows."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models import Area, Category, Report
from okienko.kernel.cases.lists import CaseList
from okienko.kernel.cases.models import Case
from okienko.ui.lists import Column, Filter


def _filters() -> tuple[Filter, ...]:
    # Both lists of choices in one question: the page of the list asks few.
    kinds = Category.objects.order_by().values_list(Value("category"), "sort_key", "code", "name")
    districts = Area.objects.order_by().filter(kind=Area.Kind.DISTRICT)
    found = sorted(
        kinds.union(districts.values_list(Value("area"), "sort_key", Cast("pk", CharField()), "name"))
    )
    choices = {
        name: tuple((key, shown) for of, _order, key, shown in found if of == name)
        for name in ("category", "area")
    }
    return (
        Filter("category", _("Category"), choices=choices["category"]),
        Filter("area", _("District"), choices=choices["area"]),
        Filter("waiting", _("To be taken up"), kind="yes-no"),
        Filter("taken", _("Somebody has it in hand"), kind="yes-no"),
    )


def _narrow(given: dict[str, Any]) -> Q:
    rule = Q(kind=given["category"]) if "category" in given else Q()
    if "area" in given:
        rule &= Q(report__area_id=int(given["area"]))
    if "waiting" in given:
        rule &= Q(report__waiting=given["waiting"])
    if "taken" in given:
        rule &= Q(person__isnull=not given["taken"])
    return rule


def words_of(report: Report) -> str:
    """Street and district, beside the words of every case."""
    return f"{report.street} {report.area or ''}"


def found_by(case: Case) -> str:
    report = Report.objects.select_related("area").filter(case=case).first()
    return words_of(report) if report else ""


ADDITION = CaseList(
    columns=(
        Column("category", _("Category"), "report.category.name", default=False),
        Column("street", _("Street"), "report.address", default=False),
        Column("area", _("District"), "report.area.name", default=False),
        Column("place", _("Place"), "report.place", default=False),
    ),
    filters=_filters,
    narrow=_narrow,
)
