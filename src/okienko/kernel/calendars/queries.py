from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from okienko.base.decisions import Missing, Refused
from okienko.kernel.calendars import rules, words
from okienko.kernel.calendars.events import Moved
from okienko.kernel.calendars.models import Calendar, CalendarException, Clock, Edition
from okienko.kernel.history.actions import subject_key
from okienko.kernel.people.access import Someone, scope_of
from okienko.kernel.units.models import Unit


@dataclass(frozen=True, slots=True)
class OwnDay:
    """An exception as an office writes it: the hours of one date, none when it is closed, and why."""

    hours: rules.Hours
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """All that says when an office works, whether it is in force or only proposed."""

    timezone: str
    week: rules.Week
    statutory: bool
    own_days: Mapping[date, OwnDay]

    def reckon(self) -> rules.Calendar:
        exceptions = rules.as_exceptions((on, day.hours) for on, day in self.own_days.items())
        return _shared(self.timezone, self.week, "PL" if self.statutory else None, exceptions)

    def notes(self) -> dict[date, str]:
        return {on: day.note for on, day in self.own_days.items() if day.note}


@lru_cache(maxsize=128)
def _shared(
    timezone: str, week: rules.Week, statutory: str | None, exceptions: rules.Exceptions
) -> rules.Calendar:
    """Equal hours share their tables, whichever calendar or version they come from."""
    return rules.Calendar(timezone, week, statutory, exceptions)


# Calendars


def visible_to(person: Someone) -> QuerySet[Calendar]:
    """Hours of work are no secret among those who may look at calendars at all."""
    calendars = Calendar.objects.select_related("unit")
    return calendars if scope_of(person, "calendars.see") else calendars.none()


def changeable_by(person: Someone) -> QuerySet[Calendar]:
    """Calendars of the units in one's scope; those of the whole office only for who may change everything."""
    scope = scope_of(person, "calendars.change")
    if scope.everywhere:
        return Calendar.objects.select_related("unit")
    return Calendar.objects.select_related("unit").filter(unit_id__in=scope.units)


def units_with_own(person: Someone) -> QuerySet[Unit]:
    """Units that this person may give a calendar of their own."""
    scope, units = scope_of(person, "calendars.change"), Unit.objects.filter(active=True)
    return units if scope.everywhere else units.filter(pk__in=scope.units)


def calendar_for(person: Someone, calendar_id: int) -> Calendar:
    found = visible_to(person).filter(pk=calendar_id).first()
    if found is None:
        raise Missing
    return found


SeenAs = Callable[[Someone, Collection[int]], Mapping[int, tuple[str, str]]]
_seen_as: dict[str, SeenAs] = {}


def call_subjects(subject_type: str, seen_as: SeenAs) -> None:
    """Whose deadlines run says what its things are called and where they stand, as far as somebody may see them."""
    _seen_as[subject_type] = seen_as


def called(moves: Sequence[Moved], person: Someone) -> list[tuple[Moved, str, str]]:
    """With the name and the address of what each deadline belongs to; nothing where the person does not see it."""
    by_type: dict[str, list[int]] = {}
    for move in moves:
        by_type.setdefault(move.subject_type, []).append(move.subject_id)
    known = {kind: _seen_as[kind](person, ids) for kind, ids in by_type.items() if kind in _seen_as}
    return [(move, *known.get(move.subject_type, {}).get(move.subject_id, ("", ""))) for move in moves]


_needed: set[str] = set()


def need(code: str) -> None:
    """A procedure says by which calendar its deadlines are reckoned: without it nothing could be registered."""
    _needed.add(code)


def missing() -> list[str]:
    return sorted(_needed - set(Calendar.objects.values_list("code", flat=True)))


def calendar_named(code: str) -> Calendar:
    found = Calendar.objects.filter(code=code).first()
    if found is None:
        raise Refused(_("There is no calendar “%(code)s”.") % {"code": code}, code="no-calendar")
    return found


def hours_of(calendar: Calendar) -> Hours:
    own_days = {
        row.date: OwnDay(rules.parse_hours(row.hours, "hours"), row.note)
        for row in CalendarException.objects.filter(calendar=calendar)
    }
    return Hours(calendar.timezone, rules.Week.parse(calendar.week), calendar.statutory, own_days)


def hours_in_version(calendar_id: int, version: int) -> Hours:
    return _hours_of(Edition.objects.get(calendar=calendar_id, version=version))


@lru_cache(maxsize=256)
def hours_of_edition(edition_id: int) -> Hours:
    """An edition never changes, and its key is given to no other, even if it was taken back before anyone saw it."""
    return _hours_of(Edition.objects.get(pk=edition_id))


def _hours_of(edition: Edition) -> Hours:
    return Hours(
        edition.timezone,
        rules.Week.parse(edition.week),
        edition.statutory,
        {
            on: OwnDay(hours, edition.notes.get(on.isoformat(), ""))
            for on, hours in rules.parse_exceptions(edition.exceptions)
        },
    )


def days_of_year(hours: Hours, year: int) -> list[rules.Day]:
    reckoned = hours.reckon()
    first = date(year, 1, 1).toordinal()
    return [
        reckoned.day(date.fromordinal(number)) for number in range(first, date(year, 12, 31).toordinal() + 1)
    ]


# Clocks


def clocks_of(subject: models.Model) -> QuerySet[Clock]:
    """All clocks of one thing. Whoever may see the thing may see its deadlines."""
    type_, id_ = subject_key(subject)
    return (
        Clock.objects.filter(subject_type=type_, subject_id=id_)
        .select_related("calendar")
        .order_by("started_at", "id")
    )


def open_clock(subject: models.Model, code: str) -> Clock | None:
    return clocks_of(subject).filter(code=code, ended_at__isnull=True).first()


def stops_of(clock: Clock) -> list[rules.Stop]:
    return [_stop(pair) for pair in clock.stops]


def _stop(pair: Sequence[str | None]) -> rules.Stop:
    begins, ends = pair
    return datetime.fromisoformat(str(begins)), datetime.fromisoformat(ends) if ends else None


def explain(clock: Clock) -> tuple[rules.Explanation, dict[date, str]]:
    """Why the clock is due when it is, by the hours that it was reckoned by, and the office's notes on dates."""
    hours = hours_in_version(clock.calendar_id, clock.calendar_version)
    return _explained(clock, hours), hours.notes()


def _explained(clock: Clock, hours: Hours) -> rules.Explanation:
    return rules.explain(
        hours.reckon(),
        rules.Rule.parse(clock.rule),
        clock.started_at,
        rules.CountsFrom(clock.counts_from),
        stops_of(clock),
    )


def tell(clock: Clock) -> words.Told:
    """The same explanation in sentences: for a page, for a program, for print."""
    hours = hours_in_version(clock.calendar_id, clock.calendar_version)
    return words.tell(
        _explained(clock, hours),
        rules.Rule.parse(clock.rule),
        rules.CountsFrom(clock.counts_from),
        stops_of(clock),
        hours.notes(),
        hours.reckon().zone,
    )


# What would move


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Open clocks reckoned anew: all that were looked at, and those that are due at another time."""

    clock_ids: list[int]
    moves: list[Moved]


# Rules and stops as text: of 50,000 clocks most share a handful of rules and have never been stopped.
_COLUMNS = (
    "id",
    "subject_type",
    "subject_id",
    "code",
    Cast("rule", models.TextField()),
    "counts_from",
    "started_at",
    Cast("stops", models.TextField()),
    "due_at",
)


def reckon_anew(
    clocks: QuerySet[Clock],
    reckoned: rules.Calendar,
    new_rule: rules.Rule | None = None,
    new_counts_from: rules.CountsFrom | None = None,
) -> Reckoning:
    """Every deadline from its own start and stops. Refused as a whole when one of them could never come."""
    found = Reckoning([], [])
    known_rule = lru_cache(lambda text: rules.Rule.parse(json.loads(text)))
    lost = 0
    for (
        id_,
        subject_type,
        subject_id,
        code,
        rule,
        counts_from,
        started_at,
        stops,
        before,
    ) in clocks.values_list(*_COLUMNS).iterator(chunk_size=10_000):
        since = new_counts_from or rules.CountsFrom(counts_from)
        try:
            after = _due(reckoned, new_rule or known_rule(rule), started_at, since, _stops(stops))
        except rules.WrongQuestion:
            lost += 1
            continue
        found.clock_ids.append(id_)
        if after != before:
            found.moves.append(Moved(id_, subject_type, subject_id, code, before, after))
    if lost:
        raise Refused(
            ngettext(
                "With these hours %(count)s running deadline would never come.",
                "With these hours %(count)s running deadlines would never come.",
                lost,
            )
            % {"count": lost},
            code="deadline-never-comes",
        )
    return found


def _stops(text: str) -> list[Sequence[str | None]]:
    return [] if text == "[]" else json.loads(text)


def _due(
    reckoned: rules.Calendar,
    rule: rules.Rule,
    started_at: datetime,
    counts_from: rules.CountsFrom,
    stops: Iterable[Sequence[str | None]],
) -> datetime | None:
    if not stops:
        return rules.due(reckoned, rule, started_at, counts_from)
    due = rules.solve(reckoned, rule, started_at, counts_from, map(_stop, stops)).due
    return None if due is None else rules.to_datetime(due)


def due_of(clock: Clock, hours: Hours) -> datetime | None:
    try:
        return _due(
            hours.reckon(),
            rules.Rule.parse(clock.rule),
            clock.started_at,
            rules.CountsFrom(clock.counts_from),
            clock.stops,
        )
    except rules.WrongQuestion as refused:
        raise Refused(words.wrong(refused), code=refused.code) from refused


def open_clocks_by(calendar: Calendar) -> QuerySet[Clock]:
    return Clock.objects.filter(calendar=calendar, ended_at__isnull=True).order_by("id")


def what_would_move(calendar: Calendar, proposed: Hours) -> Reckoning:
    return reckon_anew(open_clocks_by(calendar), proposed.reckon())
