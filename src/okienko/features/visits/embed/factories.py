from __future__ import annotations

from datetime import datetime

from okienko.features.visits.embed.actions import add_site
from okienko.features.visits.embed.models import Site
from okienko.kernel.history.actors import Actor
from okienko.kernel.units.models import Unit


def make_site(
    *,
    by: Actor,
    at: datetime,
    name: str = "BIP",
    origin: str = "https://bip.example.pl",
    unit: Unit | None = None,
) -> Site:
    return add_site(by=by, at=at, name=name, origin=origin, unit=unit)
