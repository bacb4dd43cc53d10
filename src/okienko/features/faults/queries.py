from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from okienko.base.decisions import Missing
from okienko.base.time import WARSAW
from okienko.features.faults.models import Category, Question, Report
from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.calendars import rules as calendars
from okienko.kernel.calendars.queries import calendar_named, hours_of
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.rules import Input
from okienko.kernel.history import words
from okienko.kernel.history.queries import entries_of
from okienko.kernel.people.models import Person

_MOVES = {f"{PROCEDURE.code}.{row.code}": row.code for row in PROCEDURE.steps if row.target is not None}
_EXPLAINED = ("return-to-operator", "return-to-coordinator", "suspend", "reject-work", "reopen")
_ENDING = [
    f"{PROCEDURE.code}.{row.code}"
    for row in PROCEDURE.steps
    if row.target and not PROCEDURE.state(row.target).open
]
# Who has a report hears of its deadline a working day before.
_BEFOREHAND = calendars.Rule(calendars.Kind.WORKING_DAYS, 1)


def categories() -> QuerySet[Category]:
    return Category.objects.filter(active=True).select_related("parent", "group")


def report_by_id(case_id: int) -> Report | None:
    return Report.objects.select_related("case").filter(case_id=case_id).first()


def report_sent_as(token: str) -> Report | None:
    return Report.objects.select_related("case").filter(token=token).first()


def joined_already(report: Report, key: str, person: Person | None, email: str, phone: str) -> bool:
    """Each person counts once, by whatever is known of the person."""
    same = Q(key=key)
    for name, known in (("person", person), ("email", email), ("phone", phone)):
        if known:
            same |= Q(**{name: known})
    return report.joined.filter(same).exists()


def to_return(at: datetime) -> list[int]:
    """Suspended ones whose date has come, the longest waiting first."""
    due = Report.objects.filter(returns_on__lte=at.astimezone(WARSAW).date()).order_by("returns_on", "pk")
    return list(due.values_list("pk", flat=True))


def report_of(case: Case) -> Report:
    """For who may see the case already."""
    return Report.objects.select_related("category__parent__group", "category__group", "area").get(case=case)


def chosen(given: Mapping[str, Any]) -> Category | None:
    """The category that a form names, however much else of it is filled in."""
    typed = str(given.get("category", ""))
    return categories().filter(pk=typed).first() if typed.isdecimal() and len(typed) < 19 else None


def category_by_id(category_id: int) -> Category:
    category = Category.objects.filter(pk=category_id).first()
    if category is None:
        raise Missing
    return category


def category_called(code: str) -> str:
    return Category.objects.filter(code=code).values_list("name", flat=True).first() or code


def category_tree() -> list[tuple[Category, int]]:
    """All categories with their depth, kinds below what they are kinds of."""
    everything = list(Category.objects.select_related("group__unit").prefetch_related("questions"))
    tops = [one for one in everything if one.parent_id is None]
    return [
        (one, depth)
        for top in tops
        for one, depth in [(top, 0), *((kind, 1) for kind in everything if kind.parent_id == top.pk)]
    ]


def questions_of(category: Category) -> list[Question]:
    """What to ask about: for every report of the kind above, then for this kind."""
    ((_category, asked),) = questions_of_each([category])
    return asked


def questions_of_each(kinds: Iterable[Category]) -> list[tuple[Category, list[Question]]]:
    found, asked = list(kinds), defaultdict[int | None, list[Question]](list)
    wanted = {pk for kind in found for pk in (kind.pk, kind.parent_id) if pk is not None}
    for one in Question.objects.filter(category__in=wanted).order_by("position"):
        asked[one.category_id].append(one)
    return [(kind, asked[kind.parent_id] + asked[kind.pk]) for kind in found]


def category_of_mail() -> Category | None:
    """Where an e-mail waits until an operator says what it is about."""
    return categories().filter(takes_mail=True).first()


def unanswered(report: Report) -> list[str]:
    """What this category must know and nobody has said yet."""
    said = set(report.answers.values_list("asked", flat=True))
    return [one.text for one in questions_of(report.category) if one.required and one.text[:200] not in said]


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said with the step that brought a report to where it lies."""

    title: str
    given: list[tuple[str, str]]
    at: datetime
    by: str


def last_word(case: Case) -> Word | None:
    """Of a report that came back or waits: why, and what whoever has it is asked to do."""
    entry = entries_of(case).filter(kind__in=_MOVES).last() if case.open else None
    row = PROCEDURE.row(_MOVES[entry.kind]) if entry else None
    if entry is None or row is None or row.code not in _EXPLAINED or entry.forgotten:
        return None
    after = entry.after or {}
    given = [
        (str(need.label), words.shown(after[need.name]))
        for need in row.needs
        if need.kind is not Input.GROUP and after.get(need.name)
    ]
    return Word(str(row.past), given, entry.happened_at, words.doer(entry))


def outcome(case: Case) -> dict[str, str]:
    """How a report ended, as far as its reporter is told: to whom it went, and what was answered. A duplicate ended as
    the one that goes on, whose answer is also for who wanted one here."""
    last = case
    while last.merged_into is not None:
        last = last.merged_into
    entry = None if last.open else entries_of(last).filter(kind__in=_ENDING).last()
    after = (entry.after if entry else None) or {}
    told = ("body", "answer") if last is case or case.wants_answer else ("body",)
    return {name: str(after[name]) for name in told if after.get(name)}


def nearly_due_by(at: datetime) -> datetime:
    """The close of the office's next working day: on Friday, that of Monday."""
    return calendars.due(hours_of(calendar_named(PROCEDURE.calendar)).reckon(), _BEFOREHAND, at)


def due_for_reminding(at: datetime) -> list[int]:
    """Open reports of whose deadline those who have them have not been told yet, the longest late first."""
    due = Case.objects.filter(procedure=PROCEDURE.code, open=True, due_order__lte=nearly_due_by(at))
    late = Q(due_order__lt=at, report__reminded__lt=Report.Reminded.LATE)
    soon = Q(due_order__gte=at, report__reminded=Report.Reminded.NOT_YET)
    return list(due.filter(late | soon).order_by("due_order", "pk").values_list("pk", flat=True))
