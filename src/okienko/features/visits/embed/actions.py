"""The list of sites that may show the form in a frame."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.features.visits.embed import rules
from okienko.features.visits.embed.models import Site
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand, scope_of
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Unit


@atomic
def add_site(
    *, by: Actor, at: datetime, name: str, origin: str, unit: Unit | None = None, active: bool = True
) -> Site:
    _demand(by, unit)
    origin = _free(origin, unit)
    site = Site.objects.create(name=name, origin=origin, unit=unit, active=active)
    after = {"name": name, "origin": origin, "unit": unit and unit.symbol, "active": active}
    record(site, "embed_site.added", by=by, at=at, after=after)
    return site


@atomic
def change_site(
    site: Site,
    *,
    by: Actor,
    at: datetime,
    version: int,
    name: str,
    origin: str,
    unit: Unit | None = None,
    active: bool,
) -> Site:
    """Taken off the list, its frames are refused from the next page on; what was booked there stays."""
    site = Site.objects.select_for_update(of=("self",)).select_related("unit").get(pk=site.pk)
    was = site.unit
    _demand(by, was)
    _demand(by, unit)
    changes.check_version(site, version)
    origin = _free(origin, unit, but=site)
    details: dict[str, Any] = {"name": name, "origin": origin, "unit": unit, "active": active}
    before, after = changes.apply(site, details)
    if after:
        if "unit" in after:
            before["unit"], after["unit"] = was and was.symbol, unit and unit.symbol
        site.version += 1
        site.save()
        record(site, "embed_site.changed", by=by, at=at, before=before, after=after)
    return site


def _demand(by: Actor, unit: Unit | None) -> None:
    """A site of the whole office is for who may do this everywhere."""
    demand(by, "visits.embed", unit=unit)
    if unit is None and by.person_id is not None:
        person = Person.objects.get(pk=by.person_id)
        if not scope_of(person, "visits.embed").everywhere:
            raise Missing


def _free(text: str, unit: Unit | None, but: Site | None = None) -> str:
    origin = rules.origin(text)
    others = Site.objects.exclude(pk=but.pk) if but else Site.objects.all()
    if others.filter(origin=origin, unit=unit).exists():
        raise Refused(_("This site is on the list already."), code="site-known", field="origin")
    return origin
