from __future__ import annotations

from django.db.models import QuerySet

from okienko.base.decisions import Missing
from okienko.features.visits.embed.models import Site
from okienko.kernel.people.access import Someone, scope_of


def visible_to(person: Someone) -> QuerySet[Site]:
    """Sites of the units in one's reach; those of the whole office are for who may do this everywhere."""
    scope, sites = scope_of(person, "visits.embed"), Site.objects.select_related("unit")
    return sites if scope.everywhere else sites.filter(unit_id__in=scope.units)


def site(person: Someone, site_id: int) -> Site:
    found = visible_to(person).filter(pk=site_id).first()
    if found is None:
        raise Missing
    return found


def in_use(person: Someone) -> QuerySet[Site]:
    return visible_to(person).filter(active=True)


def origin_of(site_id: int) -> str:
    """Of a site that may show the form now, whoever looks; nothing for any other."""
    shown = Site.objects.filter(pk=site_id, active=True)
    return shown.values_list("origin", flat=True).first() or ""
