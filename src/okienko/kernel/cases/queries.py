from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse

from okienko.base import numbers
from okienko.base.decisions import Missing
from okienko.kernel.cases import rules
from okienko.kernel.cases.models import Case, Link, SavedView, Sight
from okienko.kernel.cases.rules import Step
from okienko.kernel.people.access import Scope, Someone, may, scope_of
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Group
from okienko.kernel.units.queries import whole_of


def procedures_seen_by(person: Someone) -> list[rules.Procedure]:
    return [table for table in rules.all_procedures() if may(person, table.see_permission)]


def procedure_for(person: Someone, code: str) -> rules.Procedure:
    found = next((table for table in procedures_seen_by(person) if table.code == code), None)
    if found is None:
        raise Missing
    return found


def places(scope: Scope) -> list[int]:
    """Units and groups of the scope as `Sight.place` names them."""
    return sorted([*scope.groups, *(-unit for unit in scope.units)])


def sighted(scope: Scope) -> Q:
    """Cases that were ever passed to a unit or group of the scope."""
    if scope.everywhere:
        return Q()
    return Q(Exists(Sight.objects.filter(case_id=OuterRef("pk"), place__in=places(scope))))


def first_sighted(scope: Scope, rule: Q, order: Sequence[str], number: int) -> Q:
    """The first of each place of the scope, of those that fit the rule: read off one index, however many there are.

    The rule and the order speak of a case, and may order by what a sight repeats of it.
    """
    sights = Sight.objects.filter(_of_sight(rule), place=RawSQL("scope.place", ()))
    keys = sights.order_by(*map(_path_from_sight, order)).values("case_id")[:number]
    sql, values = keys.query.sql_with_params()
    listed = "SELECT found.case_id FROM unnest(%s::bigint[]) AS scope(place) CROSS JOIN LATERAL"
    return Q(pk__in=RawSQL(f"{listed} ({sql}) AS found", [places(scope), *values]))  # noqa: S611


def _of_sight(rule: Q) -> Q:
    parts: list[Any] = list(rule.children)
    told = [
        _of_sight(part) if isinstance(part, Q) else (_path_from_sight(part[0]), part[1]) for part in parts
    ]
    return Q(*told, _connector=rule.connector, _negated=rule.negated)


def _path_from_sight(path: str) -> str:
    sign, name = ("-", path[1:]) if path.startswith("-") else ("", path)
    field, *lookup = name.split("__")
    if field == "pk":
        name = "__".join(["case_id", *lookup])
    elif field not in Sight.COPIES:
        name = f"case__{name}"
    return sign + name


def visible_to(person: Someone, procedure: rules.Procedure | None = None) -> QuerySet[Case]:
    """What the person's roles reach, procedure by procedure, and what the person brought in."""
    tables = [procedure] if procedure else rules.all_procedures()
    cases = Case.objects.all()
    rule = Q(pk__in=[])
    for table in tables:
        scope = scope_of(person, table.see_permission)
        if scope:
            rule |= Q(procedure=table.code) & sighted(scope)
        if isinstance(person, Person) and not person.is_staff_member:
            rule |= Q(procedure=table.code, requester=person)
    return cases.filter(rule)


def seen_by(person: Someone, case_id: int) -> bool:
    return visible_to(person).filter(pk=case_id).exists()


def called(person: Someone, case_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Number and address of those that the person may see."""
    seen = visible_to(person).filter(pk__in=case_ids).only("number")
    return {one.pk: (one.spoken_number, reverse("cases:case", args=[one.number])) for one in seen}


def by_number(typed: str, *, visible_to_person: Someone) -> Case:
    number = numbers.from_speech(typed)
    case = visible_to(visible_to_person).filter(number=number).first()
    if case is None:
        raise Missing
    return case


def number_of(case_id: int) -> str:
    return Case.objects.values_list("number", flat=True).get(pk=case_id)


def by_follow_key(key: str) -> Case:
    """For the one who holds the link: the key is the permission."""
    case = Case.objects.filter(follow_key=key).first() if key else None
    if case is None:
        raise Missing
    return case


def lock(case_id: int, *, visible_to_person: Someone | None) -> Case:
    """The case for changing. `None` is the system itself."""
    cases = Case.objects.all() if visible_to_person is None else visible_to(visible_to_person)
    case = cases.select_for_update(of=("self",)).defer("words").filter(pk=case_id).first()
    if case is None:
        raise Missing
    return case


def open_work(people: Collection[int]) -> dict[int, int]:
    """How many open cases lie in each of these people's hands."""
    held = (
        Case.objects.filter(person_id__in=people, open=True)
        .values_list("person_id")
        .annotate(number=Count("pk"))
    )
    return {person_id: number for person_id, number in held if person_id is not None}


def links_of(case: Case, person: Someone) -> list[tuple[Link, Case]]:
    """Links whose other end the person may see too: the rest does not exist."""
    links = (
        Link.objects.filter(Q(source=case) | Q(target=case)).select_related("source", "target").order_by("id")
    )
    others = {link.target_id if link.source_id == case.pk else link.source_id for link in links}
    seen = {other.pk: other for other in visible_to(person).filter(pk__in=others)}
    ends = ((link, link.target_id if link.source_id == case.pk else link.source_id) for link in links)
    return [(link, seen[other]) for link, other in ends if other in seen]


def possible_steps(case: Case, person: Someone) -> list[rules.Step]:
    """The buttons: rows of the table that start at this state and that the person may take here.

    Who has taken the case up is not asked to take it up again.
    """
    if case.merged_into_id is not None or case.forgotten:
        return []
    has_it = case.person_id is not None and case.person_id == getattr(person, "pk", None)
    return [
        row
        for row in case.table.steps_from(case.state)
        if not row.by_system and not (has_it and row.only_takes_up) and may_take(case, row, person)
    ]


def may_work(case: Case, person: Someone) -> bool:
    """Whoever may take some step of the procedure where the case lies now, or register cases of its kind."""
    permissions = {row.permission for row in case.table.steps} | {case.table.register_permission}
    return any(
        scope_of(person, permission).covers(unit_id=case.unit_id, group_id=case.group_id)
        for permission in permissions
    )


def may_take(case: Case, row: rules.Step, person: Someone) -> bool:
    return scope_of(person, row.permission).covers(unit_id=case.unit_id, group_id=case.group_id)


def step_asked_for(case: Case, code: str, person: Someone, seen: int | None) -> rules.Step:
    """Also one that the person could take when they saw that version."""
    row = next((row for row in case.table.steps if row.code == code and not row.by_system), None)
    if row is None or not (may_take(case, row, person) or overtaken(case, row, person, seen)):
        raise Missing
    return row


def overtaken(case: Case, row: rules.Step, person: Someone, seen: int | None) -> bool:
    """It was written before somebody else changed the case, which may be out of the reach of who wrote it by now."""
    return seen is not None and seen != case.version and may(person, row.permission)


def saved_views(person: Person, list_code: str) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(owner=person) | Q(shared=True), list_code=list_code)


def own_view(person: Person, list_code: str, view_id: int) -> SavedView:
    view = SavedView.objects.filter(pk=view_id, owner=person, list_code=list_code).first()
    if view is None:
        raise Missing
    return view


def path_within(case: Case, step: Step) -> str:
    """Below which unit a step that stays within the unit finds its groups; nothing where it may go anywhere."""
    if case.unit is None or not any(need.same_unit for need in step.needs):
        return ""
    return whole_of(case.unit)


def kind_wanted(step: Step) -> Group.Kind | None:
    """Groups of which kind do what the step asks for, where it says."""
    return next((Group.Kind(need.of_kind) for need in step.needs if need.of_kind), None)


def groups_to_pass_to(case: Case, step: Step) -> QuerySet[Group]:
    """Where the step may send the case: what is for coordinators to groups of coordinators alone. Not to the group that
    has it, unless the case moves on to another state by it: what a group has returned may be passed to that group
    again."""
    groups = Group.objects.filter(active=True, unit__active=True).select_related("unit")
    if wanted := kind_wanted(step):
        groups = groups.filter(kind=wanted)
    if within := path_within(case, step):
        groups = groups.filter(unit__path__startswith=within)
    stays = step.target is None or step.target == case.state
    return groups.exclude(pk=case.group_id) if stays and case.group_id is not None else groups
