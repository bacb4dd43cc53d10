from __future__ import annotations

from django.db.models import QuerySet

from okienko.base.text import fold
from okienko.features.faults.models import Area, Street
from okienko.features.faults.places.geometry import is_inside
from okienko.kernel.history.kept import Kept
from okienko.kernel.history.statements import prepared

MOST_SUGGESTIONS = 8
# What stands before a name and is typed by few.
_KINDS = ("ul.", "al.", "pl.", "os.", "ul", "al", "pl", "os")


def areas() -> QuerySet[Area]:
    return Area.objects.filter(active=True).select_related("unit")


def all_areas() -> QuerySet[Area]:
    return Area.objects.select_related("unit").order_by("kind", "-active", "sort_key")


def area_by_id(area_id: int) -> Area | None:
    return Area.objects.filter(pk=area_id).first()


def areas_at(latitude: float, longitude: float, kind: str = "") -> list[Area]:
    """All areas that hold the point: by their boxes first, then exactly."""
    with prepared() as cursor:
        cursor.execute(_BOXES, [latitude, longitude, kind, kind])
        boxes = cursor.fetchall()
    areas = (_kept.at(area_id, version) for area_id, version in boxes)
    return [area for area in areas if area is not None and is_inside(area.shape, latitude, longitude)]


_BOXES = """
    SELECT id, ROW(xmin, ctid)::text FROM faults_area
    WHERE active AND %s::float8 BETWEEN south AND north AND %s::float8 BETWEEN west AND east AND (%s = '' OR kind = %s)
    ORDER BY sort_key, id
"""


# Shapes are large.
_kept = Kept(area_by_id)


def district_at(latitude: float, longitude: float) -> Area | None:
    return next(iter(areas_at(latitude, longitude, Area.Kind.DISTRICT)), None)


def streets() -> QuerySet[Street]:
    return Street.objects.filter(active=True)


def streets_like(typed: str) -> list[Street]:
    """Every word typed begins a word of the name; what stands in front of names may be left out."""
    words = [word for word in fold(typed).split() if word not in _KINDS and not word[0].isdigit()]
    found = streets()
    for word in words:
        found = found.filter(folded__contains=f" {word}")
    return list(found[:MOST_SUGGESTIONS]) if words else []


def street_named(name: str) -> Street | None:
    return streets().filter(folded=folded_street(name)).first()


def folded_street(name: str) -> str:
    return f" {fold(name)}"
