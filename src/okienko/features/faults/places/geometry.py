"""Shapes as GeoJSON writes them: points are longitude and latitude. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

Point = Sequence[float]
Ring = Sequence[Point]
Polygon = Sequence[Ring]


class Box(NamedTuple):
    south: float
    west: float
    north: float
    east: float


def box_of(lines: Iterable[Iterable[Point]]) -> Box:
    points = [point for line in lines for point in line]
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    return Box(min(latitudes), min(longitudes), max(latitudes), max(longitudes))


def is_inside(polygons: Iterable[Polygon], latitude: float, longitude: float) -> bool:
    """Odd crossings of a ray to the east; a hole is a ring like any other.

    An edge is reckoned the same way whichever polygon it belongs to, so that of two neighbours exactly one holds
    what lies on their border.
    """
    inside = False
    for polygon in polygons:
        for ring in polygon:
            for one, other in pairwise(ring):
                low, high = (one, other) if one[1] < other[1] else (other, one)
                if low[1] <= latitude < high[1]:
                    share = (latitude - low[1]) / (high[1] - low[1])
                    inside ^= longitude < low[0] + share * (high[0] - low[0])
    return inside


def middle_of(lines: Sequence[Sequence[Point]]) -> tuple[float, float]:
    """Latitude and longitude of a point on the longest line, half-way along its points."""
    longest = max(lines, key=len)
    point = longest[len(longest) // 2]
    return point[1], point[0]
