"""Which group is proposed for a report, by which rule, and what other rules would have proposed for past ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing
from okienko.features.faults.models import Area, Category, Report, RoutingRule
from okienko.features.faults.places.geometry import is_inside
from okienko.features.faults.routing.rules import first_match
from okienko.kernel.units.models import Group

TRIED_DAYS, TRIED_MOST, SHOWN_MOST = 180, 2000, 50


@dataclass(frozen=True, slots=True)
class Proposal:
    """`rule`: the one that made it; without one it is the group of the category. `problem`: why it cannot be taken."""

    group: Group | None
    rule: RoutingRule | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    report: Report
    before: Proposal
    after: Proposal


@dataclass(frozen=True, slots=True)
class Trial:
    tried: int
    changed: int
    shown: list[Difference]


def rules() -> QuerySet[RoutingRule]:
    return RoutingRule.objects.select_related("category__parent", "area", "group__unit")


def rule_by_id(rule_id: int) -> RoutingRule:
    rule = rules().filter(pk=rule_id).first()
    if rule is None:
        raise Missing
    return rule


def problems(category: Category | None, area: Area | None, group: Group) -> Iterator[tuple[str, str]]:
    """Why a rule of these cannot be followed, each with the field that it is about."""
    if area is not None and not area.active:
        yield "area", _("The area “%(area)s” is no longer on the map.") % {"area": area}
    if category is not None and not category.active:
        yield "category", _("The category “%(category)s” is switched off.") % {"category": category}
    if problem := problem_of_group(group):
        yield "group", problem


def problem_of(rule: RoutingRule) -> str:
    """Empty when the rule can be followed."""
    return next((problem for _field, problem in problems(rule.category, rule.area, rule.group)), "")


def problem_of_group(group: Group | None) -> str:
    """Why reports cannot be passed to it."""
    if group is None:
        return ""
    if not (group.active and group.unit.active):
        return _("The group “%(group)s” is switched off.") % {"group": group}
    if group.kind != Group.Kind.COORDINATORS:
        words = _("The group “%(group)s” is not one of coordinators, and reports are passed to these alone.")
        return words % {"group": group}
    return ""


def proposable(now: Group | None) -> QuerySet[Group]:
    """Groups for a rule or a category; also the one that it names now, so that its problem is told and not dropped."""
    good = Q(active=True, unit__active=True, kind=Group.Kind.COORDINATORS)
    return Group.objects.select_related("unit").filter(good | Q(pk=now.pk) if now else good)


class Router:
    """Rules and areas read once, asked about as many reports as one likes."""

    def __init__(self, ordered: Iterable[RoutingRule]) -> None:
        self.rules = list(ordered)
        wanted = {rule.area_id for rule in self.rules if rule.area_id is not None}
        # Areas that are gone are asked as well: their rules are to be seen to fail.
        self.areas = list(Area.objects.filter(pk__in=wanted))

    def propose(self, report: Report) -> Proposal:
        chain = _with_those_above(report.category)
        rule = first_match(self.rules, [category.pk for category in chain], self._areas_at(report))
        if rule is not None:
            return Proposal(rule.group, rule, problem_of(rule))
        group = next((category.group for category in chain if category.group is not None), None)
        return Proposal(group, problem=problem_of_group(group))

    def _areas_at(self, report: Report) -> list[int]:
        if report.position is None:
            return [report.area_id] if report.area_id else []
        latitude, longitude = report.position
        return [
            area.pk
            for area in self.areas
            if area.south <= latitude <= area.north
            and area.west <= longitude <= area.east
            and is_inside(area.shape, latitude, longitude)
        ]


def _with_those_above(category: Category) -> list[Category]:
    chain = [category]
    while (above := chain[-1].parent) is not None and above not in chain:
        chain.append(above)
    return chain


def propose(report: Report) -> Proposal:
    return Router(rules()).propose(report)


def try_on_past(draft: Sequence[RoutingRule], *, at: datetime) -> Trial:
    """What these rules would have proposed for past reports, where that differs from what those in force do."""
    now, then = Router(rules()), Router(draft)
    past = (
        Report.objects.filter(case__received_at__gte=at - timedelta(days=TRIED_DAYS))
        .select_related("case", "area", "category__parent__group__unit", "category__group__unit")
        .order_by("-case__received_at")[:TRIED_MOST]
    )
    tried, changed, shown = 0, 0, list[Difference]()
    for report in past:
        tried += 1
        before, after = now.propose(report), then.propose(report)
        if (before.group, before.problem) != (after.group, after.problem):
            changed += 1
            if len(shown) < SHOWN_MOST:
                shown.append(Difference(report, before, after))
    return Trial(tried, changed, shown)
