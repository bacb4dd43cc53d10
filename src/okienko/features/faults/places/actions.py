from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.text import sort_key
from okienko.features.faults.models import Area, Report, Street
from okienko.features.faults.places import geojson, queries
from okienko.features.faults.places.geometry import box_of
from okienko.features.faults.places.register import Told, ask_aside, empty_fields
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.queries import lock
from okienko.kernel.cases.words import index_words
from okienko.kernel.history import changes
from okienko.kernel.history.actions import Line, record, record_many, subject_key
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Unit


@dataclass(frozen=True, slots=True)
class Loaded:
    added: int
    changed: int
    switched_off: int


@atomic
def load_areas(content: bytes, kind: str, *, by: Actor, at: datetime) -> Loaded:
    """The file is the whole truth about its kind: what it does not name is switched off, not removed."""
    demand(by, "faults.categories")
    features = geojson.read(content, geojson.POLYGONS)
    units = {unit.symbol: unit for unit in Unit.objects.filter(symbol__in={one.symbol for one in features})}
    rows: dict[str, dict[str, Any]] = {}
    for feature in features:
        if feature.symbol and feature.symbol not in units:
            words = _("There is no unit with the symbol %(symbol)s (feature %(name)s).")
            raise Refused(
                words % {"symbol": feature.symbol, "name": feature.name}, code="no-such-unit", field="file"
            )
        box = box_of(ring for polygon in feature.shape for ring in polygon)
        rows[feature.name] = {"shape": feature.shape, "unit": units.get(feature.symbol), **box._asdict()}
    known = {area.name: area for area in Area.objects.select_for_update().filter(kind=kind)}
    return _put(Area, known, rows, {"kind": kind}, by=by, at=at)


@atomic
def load_streets(content: bytes, *, by: Actor, at: datetime) -> Loaded:
    demand(by, "faults.categories")
    rows = {
        feature.name: {
            "shape": feature.shape,
            "folded": queries.folded_street(feature.name),
            **box_of(feature.shape)._asdict(),
        }
        for feature in geojson.read(content, geojson.LINES)
    }
    known = {street.name: street for street in Street.objects.select_for_update()}
    return _put(Street, known, rows, {}, by=by, at=at)


def _put(
    model: Any, known: dict[str, Any], rows: dict[str, dict[str, Any]], common: dict[str, Any],
    *, by: Actor, at: datetime,
) -> Loaded:  # fmt: skip
    new = [
        model(name=name, sort_key=sort_key(name), **common, **values)
        for name, values in rows.items()
        if name not in known
    ]
    model.objects.bulk_create(new)
    lines = [Line(subject_key(one), "map.added", after={"name": one.name}) for one in new]
    changed, gone = 0, 0
    for name, one in known.items():
        _before, after = changes.apply(
            one, {**rows[name], "active": True} if name in rows else {"active": False}
        )
        if after:
            one.save()
            changed, gone = changed + (name in rows), gone + (name not in rows)
            kind = "map.changed" if name in rows else "map.switched_off"
            lines.append(Line(subject_key(one), kind, after={"name": name}))
    record_many(lines, by=by, at=at)
    return Loaded(len(new), changed, gone)


PLACE = ("place", "street", "house_number", "cadastral_district", "parcel", "latitude", "longitude")


@atomic
def change_place(case_id: int, *, by: Actor, at: datetime, person: Person, **values: Any) -> Report:
    """An operator writes the place anew; the district follows the point."""
    demand(by, "faults.register")
    case = lock(case_id, visible_to_person=person)
    case.refuse_forgotten()
    report = Report.objects.select_for_update(of=("self",)).get(pk=case.pk)
    report = _set_place(report, case, values, by=by, at=at)
    ask_aside(report)
    return report


@atomic
def fill_in(report: Report, told: Told, *, by: Actor, at: datetime) -> Report:
    """What the register said, where nobody has written anything meanwhile."""
    report = Report.objects.select_for_update(of=("self",)).select_related("case").get(pk=report.pk)
    if report.forgotten_at is not None:
        return report
    return _set_place(report, report.case, empty_fields(report, told), by=by, at=at)


def _set_place(report: Report, case: Case, values: dict[str, Any], *, by: Actor, at: datetime) -> Report:
    before, after = changes.apply(report, values)
    if not after:
        return report
    if report.position is not None:
        report.area = queries.district_at(*report.position)
    report.save()
    index_words(case)
    record(case, "fault.placed", by=by, at=at, before=before, after=after)
    return report
