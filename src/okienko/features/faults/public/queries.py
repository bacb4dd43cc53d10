"""What everybody may see of reports: category, street, district, point, state, and what a clerk has released."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import asinh, ceil, floor, pi, radians, tan
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Func, QuerySet, Value

from okienko.base import numbers
from okienko.base.coordinates import degrees_around, metres_between
from okienko.base.decisions import Missing
from okienko.features.faults.models import Area, Category, Joined, Report, Street, coarse
from okienko.features.faults.places.geometry import Box
from okienko.kernel.cases.models import Case
from okienko.kernel.documents.models import Document
from okienko.kernel.documents.queries import of as documents_of

CELL_ZOOMS = range(6, 19, 2)
POINTS_FROM, MOST_POINTS, MOST_NEIGHBOURS = 17, 500, 5
COARSENESS = 0.0005
_CLUSTERS = """
    SELECT x, y, sum(reports), sum(latitudes) / sum(reports), sum(longitudes) / sum(reports)
    FROM faults_mapcell
    WHERE zoom = %s AND x BETWEEN %s AND %s AND y BETWEEN %s AND %s AND open
    GROUP BY x, y HAVING sum(reports) > 0
"""


def reports() -> QuerySet[Report]:
    """Not those whose category nobody has set yet: a mail as it came says nothing to everybody."""
    known = Report.objects.filter(forgotten_at__isnull=True, category__takes_mail=False)
    return known.select_related("category", "area", "case")


def newest(*, category: str = "", area: str = "", before: str = "") -> QuerySet[Report]:
    """Open ones, page by page: `before` is the last one of the page before."""
    found = reports().filter(open=True)
    if category:
        found = found.filter(category__code=category)
    if area.isdecimal():
        found = found.filter(area_id=int(area[:18]))
    if before.isdecimal():
        found = found.filter(pk__lt=int(before[:18]))
    return found.order_by("-pk")


def report_by_number(typed: str) -> Report:
    report = reports().filter(case__number=numbers.from_speech(typed)).first()
    if report is None:
        raise Missing
    return report


def told_as(report: Report, key: str) -> Joined | None:
    """Who joined with this key and left an address."""
    return report.joined.filter(key=key).exclude(email="", phone="").first() if key else None


def photos_of(case: Case) -> list[Document]:
    return [photo for photo in documents_of(case).filter(public=True) if photo.is_picture]


def cell_of(latitude: float, longitude: float, zoom: int) -> tuple[int, int]:
    size = 2**zoom
    up = (1 - asinh(tan(radians(min(max(latitude, -85.0), 85.0)))) / pi) / 2
    return floor((longitude + 180) / 360 * size), floor(up * size)


def clusters(box: Box, zoom: int) -> list[tuple[int, float, float]]:
    """How many open reports lie where; squares of the map of 64 to 128 pixels."""
    cells = max((one for one in CELL_ZOOMS if one <= zoom + 2), default=CELL_ZOOMS[0])
    (west, north), (east, south) = cell_of(box.north, box.west, cells), cell_of(box.south, box.east, cells)
    with connection.cursor() as cursor:
        cursor.execute(_CLUSTERS, [cells, west, east, north, south])
        return [
            (int(count), *coarse(latitude, longitude))
            for _, _, count, latitude, longitude in cursor.fetchall()
        ]


def points(box: Box) -> list[tuple[Report, tuple[float, float]]]:
    """Each open report of a small window with the point that everybody may see: it alone decides, so that nobody
    learns more by narrowing the window."""
    found = _open_within(box, COARSENESS, COARSENESS)
    shown = ((one, point) for one in found[: 2 * MOST_POINTS] if (point := one.public_position))
    inside = [
        (one, point)
        for one, point in shown
        if box.south <= point[0] <= box.north and box.west <= point[1] <= box.east
    ]
    return inside[:MOST_POINTS]


def _open_within(box: Box, up: float, aside: float) -> QuerySet[Report]:
    """Open reports in the box and so many degrees around it, by the index of their points."""
    corners = ((box.west - aside, box.south - up), (box.east + aside, box.north + up))
    return reports().filter(
        Func(
            Func("longitude", "latitude", function="point"),
            Func(*(Func(*map(Value, corner), function="point") for corner in corners), function="box"),
            template="%(expressions)s",
            arg_joiner=" <@ ",
            output_field=BooleanField(),
        ),
        open=True,
    )


def neighbours(
    category: Category, latitude: float, longitude: float, *, at: datetime
) -> list[tuple[Report, int]]:
    """Open reports of the same kind near the point, nearest first, with their distance in metres."""
    here = Box(latitude, longitude, latitude, longitude)
    found = _open_within(here, *degrees_around(latitude, category.near_metres)).filter(
        category=category, case__received_at__gte=at - timedelta(weeks=category.near_weeks)
    )
    near = [(one, metres_between((latitude, longitude), one.position)) for one in found if one.position]
    within = sorted(((one, metres) for one, metres in near if metres <= category.near_metres), key=_distance)
    return [(one, _told(one, metres)) for one, metres in within[:MOST_NEIGHBOURS]]


def _told(one: Report, metres: float) -> int:
    """As exactly as everybody may know where it is."""
    return round(metres) if one.place_released else ceil(metres / 50) * 50


def _distance(near: tuple[Report, float]) -> float:
    return near[1]


def drawn() -> dict[str, Any]:
    """Districts and streets, for a map that has no tiles."""
    districts = Area.objects.filter(active=True, kind=Area.Kind.DISTRICT).values_list("name", "shape")
    lines = Street.objects.filter(active=True).values_list("name", "shape")
    shapes = [("MultiPolygon", districts), ("MultiLineString", lines)]
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": kind, "coordinates": shape}}
        for kind, found in shapes
        for name, shape in found
    ]
    return {"type": "FeatureCollection", "features": features}
