"""The list of cases of one procedure: its columns and filters, and the query behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from okienko.base import numbers
from okienko.base.text import sort_key
from okienko.kernel.cases.models import Case, Channel
from okienko.kernel.cases.queries import visible_to
from okienko.kernel.cases.rules import Procedure
from okienko.kernel.cases.words import search
from okienko.kernel.people.access import Scope, Someone, groups_reached, scope_of
from okienko.kernel.people.models import Person
from okienko.ui.lists import Column, Dates, Definition, Filter, ListRequest
from okienko.ui.templatetags.ui import badge

LATE, SOON = "late", "soon"
FEW = 5000


@dataclass(frozen=True)
class CaseList:
    """What a feature may add: columns of its own, and filters with what they mean."""

    columns: tuple[Column, ...] = ()
    filters: Callable[[], tuple[Filter, ...]] = tuple
    narrow: Callable[[QuerySet[Case], dict[str, Any]], QuerySet[Case]] | None = None
    fetch: tuple[str, ...] = ()


_additions: dict[str, CaseList] = {}


def add_to_list(procedure: str, addition: CaseList) -> None:
    _additions[procedure] = addition


def definition(procedure: Procedure, person: Someone) -> Definition:
    added = _additions.get(procedure.code, CaseList())
    columns = (
        Column("number", _("Number"), "spoken_number", sort="pk", fixed=True),
        Column("subject", _("Subject"), "subject", fixed=True),
        Column("state", _("State"), "state_name", show=lambda case, name: badge(name, case.state_badge)),
        Column("due", _("Due"), "due_at", sort="due_order"),
        Column("received", _("Received"), "received_at", sort="received_at"),
        *_kind(procedure),
        Column("group", _("Group"), "group.name"),
        Column("unit", _("Unit"), "unit.name", default=False),
        Column("person", _("Handled by"), "person.name"),
        Column("channel", _("Channel"), lambda case: case.get_channel_display(), default=False),
        Column("changed", _("Last change"), "changed_at", sort="changed_at", default=False),
        Column("closed", _("Closed"), "closed_at", default=False),
        *added.columns,
    )
    return Definition(columns, (*_filters(procedure, person), *added.filters()), sort="-received")


def _kind(procedure: Procedure) -> Iterable[Column]:
    if procedure.kinds:
        names = dict(procedure.kinds)
        yield Column("kind", _("Category"), lambda case: names.get(case.kind, case.kind))


def _filters(procedure: Procedure, person: Someone) -> Iterable[Filter]:
    states = tuple((state.code, state.name) for state in procedure.states)
    yield Filter("state", _("State"), choices=states, multiple=True)
    yield Filter("open", _("Open"), kind="yes-no")
    if procedure.kinds:
        yield Filter("kind", _("Category"), choices=procedure.kinds)
    if procedure.main_clock:
        yield Filter("time", _("Deadline"), choices=((LATE, _("late")), (SOON, _("due within a day"))))
    yield Filter("group", _("Group"), choices=_groups(procedure, person))
    yield Filter("mine", _("Handled by me"), kind="yes-no")
    yield Filter("channel", _("Channel"), choices=tuple(Channel.choices))
    yield Filter("received", _("Received"), kind="dates")
    yield Filter("closed", _("Closed"), kind="dates")


def _groups(procedure: Procedure, person: Someone) -> tuple[tuple[str, str], ...]:
    groups = groups_reached(person, procedure.see_permission)
    return tuple((str(pk), name) for pk, name in sorted(groups, key=lambda group: sort_key(group[1])))


def rows(procedure: Procedure, request: ListRequest, person: Someone, *, now: datetime) -> QuerySet[Case]:
    """The cases that the filter shows, as far as the person may see them; the order is the caller's."""
    added = _additions.get(procedure.code, CaseList())
    cases = visible_to(person, procedure)
    given = dict(request.filters)
    for name, value in given.items():
        cases = _narrowed(cases, name, value, person, now)
    if added.narrow is not None:
        cases = added.narrow(cases, given)
    return searched(cases, request.search, scope_of(person, procedure.see_permission))


def fetched(procedure: Procedure, cases: QuerySet[Case]) -> QuerySet[Case]:
    """With all that the columns show, and without what only the page of one case does."""
    added = _additions.get(procedure.code, CaseList())
    return cases.select_related("unit", "group", "person", *added.fetch).defer("description", "words")


def _narrowed(cases: QuerySet[Case], name: str, value: Any, person: Someone, now: datetime) -> QuerySet[Case]:
    match name:
        case "state":
            return cases.filter(state__in=value)
        case "open":
            return cases.filter(open=value)
        case "kind" | "channel":
            return cases.filter(**{name: value})
        case "group":
            return cases.filter(group_id=int(value))
        case "mine":
            mine = Q(person_id=person.pk if isinstance(person, Person) else None)
            return cases.filter(mine if value else ~mine)
        case "time":
            latest = now if value == LATE else now + timedelta(days=1)
            earliest = Q() if value == LATE else Q(due_order__gte=now)
            return cases.filter(earliest, open=True, due_order__lt=latest)
        case "received" | "closed":
            return cases.filter(_between(f"{name}_at", value))
        case _:
            return cases


def _between(field: str, days: Dates) -> Q:
    """Whole local days, both ends included."""
    rule = Q()
    if days.first:
        rule &= Q(**{f"{field}__gte": timezone.make_aware(datetime.combine(days.first, time()))})
    if days.last:
        after = days.last + timedelta(days=1)
        rule &= Q(**{f"{field}__lt": timezone.make_aware(datetime.combine(after, time()))})
    return rule


def searched(cases: QuerySet[Case], typed: str, scope: Scope) -> QuerySet[Case]:
    """A whole number finds its case; anything else, the cases that hold all the words."""
    if not typed:
        return cases
    number = numbers.from_speech(typed)
    if numbers.is_whole(number) and not any(letter.isalpha() for letter in typed):
        return cases.filter(Q(number=number) | Q(contact_phone__endswith=number) & ~Q(contact_phone=""))
    words = search(typed, scope)
    if not words:
        return cases.none()
    # The planner cannot know how dear it is to look into the words of each case in turn. So few as these are
    # found by the index of words alone; more are met soon enough on the way from the newest to the oldest.
    found = list(Case.objects.filter(words__holds=words).order_by().values_list("pk", flat=True)[: FEW + 1])
    return cases.filter(pk__in=found) if len(found) <= FEW else cases.filter(words__holds=words)
