from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from okienko.base.decisions import Missing
from okienko.features.faults.models import Category, Draft, Report
from okienko.features.faults.queries import categories, report_sent_as


def draft_by_key(key: str) -> Draft | None:
    return Draft.objects.filter(key=key).first()


def sent_as(key: str) -> Report:
    """The report that a draft with this key has become."""
    report = report_sent_as(key)
    if report is None:
        raise Missing
    return report


def category_of(draft: Draft) -> Category:
    return categories().get(pk=draft.told["category"])


def keep(draft: Draft, **told: Any) -> None:
    """What was typed stays with the draft, which is nobody's record yet."""
    draft.told |= told
    draft.save(update_fields=["told"])


def offered() -> QuerySet[Category]:
    """Those that are handled here, kinds under what they are kinds of."""
    return (
        categories().filter(handled_elsewhere="", takes_mail=False).order_by("parent__sort_key", "sort_key")
    )


def elsewhere() -> QuerySet[Category]:
    return categories().exclude(handled_elsewhere="")
