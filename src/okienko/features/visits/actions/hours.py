"""When counters receive: named templates, laid over ranges of days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.text import sort_key
from okienko.features.visits.models import HoursTemplate
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots.models import Claim, Resource


@atomic
def add_template(*, by: Actor, at: datetime, name: str, **details: Any) -> HoursTemplate:
    demand(by, "slots.change")
    _refuse_known_name(name)
    template = HoursTemplate.objects.create(name=name, sort_key=sort_key(name), **details)
    record(template, "hours_template.added", by=by, at=at, after={"name": name, **details})
    return template


@atomic
def change_template(
    template: HoursTemplate, *, by: Actor, at: datetime, version: int, **values: Any
) -> HoursTemplate:
    """Days over which it was laid before keep the hours that they have."""
    demand(by, "slots.change")
    template = HoursTemplate.objects.select_for_update().get(pk=template.pk)
    changes.check_version(template, version)
    if values.get("name", template.name) != template.name:
        _refuse_known_name(values["name"])
    before, after = changes.apply(template, values)
    template.sort_key, template.version = sort_key(template.name), version + 1
    template.save()
    record(template, "hours_template.changed", by=by, at=at, before=before, after=after)
    return template


def _refuse_known_name(name: str) -> None:
    if HoursTemplate.objects.filter(name=name).exists():
        raise Refused(_("There is a template of this name already."), code="name-taken", field="name")


@atomic
def lay_hours(
    template: HoursTemplate,
    counters: Sequence[Resource],
    *,
    by: Actor,
    at: datetime,
    first: date,
    last: date | None,
) -> list[Claim]:
    """The template on each of the counters; gives back the visits that no longer fit."""
    misfits = []
    for counter in counters:
        misfits += slots.set_hours(counter, by=by, at=at, first=first, last=last, **template.hours())
    after = {"first": first, "last": last, "counters": [counter.name for counter in counters]}
    record(template, "hours_template.laid", by=by, at=at, after=after)
    return misfits


@atomic
def close_hours(
    counters: Sequence[Resource], *, by: Actor, at: datetime, first: date, last: date | None
) -> list[Claim]:
    """On those days nobody receives; gives back the visits that no longer fit."""
    return [
        misfit
        for counter in counters
        for misfit in slots.remove_hours(counter, by=by, at=at, first=first, last=last)
    ]
