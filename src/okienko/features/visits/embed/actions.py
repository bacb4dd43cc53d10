"""The list of sites that may show the form in a frame."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.features.visits.embed import rules
from okienko.features.visits.embed.models import Site
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand


@atomic
def add_site(*, by: Actor, at: datetime, name: str, origin: str, active: bool = True) -> Site:
    demand(by, "visits.embed")
    details = {"name": name, "origin": _free(origin), "active": active}
    site = Site.objects.create(**details)
    record(site, "embed_site.added", by=by, at=at, after=details)
    return site


@atomic
def change_site(
    site: Site, *, by: Actor, at: datetime, version: int, name: str, origin: str, active: bool
) -> Site:
    """Taken off the list, its frames are refused from the next page on; what was booked there stays."""
    demand(by, "visits.embed")
    site = Site.objects.select_for_update().get(pk=site.pk)
    changes.check_version(site, version)
    details: dict[str, Any] = {"name": name, "origin": _free(origin, but=site), "active": active}
    before, after = changes.apply(site, details)
    if after:
        site.version += 1
        site.save()
        record(site, "embed_site.changed", by=by, at=at, before=before, after=after)
    return site


def _free(text: str, but: Site | None = None) -> str:
    origin = rules.origin(text)
    others = Site.objects.exclude(pk=but.pk) if but else Site.objects.all()
    if others.filter(origin=origin).exists():
        raise Refused(_("This site is on the list already."), code="site-known", field="origin")
    return origin
