from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.text import sort_key
from okienko.features.faults.models import Category, Question
from okienko.features.faults.routing.queries import problem_of_group
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.units.models import Group

MOST_QUESTIONS = 1000  # of a category, by far


@atomic
def add_category(
    *,
    by: Actor,
    at: datetime,
    code: str,
    shortcut: str,
    name: str,
    questions: Sequence[tuple[str, bool]] = (),
    **details: Any,
) -> Category:
    """`questions`: what to ask about, and whether it must be answered."""
    demand(by, "faults.categories")
    _refuse_taken(shortcut, code)
    _only_one_takes_mail(details.get("takes_mail", False), details.get("handled_elsewhere", ""))
    _refuse_other_groups(details.get("group"))
    category = Category.objects.create(
        code=code, shortcut=shortcut, name=name, sort_key=sort_key(name), **details
    )
    _ask(category, questions)
    record(category, "category.added", by=by, at=at, after={"name": name})
    return category


@atomic
def change_category(
    category: Category,
    *,
    by: Actor,
    at: datetime,
    version: int,
    questions: Sequence[tuple[str, bool]],
    **values: Any,
) -> Category:
    demand(by, "faults.categories")
    category = Category.objects.select_for_update().get(pk=category.pk)
    changes.check_version(category, version)
    code = values.get("code", category.code)
    _refuse_taken(values["shortcut"], code, besides=category.pk)
    if code != category.code and category.reports.exists():
        words = _("Reports are kept under this code, so it cannot be changed.")
        raise Refused(words, code="code-used", field="code")
    if values.get("parent") is not None and category.kinds.exists():
        raise Refused(
            _("It has kinds of its own, so it stays at the top."), code="kinds-below", field="parent"
        )
    _only_one_takes_mail(
        values.get("takes_mail", False), values.get("handled_elsewhere", ""), besides=category.pk
    )
    _refuse_other_groups(values.get("group"))
    before, after = changes.apply(category, {**values, "sort_key": sort_key(values["name"])})
    asked = list(category.questions.values_list("text", "required"))
    if asked != list(questions):
        before["questions"], after["questions"] = asked, list(questions)
        _ask(category, questions)
    if after:
        category.version += 1
        category.save()
        record(category, "category.changed", by=by, at=at, before=before, after=after)
    return category


def _refuse_taken(shortcut: str, code: str, besides: int = 0) -> None:
    others = Category.objects.exclude(pk=besides)
    if others.filter(shortcut=shortcut).exists():
        raise Refused(
            _("Another category already has these two letters."), code="shortcut-taken", field="shortcut"
        )
    if others.filter(code=code).exists():
        raise Refused(_("Another category already has this code."), code="code-taken", field="code")


def _only_one_takes_mail(wanted: bool, handled_elsewhere: str, besides: int | None = None) -> None:
    if wanted and handled_elsewhere:
        raise Refused(
            _("E-mails cannot wait where nothing is handled."), code="mail-elsewhere", field="takes_mail"
        )
    others = Category.objects.filter(takes_mail=True)
    if wanted and (others.exclude(pk=besides) if besides else others).exists():
        raise Refused(_("Another category takes e-mails already."), code="mail-taken", field="takes_mail")


def _refuse_other_groups(group: Group | None) -> None:
    if problem := problem_of_group(group):
        raise Refused(problem, code="cannot-be-followed", field="group")


def _ask(category: Category, questions: Sequence[tuple[str, bool]]) -> None:
    """A question in the same words stays the same one: a report written without a network may be answering it yet."""
    before = {one.text: one for one in category.questions.all()}
    kept = [
        before.pop(text) if text in before else Question(category=category, text=text)
        for text, _required in questions
    ]
    category.questions.exclude(pk__in=[one.pk for one in kept if one.pk]).delete()
    # Out of the way of one another first: no two may have one place, not even while they change theirs.
    category.questions.update(position=F("position") + MOST_QUESTIONS)
    for position, (one, (_text, required)) in enumerate(zip(kept, questions, strict=True)):
        one.position, one.required = position, required
        one.save()
