from __future__ import annotations

from datetime import datetime
from typing import Any

from okienko.base.decisions import Refused
from okienko.features.faults.models import RoutingRule
from okienko.features.faults.routing import queries
from okienko.features.faults.routing.rules import arranged
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand


@atomic
def save_rule(
    rule: RoutingRule | None, *, by: Actor, at: datetime, version: int, position: int, **values: Any
) -> RoutingRule:
    """A new rule or a change of one; the others make room for it and keep their order."""
    demand(by, "faults.categories")
    ordered = list(RoutingRule.objects.select_for_update().order_by("position"))
    if rule is None:
        saved, kind = RoutingRule(position=0), "rule.added"
    else:
        saved, kind = next(one for one in ordered if one.pk == rule.pk), "rule.changed"
        changes.check_version(saved, version)
    before, after = changes.apply(saved, values)
    if saved.active:
        for field, problem in queries.problems(saved.category, saved.area, saved.group):
            raise Refused(problem, code="cannot-be-followed", field=field)
    for place, one in enumerate(arranged(ordered, saved, position), start=1):
        if one is saved:
            if one.position != place:
                before["position"], after["position"] = one.position, place
            one.position = place
        elif one.position != place:
            RoutingRule.objects.filter(pk=one.pk).update(position=place)
    if after:
        saved.version += rule is not None
        saved.save()
        record(saved, kind, by=by, at=at, before=before if rule else None, after=after)
    return saved
