"""In whose hands a case is, and into whose a step puts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.kernel.cases import queries, rules
from okienko.kernel.cases.models import Case
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Group


def holder_of(case: Case) -> dict[str, Any]:
    """As the record has it."""
    return {
        "unit": case.unit.symbol if case.unit else None,
        "group": case.group.symbol if case.group else None,
        "person": case.person.name if case.person else None,
    }


def pass_on(case: Case, row: rules.Step, inputs: Mapping[str, Any], person: Person | None) -> None:
    match row.holder:
        case rules.Holder.GIVEN_GROUP:
            demand_fitting(case, row, inputs["group"])
            hand_to(case, inputs["group"])
        case rules.Holder.GIVEN_UNIT:
            case.unit, case.group, case.person = inputs["unit"], None, None
        case rules.Holder.GIVEN_PERSON:
            case.person = inputs["person"]
        case rules.Holder.THE_ONE_WHO_ACTS:
            case.person = person
        case rules.Holder.GROUP_BEFORE:
            hand_to(case, case.group_before or case.group)
        case rules.Holder.NOBODY:
            case.unit = case.group = case.person = None
        case rules.Holder.STAYS:
            pass


def demand_fitting(case: Case, row: rules.Step, group: Group) -> None:
    """Of the kind that does such work, and of the unit within which the step stays."""
    wanted = queries.kind_wanted(row)
    if wanted is not None and group.kind != wanted:
        words = _(
            "%(group)s is a group of the kind “%(kind)s”, and one of the kind “%(wanted)s” is needed here. "
            "Whoever keeps units and groups can change the kind."
        )
        told = {"group": group, "kind": group.get_kind_display(), "wanted": wanted.label}
        raise Refused(words % told, code="group-of-other-kind", field="group")
    if not group.unit.path.startswith(queries.path_within(case, row)):
        words = _("%(group)s belongs to another unit. Return it instead, and name who should get it.")
        raise Refused(words % {"group": group}, code="another-unit", field="group")


def hand_to(case: Case, group: Group | None) -> None:
    case.group_before, case.group = case.group, group
    case.unit = group.unit if group else None
    case.person = None
