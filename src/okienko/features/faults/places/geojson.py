"""Areas and streets as GeoJSON files name and draw them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused

NAMES = ("name", "nazwa", "NAZWA", "Name")
POLYGONS, LINES = "polygons", "lines"
_SHAPES = {
    "Polygon": (POLYGONS, True),
    "MultiPolygon": (POLYGONS, False),
    "LineString": (LINES, True),
    "MultiLineString": (LINES, False),
}


@dataclass(frozen=True, slots=True)
class Feature:
    name: str
    symbol: str
    shape: list[Any]


def read(content: bytes, wanted: str) -> list[Feature]:
    """Features with the same name are one. What cannot be used is refused by its number in the file."""
    found: dict[str, Feature] = {}
    for number, entry in enumerate(_features(content), start=1):
        feature = _feature(entry, number, wanted)
        if feature.name in found:
            found[feature.name].shape.extend(feature.shape)
        else:
            found[feature.name] = feature
    if not found:
        raise _refusal(_("The file holds no features."))
    return list(found.values())


def _refusal(words: str) -> Refused:
    return Refused(words, code="bad-geojson", field="file")


def _features(content: bytes) -> list[Any]:
    try:
        read = json.loads(content)
        features = read["features"] if read["type"] == "FeatureCollection" else [read]
    except (ValueError, KeyError, TypeError, RecursionError):
        features = None
    if not isinstance(features, list):
        raise _refusal(_("This is not a GeoJSON file with features."))
    return features


def _feature(entry: Any, number: int, wanted: str) -> Feature:
    told = entry.get("properties") if isinstance(entry, dict) else None
    drawn = entry.get("geometry") if isinstance(entry, dict) else None
    if not isinstance(told, dict) or not isinstance(drawn, dict):
        raise _refusal(_("Feature %(number)d has no properties or no geometry.") % {"number": number})
    name = next((str(told[key]).strip() for key in NAMES if told.get(key)), "")
    if not name or len(name) > 150:
        raise _refusal(_("Feature %(number)d needs a name of at most 150 letters.") % {"number": number})
    kind, single = _SHAPES.get(str(drawn.get("type")), ("", False))
    if kind != wanted:
        words = _("Feature %(number)d (%(name)s) is not drawn as a polygon.") if wanted == POLYGONS else _(
            "Feature %(number)d (%(name)s) is not drawn as a line."
        )  # fmt: skip
        raise _refusal(words % {"number": number, "name": name})
    shape = [drawn.get("coordinates")] if single else drawn.get("coordinates")
    rings = [shape] if wanted == LINES else shape
    try:
        lines = [line for polygon in rings for line in polygon]  # type: ignore[union-attr]
        good = bool(lines) and all(_is_line(line, closed=wanted == POLYGONS) for line in lines)
    except (TypeError, ValueError, IndexError):
        good = False
    if not good:
        words = _(
            "The coordinates of feature %(number)d (%(name)s) are not longitudes and latitudes (WGS84)."
        )
        raise _refusal(words % {"number": number, "name": name})
    return Feature(name, str(told.get("unit") or "").strip(), list(shape))  # type: ignore[arg-type]


def _is_line(line: Any, *, closed: bool) -> bool:
    points = [(point[0], point[1]) for point in line]
    # A number in quotation marks is none: it would be kept as it came, and measured with numbers.
    on_earth = all(-180 <= east <= 180 and -90 <= north <= 90 for east, north in points)
    return on_earth and (len(points) >= 4 and points[0] == points[-1] if closed else len(points) >= 2)
