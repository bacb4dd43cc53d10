"""What waits for whom: open reports that the reader may see, counted once and laid out by role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.lists import LATE, SOON, TODAY, within
from okienko.kernel.cases.queries import visible_to
from okienko.kernel.people.access import groups_reached, scope_of
from okienko.kernel.people.models import Person

TITLES = {"": _("All"), LATE: _("Late"), TODAY: _("Due today"), SOON: _("Due within a day")}
# Filters of the list of cases: what a line counts is what the list behind its number shows.
Filters = Mapping[str, Any]

WITH_UNITS = ("coordinator", "executor", "returned-by-executor", "suspended", "contractor", "investment")
OPERATORS: tuple[tuple[Any, Filters], ...] = (
    (_("To be taken up"), {"waiting": "yes"}),
    (_("New"), {"waiting": "no", "state": ("new",)}),
    (_("Returned"), {"state": ("returned",)}),
    (_("Passed to units"), {"state": WITH_UNITS}),
)
COORDINATORS: tuple[tuple[Any, Filters], ...] = (
    (_("Received by the group"), {"state": ("coordinator",)}),
    (_("Returned by executors"), {"state": ("returned-by-executor",)}),
    (_("Suspended"), {"state": ("suspended",)}),
)
WITH_EXECUTORS: tuple[Any, Filters] = (_("With executors"), {"state": ("executor", "contractor")})
EXECUTORS: tuple[tuple[Any, Filters], ...] = (
    (_("Received by the group"), {"state": ("executor",), "taken": "no"}),
    (_("In hand"), {"state": ("executor",), "taken": "yes"}),
    (_("With a contractor"), {"state": ("contractor",)}),
    (_("Among investment tasks"), {"state": ("investment",)}),
)


@dataclass(frozen=True, slots=True)
class Number:
    title: Any
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    name: Any
    numbers: tuple[Number, ...]
    age: int | None  # of the oldest, in days


@dataclass(frozen=True, slots=True)
class Section:
    title: Any
    lines: tuple[Line, ...]


Counted = Mapping[str, Any]


def board(person: Person, *, now: datetime) -> list[Section]:
    counted = _counted(person, now)
    sections = [*_of_operators(person, counted), *_of_groups(person, counted), *_overseen(person, counted)]
    return [section for section in sections if section.lines]


def _counted(person: Person, now: datetime) -> list[Counted]:
    times = {time: Count("pk", filter=within(time, now)) for time in TITLES if time}
    cases = visible_to(person, PROCEDURE).filter(open=True).order_by()
    by = cases.values(
        "state", "report__waiting", "group_id", "group__name", "person_id", "person__email",
        "person__first_name", "person__last_name",
    )  # fmt: skip
    found = list(by.annotate(every=Count("pk"), oldest=Min("received_at"), **times))
    return [
        {**row, "": row["every"], "age": (localtime(now).date() - localtime(row["oldest"]).date()).days}
        for row in found
    ]


def _of_operators(person: Person, counted: list[Counted]) -> Iterable[Section]:
    if scope_of(person, "faults.pass"):
        yield Section(_("Operators"), _lines(OPERATORS, counted))


def _of_groups(person: Person, counted: list[Counted]) -> Iterable[Section]:
    """Who works everywhere sees all coordinators and executors as one; others each group of theirs."""
    for title, permission, rows in (
        (_("Coordinators"), "faults.coordinate", COORDINATORS),
        (_("Executors"), "faults.execute", EXECUTORS),
    ):
        beyond = (WITH_EXECUTORS,) if rows is COORDINATORS else ()
        scope = scope_of(person, permission)
        if scope.everywhere:
            yield Section(title, _lines((*rows, *beyond), counted))
        elif scope:
            for key, name in sorted(groups_reached(person, permission), key=lambda group: group[1]):
                own = [(row, {**wanted, "group": str(key)}) for row, wanted in rows]
                yield Section(f"{title}: {name}", _lines((*own, *beyond), counted))


def _overseen(person: Person, counted: list[Counted]) -> Iterable[Section]:
    """Who has how many, for those who watch over a unit or everything."""
    scope = scope_of(person, "faults.see")
    if not (scope.everywhere or scope.units):
        return
    yield Section(_("Everything open"), _lines([(_("Open"), {})], counted))
    for title, key, filter_, name in (
        (_("By group"), "group_id", "group", lambda row: row["group__name"]),
        (_("By person"), "person__email", "person", _name),
    ):
        held: dict[Any, list[Counted]] = {}
        for row in counted:
            if row[key] is not None:
                held.setdefault(row[key], []).append(row)
        lines = [_line(name(rows[0]), {filter_: str(value)}, rows) for value, rows in held.items()]
        yield Section(title, tuple(sorted(lines, key=lambda line: line.numbers[0].count, reverse=True)))


def _name(row: Counted) -> str:
    return f"{row['person__first_name']} {row['person__last_name']}".strip() or row["person__email"]


def _lines(rows: Iterable[tuple[Any, Filters]], counted: list[Counted]) -> tuple[Line, ...]:
    return tuple(_line(name, wanted, counted) for name, wanted in rows)


def _line(name: Any, wanted: Filters, counted: list[Counted]) -> Line:
    found = [row for row in counted if _fits(row, wanted)]
    numbers = tuple(
        Number(
            title, sum(row[time] for row in found), _address({**wanted, **({"time": time} if time else {})})
        )
        for time, title in TITLES.items()
    )
    return Line(name, numbers, max((row["age"] for row in found), default=None))


def _fits(row: Counted, wanted: Filters) -> bool:
    """As the list of cases understands the same filters."""
    so = {
        "group": str(row["group_id"]),
        "waiting": "yes" if row["report__waiting"] else "no",
        "taken": "no" if row["person_id"] is None else "yes",
        "person": row["person__email"],
    }
    return all(
        row["state"] in value if name == "state" else so[name] == value for name, value in wanted.items()
    )


def _address(wanted: Filters) -> str:
    asked = urlencode({"open": "yes", **wanted}, doseq=True)
    return f"{reverse('cases:list', args=[PROCEDURE.code])}?{asked}"
