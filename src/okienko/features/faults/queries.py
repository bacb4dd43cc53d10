from __future__ import annotations

from django.db.models import QuerySet

from okienko.features.faults.models import Category


def categories() -> QuerySet[Category]:
    return Category.objects.filter(active=True).select_related("parent", "group")
