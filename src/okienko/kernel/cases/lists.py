"""The list of cases of one procedure: its columns and filters, and the query behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache, partial
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from okienko.base import numbers
from okienko.base.text import sort_key
from okienko.kernel.cases.models import Case, Channel
from okienko.kernel.cases.queries import first_sighted, visible_to
from okienko.kernel.cases.rules import Procedure, all_procedures
from okienko.kernel.cases.words import figures, search
from okienko.kernel.people.access import Scope, Someone, groups_reached, scope_of
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import called
from okienko.kernel.units.models import Unit
from okienko.kernel.units.naming import named
from okienko.ui.lists import Column, Dates, Definition, Filter, ListRequest
from okienko.ui.lists.paging import Keys, Page, first_keys, in_order, page_of, values_of
from okienko.ui.templatetags.ui import badge

_PERSON = ("person.first_name", "person.last_name", "person.email")
# What is read of every row, whatever its columns: how it is called, and whether it is late.
_ALWAYS = ("procedure", "number", "subject", "open", "due_at")
LATE, TODAY, SOON = "late", "today", "soon"
FEW = 8000
ORDERED_BY_PLACE = ("received_at", "due_order", "pk")


@dataclass(frozen=True)
class CaseList:
    """What a feature may add: columns of its own, and filters with what they mean."""

    columns: tuple[Column, ...] = ()
    filters: Callable[[], tuple[Filter, ...]] = tuple
    narrow: Callable[[dict[str, Any]], Q] | None = None


_additions: dict[str, CaseList] = {}


def add_to_list(procedure: str, addition: CaseList) -> None:
    _additions[procedure] = addition


def definition(procedure: Procedure, person: Someone) -> Definition:
    added = _additions.get(procedure.code, CaseList())
    columns = (
        Column("number", _("Number"), "spoken_number", sort="pk", fixed=True, reads=("number",)),
        Column("subject", _("Subject"), "subject", fixed=True, wide=True),
        Column(
            "state",
            _("State"),
            "state_name",
            reads=("state", "merged_into"),
            show=lambda case, name: badge(name, case.state_badge),
        ),
        Column("due", _("Due"), "due_at", sort="due_order"),
        Column("received", _("Received"), "received_at", sort="received_at"),
        *_kind(procedure),
        Column("group", _("Group"), "group.name"),
        Column("unit", _("Unit"), "unit.name", default=False),
        Column("person", _("Handled by"), "person.name", reads=_PERSON),
        Column(
            "channel",
            _("Channel"),
            lambda case: case.get_channel_display(),
            reads=("channel",),
            default=False,
        ),
        Column("changed", _("Last change"), "changed_at", sort="changed_at", default=False),
        Column("closed", _("Closed"), "closed_at", default=False),
        *added.columns,
    )
    return Definition(columns, (*_filters(procedure, person), *added.filters()), sort="-received")


def _kind(procedure: Procedure) -> Iterable[Column]:
    if procedure.kinds:
        names = dict(procedure.kinds)
        yield Column("kind", _("Category"), lambda case: names.get(case.kind, case.kind), reads=("kind",))


def _filters(procedure: Procedure, person: Someone) -> Iterable[Filter]:
    states = tuple((state.code, state.name) for state in procedure.states)
    yield Filter("state", _("State"), choices=states, multiple=True)
    yield Filter("open", _("Open"), kind="yes-no")
    if procedure.kinds:
        yield Filter("kind", _("Category"), choices=procedure.kinds)
    if procedure.main_clock:
        yield Filter(
            "time",
            _("Deadline"),
            choices=((LATE, _("late")), (TODAY, _("due today")), (SOON, _("due within a day"))),
        )
    yield Filter("group", _("Group"), choices=_groups(procedure, person))
    yield Filter("unit", _("Unit"), kind="text")
    yield Filter("mine", _("Handled by me"), kind="yes-no")
    yield Filter("person", _("Handled by"), kind="text")
    yield Filter("channel", _("Channel"), choices=tuple(Channel.choices))
    yield Filter("received", _("Received"), kind="dates")
    yield Filter("changed", _("Last change"), kind="dates")
    yield Filter("closed", _("Closed"), kind="dates")


def _groups(procedure: Procedure, person: Someone) -> tuple[tuple[str, str], ...]:
    groups = groups_reached(person, procedure.see_permission)
    return tuple((str(pk), name) for pk, name in sorted(groups, key=lambda group: sort_key(group[1])))


def _asked(procedure: Procedure, request: ListRequest, person: Someone, now: datetime) -> Q:
    """The filters as a rule over cases; the words are apart, since they have an index of their own."""
    narrow = _additions.get(procedure.code, CaseList()).narrow
    rule = Q(procedure=procedure.code)
    for name, value in request.filters.items():
        rule &= _narrowed(name, value, person, now)
    return rule & narrow(dict(request.filters)) if narrow is not None else rule


def rows(procedure: Procedure, request: ListRequest, person: Someone, *, now: datetime) -> QuerySet[Case]:
    """The cases that the filter shows, as far as the person may see them; the order is the caller's."""
    seen = visible_to(person, procedure).filter(_asked(procedure, request, person, now))
    words = _words(request.search, scope_of(person, procedure.see_permission))
    return seen.filter(_searched(request.search, words))


def page(procedure: Procedure, request: ListRequest, person: Someone, *, now: datetime) -> Page[Case]:
    """One page of `rows`."""
    rule, scope = _asked(procedure, request, person, now), scope_of(person, procedure.see_permission)
    words, seen = _words(request.search, scope), visible_to(person, procedure)
    found = _searched(request.search, words)
    # The marks among the words already say who may see a case: then only what is shown is asked about once more.
    marked = bool(words and scope)
    first = partial(_first, Case.objects.all() if marked else seen, scope, rule, found, words)
    return page_of(
        seen.filter(rule, found),
        request,
        first=first,
        fetched=lambda cases: fetched(request.columns, seen if marked else cases),
    )


def whole(procedure: Procedure, request: ListRequest, person: Someone, *, now: datetime) -> dict[str, Any]:
    """All `rows` with their titles, read as they are written out: for exports."""
    found = in_order(rows(procedure, request, person, now=now), request)
    cases = fetched(request.columns, found).iterator(chunk_size=2000)
    return {
        "titles": [column.title for column in request.columns],
        "rows": (values_of(request.columns, case) for case in cases),
    }


def newest(cases: QuerySet[Case], typed: str, scope: Scope, number: int) -> QuerySet[Case]:
    """The last received of those that hold what was typed."""
    order = ("-received_at", "-pk")
    words = _words(typed, scope)
    keys = _first(cases, scope, Q(), _searched(typed, words), words, order, Q(), number)
    return Case.objects.filter(pk__in=keys).order_by(*order)


def _first(
    seen: QuerySet[Case],
    scope: Scope,
    rule: Q,
    found: Q,
    words: str,
    order: Sequence[str],
    beyond: Q,
    number: int,
) -> Keys:
    """The way to the first cases in an order that costs least: by their words month by month or while few hold them, by
    the places of whoever sees only some, else straight along the order."""
    if words and order[0].lstrip("-") == "received_at":
        return _by_month(seen.filter(rule, beyond), words, order, _from(beyond), number)
    fitting = seen.filter(rule, found)
    if found:
        few = _sorted_if_few(fitting.filter(beyond), order, number)
        if few is not None:
            return few
        fitting = seen.filter(rule, Q(words__holds_in_turn=words) if words else found)
    elif scope and not scope.everywhere and order[0].lstrip("-") in ORDERED_BY_PLACE:
        fitting = fitting.filter(first_sighted(scope, rule & beyond, order, number))
    return first_keys(fitting, order, beyond, number)


def _by_month(
    cases: QuerySet[Case], words: str, order: Sequence[str], start: datetime | None, number: int
) -> list[int]:
    """The words and the marks of months together are one question to one index. Frequent words are found in the two
    months where the list begins; only rarer ones are looked for in all the others.
    """
    falling = order[0].startswith("-")
    beyond = "< near.beyond)" if falling else ">= near.beyond)"
    holding = RawSQL(_HOLDING + beyond, (), output_field=BooleanField())  # noqa: S611
    try:
        sql, values = (
            cases.filter(holding).order_by().values_list("pk", "received_at").query.sql_with_params()
        )
    except EmptyResultSet:
        return []
    way, end, step = ("DESC", "max", "-1 month") if falling else ("ASC", "min", "1 month")
    # Of a list that goes back, the month where the others begin is still among the near ones.
    asked = _BY_MONTH.format(cases=sql, way=way, end=end, near=_NEAR - falling)
    procedures = [table.code for table in all_procedures()]
    with connection.cursor() as cursor:
        cursor.execute(asked, [start, procedures, step, _NEAR - 1, step, words, *values, number, number])
        return [key for (key,) in cursor.fetchall()]


_NEAR = 2  # months
_HOLDING = """"cases_case"."words" @@ near.words AND (near.beyond IS NULL OR "cases_case"."received_at" AT TIME ZONE 'UTC'"""
# What is found is not put in order by an index (OFFSET 0): that would look into the words of each case in turn.
_BY_MONTH = """
    WITH edge AS (
        SELECT date_trunc('month', coalesce(%s, (
            SELECT {end}(ends.{end}) FROM unnest(%s::text[]) AS of(procedure) CROSS JOIN LATERAL (
                SELECT {end}(received_at) FROM cases_case WHERE procedure = of.procedure) AS ends)) AT TIME ZONE 'UTC') AS month
    ), months AS (
        SELECT '#m' || to_char(month + number * %s::interval, 'YYYYMM') AS mark
        FROM edge, generate_series(0, %s) AS number
    ), rest AS MATERIALIZED (
        SELECT %s::interval AS step, case_words_asked(%s) AS words
    ), near AS MATERIALIZED (
        SELECT 1 AS turn, rest.words && string_agg(quote_literal(mark), '|')::tsquery AS words, NULL::timestamp AS beyond
        FROM months, rest GROUP BY rest.words
        UNION ALL SELECT 2, words, month + {near} * step FROM edge, rest
        ORDER BY turn
    )
    SELECT found.key FROM near CROSS JOIN LATERAL (
        SELECT key FROM ({cases} OFFSET 0) AS held(key, received_at) ORDER BY received_at {way}, key {way} LIMIT %s
    ) AS found LIMIT %s
"""


def _from(beyond: Q) -> datetime | None:
    """Where the page begins, as its cursor has it."""
    return next((part[1] for part in beyond.children if isinstance(part, tuple)), None)


def _sorted_if_few(cases: QuerySet[Case], order: Sequence[str], number: int) -> list[int] | None:
    """All that fit, found in any order and then sorted, unless they are more than `FEW`.

    The planner cannot know how dear it is to look into the words of each case in turn, and would often do so.
    """
    falling, field = order[0].startswith("-"), order[0].lstrip("-")
    some = cases.order_by().values_list("pk", field)[: FEW + 1]
    try:
        sql, values = some.query.sql_with_params()
    except EmptyResultSet:
        return []
    way = "DESC" if falling else "ASC"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, count(*) OVER () FROM ({sql}) AS found(key, value)"  # noqa: S608
            f" ORDER BY value {way}, key {way} LIMIT %s",
            [*values, number],
        )
        keys = cursor.fetchall()
    return [key for key, _ in keys] if not keys or keys[0][1] <= FEW else None


def fetched(columns: Sequence[Column], cases: QuerySet[Case]) -> QuerySet[Case]:
    """With what these columns show of others, and nothing that they do not show, as far as they say what they read."""
    paths = [path for column in columns for path in _read(column)]
    joined = {path.rpartition(".")[0].replace(".", "__") for path in paths if "." in path}
    cases = cases.select_related(*sorted(joined) or (None,))
    if not all(map(_is_field, paths)):
        return cases.defer("description", "words")
    return cases.only(*_ALWAYS, *(path.replace(".", "__") for path in paths))


def _read(column: Column) -> tuple[str, ...]:
    value = column.value if isinstance(column.value, str) else ""
    sort = (column.sort,) if column.sort and column.sort != "pk" else ()
    return (*sort, *(column.reads or (value,)))


@cache
def _is_field(path: str) -> bool:
    model: Any = Case
    *relations, name = path.split(".")
    try:
        for relation in relations:
            model = model._meta.get_field(relation).related_model
        return bool(model._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False


def _narrowed(name: str, value: Any, person: Someone, now: datetime) -> Q:
    match name:
        case "state":
            return Q(state__in=value)
        case "open" | "kind" | "channel":
            return Q(**{name: value})
        case "group":
            return Q(group_id=int(value))
        case "mine":
            mine = Q(person_id=person.pk if isinstance(person, Person) else None)
            return mine if value else ~mine
        case "time":
            return Q(open=True) & within(value, now)
        case "unit":
            units = Unit.objects.filter(named(value) | Q(symbol__iexact=value))
            return Q(unit__in=units.values("pk"))
        case "person":
            people = Person.objects.filter(called(value), kind=Person.Kind.STAFF)
            return Q(person__in=people.values("pk"))
        case "received" | "changed" | "closed":
            return _between(f"{name}_at", value)
        case _:
            return Q()


def within(time_: str, now: datetime) -> Q:
    """How near the deadline is: passed, later on this local day, or within a day."""
    if time_ == LATE:
        return Q(due_order__lt=now)
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(tomorrow, time()))
    return Q(due_order__gte=now, due_order__lt=midnight if time_ == TODAY else now + timedelta(days=1))


def _between(field: str, days: Dates) -> Q:
    """Whole local days, both ends included."""
    rule = Q()
    if days.first:
        rule &= Q(**{f"{field}__gte": timezone.make_aware(datetime.combine(days.first, time()))})
    if days.last:
        after = days.last + timedelta(days=1)
        rule &= Q(**{f"{field}__lt": timezone.make_aware(datetime.combine(after, time()))})
    return rule


def _searched(typed: str, words: str) -> Q:
    """A whole number finds its case; anything else, the cases that hold all the words."""
    if not typed:
        return Q()
    if number := _whole_number(typed):
        return Q(number=number) | Q(words__holds=figures(number))
    return Q(words__holds=words) if words else Q(pk__in=[])


def _words(typed: str, scope: Scope) -> str:
    """What was typed as a `tsquery`, unless it is a whole number or nothing."""
    return search(typed, scope) if typed and not _whole_number(typed) else ""


def _whole_number(typed: str) -> str:
    number = numbers.from_speech(typed)
    return number if numbers.is_whole(number) and not any(letter.isalpha() for letter in typed) else ""
