"""Where reports come from: districts drawn, in the stronger a colour the more reports there are to the ground."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import Any

from okienko.features.faults.models import Area
from okienko.features.faults.places.geometry import Box, Polygon, Ring

WIDTH = 600
FAINTEST, STRONGEST = 0.06, 0.75


@dataclass(frozen=True, slots=True)
class District:
    name: str
    reports: int
    shade: str
    path: str
    x: str  # of the middle, where the number stands
    y: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    districts: list[District]


def drawing(reports: Mapping[Any, int]) -> Drawing | None:
    """`reports`: how many came from each district, by its key."""
    areas = list(Area.objects.filter(active=True, kind=Area.Kind.DISTRICT))
    if not areas or not any(reports.get(area.pk) for area in areas):
        return None
    box = Box(
        min(area.south for area in areas), min(area.west for area in areas), max(area.north for area in areas),
        max(area.east for area in areas),
    )  # fmt: skip
    narrowing = cos(radians((box.south + box.north) / 2))
    scale = WIDTH / ((box.east - box.west) * narrowing)

    def at(longitude: float, latitude: float) -> tuple[str, str]:
        return f"{(longitude - box.west) * narrowing * scale:.1f}", f"{(box.north - latitude) * scale:.1f}"

    def path(polygons: Iterable[Polygon]) -> str:
        rings = (ring for polygon in polygons for ring in polygon)
        return " ".join(
            "M" + " ".join(",".join(at(point[0], point[1])) for point in ring) + "Z" for ring in rings
        )

    dense = {area.pk: reports.get(area.pk, 0) / ground(area.shape) for area in areas}
    most = max(dense.values())
    districts = [
        District(
            area.name, reports.get(area.pk, 0), f"{FAINTEST + (STRONGEST - FAINTEST) * dense[area.pk] / most:.2f}",
            path(area.shape), *at((area.west + area.east) / 2, (area.south + area.north) / 2),
        )
        for area in areas
    ]  # fmt: skip
    return Drawing(WIDTH, round((box.north - box.south) * scale), districts)


def ground(polygons: Iterable[Polygon]) -> float:
    """How large they are beside one another; what is drawn is narrow enough for the Earth to be flat in it."""
    return sum(_inside(rings[0]) - sum(map(_inside, rings[1:])) for rings in polygons)


def _inside(ring: Ring) -> float:
    return abs(sum(one[0] * other[1] - other[0] * one[1] for one, other in pairwise(ring))) / 2
