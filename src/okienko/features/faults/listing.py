"""What the list of fault reports shows beside what every list of cases shows."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models import Category
from okienko.kernel.cases.lists import CaseList
from okienko.ui.lists import Column, Filter


def _filters() -> tuple[Filter, ...]:
    return (Filter("category", _("Category"), choices=tuple(Category.objects.values_list("code", "name"))),)


def _narrow(given: dict[str, Any]) -> Q:
    return Q(kind=given["category"]) if "category" in given else Q()


ADDITION = CaseList(
    columns=(
        Column("category", _("Category"), "report.category.name", default=False),
        Column("place", _("Place"), "report.place", default=False),
    ),
    filters=_filters,
    narrow=_narrow,
)
