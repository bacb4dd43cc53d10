from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing
from okienko.features.faults.joining.models import Joining, Submission
from okienko.features.faults.joining.rules import ROLES
from okienko.features.faults.joining.sheets import GROUP_KINDS, PEOPLE, QUESTIONS, SHEETS, Known
from okienko.features.faults.models import Category
from okienko.kernel.people.access import Someone, scope_of
from okienko.kernel.people.models import Grant, Person
from okienko.kernel.people.organisation.sheets import NO, YES, Content, Key, Row
from okienko.kernel.people.organisation.writing import digest
from okienko.kernel.people.queries import not_over_q
from okienko.kernel.units.models import Group, Unit

_WORDS = {role: word for word, role in ROLES.items()}


def visible_to(person: Someone) -> QuerySet[Joining]:
    scope = scope_of(person, "faults.join")
    joinings = Joining.objects.select_related("unit")
    return joinings if scope.everywhere else joinings.filter(unit__in=scope.units)


def seen_by(person: Someone, joining_id: int) -> bool:
    return visible_to(person).filter(pk=joining_id).exists()


def joining_by_id(person: Someone, joining_id: int) -> Joining:
    found = visible_to(person).filter(pk=joining_id).first()
    if found is None:
        raise Missing
    return found


def joining_by_key(joining_id: int) -> Joining:
    """For actions, which ask themselves who may."""
    found = Joining.objects.select_related("unit").filter(pk=joining_id).first()
    if found is None:
        raise Missing
    return found


def submission_by_id(person: Someone, submission_id: int) -> Submission:
    found = Submission.objects.select_related("joining__unit", "brought_by", "decided_by").filter(
        pk=submission_id, joining__in=visible_to(person)
    )  # fmt: skip
    submission = found.first()
    if submission is None:
        raise Missing
    return submission


def submissions_of(joining: Joining) -> QuerySet[Submission]:
    return joining.submissions.select_related("brought_by", "decided_by").defer("content")


def units_that_may_join() -> QuerySet[Unit]:
    taken = Joining.objects.filter(ended_on__isnull=True).values("unit")
    return Unit.objects.filter(active=True).exclude(pk__in=taken).order_by("sort_key")


def facts_of(unit: Unit, at: datetime) -> Iterator[tuple[Any, str]]:
    """Whether the unit is a joint controller is for everybody who sees the unit."""
    day = timezone.localtime(at).date()
    for one in Joining.objects.filter(unit=unit):
        if one.in_force(day):
            yield _("Joint controller since"), date_format(one.agreed_on, "DATE_FORMAT")


def has_begun(joining: Joining) -> bool:
    """Somebody was agreed to already: what comes now is a change."""
    return joining.submissions.filter(agreed=True).exists()


# --- What is in force -----------------------------------------------------------------------------------------


def _below(unit: Unit) -> QuerySet[Unit]:
    return Unit.objects.filter(path__startswith=unit.path)


def grants_of(unit: Unit, at: datetime) -> QuerySet[Grant]:
    """Overseers, coordinators and executors of the unit and of all in it, from now on. What was taken back before it
    began lasts no time at all."""
    inside = Q(unit__in=_below(unit)) | Q(group__unit__in=_below(unit))
    lasts = Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from"))
    held = Grant.objects.filter(
        not_over_q(at), inside, lasts, role__in=ROLES.values(), person__left_at__isnull=True
    )
    return held.select_related("person", "unit", "group__unit").order_by("person__sort_key", "id")


def groups_of(unit: Unit) -> QuerySet[Group]:
    found = Group.objects.filter(active=True, kind__in=GROUP_KINDS, unit__in=_below(unit))
    return found.select_related("unit").order_by("symbol")


def categories_of(unit: Unit) -> QuerySet[Category]:
    return Category.objects.filter(group__unit__in=_below(unit)).order_by("code")


def known(unit: Unit) -> Known:
    inside = list(_below(unit).filter(active=True).order_by("path").values_list("symbol", flat=True))
    groups = Group.objects.values_list("symbol", "unit__symbol", "kind", "name")
    mine = Q(group__unit__in=_below(unit)) | Q(group__isnull=True, handled_elsewhere="", takes_mail=False)
    return Known(
        inner=inside,
        groups={symbol: (of if of in inside else None, kind, name) for symbol, of, kind, name in groups},
        categories=list(Category.objects.filter(mine, active=True).order_by("code").values_list("code", flat=True)),
        residents=frozenset(Person.objects.exclude(kind=Person.Kind.STAFF).values_list("email", flat=True)),
    )  # fmt: skip


def in_force(unit: Unit, at: datetime, named: Collection[str] = ()) -> Content:
    """As the form would say it; of categories, those of the unit and those that are `named`."""
    people, questions = SHEETS
    rows = [
        {
            "email": grant.person.email, "first_name": grant.person.first_name, "last_name": grant.person.last_name,
            "inner": grant.group.unit.symbol if grant.group else grant.unit.symbol if grant.unit else "",
            "group": grant.group.symbol if grant.group else "", "group_name": grant.group.name if grant.group else "",
            "permissions": _WORDS[grant.role],
        }
        for grant in grants_of(unit, at)
    ]  # fmt: skip
    asked = (categories_of(unit) | Category.objects.filter(code__in=named)).distinct()
    said = [
        {"category": category.code, "text": question.text, "required": YES if question.required else NO}
        for category in asked.prefetch_related("questions")
        for question in category.questions.all()
    ]
    return {
        PEOPLE: {people.key_of(row): row for row in rows},
        QUESTIONS: {questions.key_of(row): row for row in said},
    }


def state_of(unit: Unit, at: datetime, named: Collection[str] = ()) -> str:
    """Whether it is still what a file was compared with."""
    groups: dict[Key, Row] = {
        (one.symbol,): {"symbol": one.symbol, "name": one.name} for one in groups_of(unit)
    }
    return digest(in_force(unit, at, named) | {"Grupy": groups})
