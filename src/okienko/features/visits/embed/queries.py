from __future__ import annotations

from django.db.models import QuerySet

from okienko.base.decisions import Missing
from okienko.features.visits.embed.models import Site


def sites() -> QuerySet[Site]:
    return Site.objects.all()


def site(site_id: int) -> Site:
    found = Site.objects.filter(pk=site_id).first()
    if found is None:
        raise Missing
    return found


def in_use() -> QuerySet[Site]:
    return Site.objects.filter(active=True)


def origin_of(site_id: int) -> str:
    """Of a site that may show the form now; nothing for any other."""
    return in_use().filter(pk=site_id).values_list("origin", flat=True).first() or ""
