"""What is still missing before residents can book a visit, in the order in which an office sets itself up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.features.visits import queries
from okienko.features.visits.embed import queries as sites
from okienko.features.visits.models import Category, HoursTemplate, Service
from okienko.kernel.people.access import may
from okienko.kernel.people.models import Person
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.queries import places_for_visits


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    url: str
    done: bool
    missing: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """A published service: the first time that residents are offered, or why there is none."""

    service: Service
    nearest: datetime | None
    why: str = ""


def steps(person: Person, counters: Iterable[Resource], states: Iterable[State]) -> list[Step]:
    in_use = [one for one in counters if one.active]
    without_hours = [one.name for one in in_use if not one.hours.all()]
    found = [
        _step(_("Places"), "visits:places", places_for_visits().exists(), _("No place takes visits now.")),
        _step(_("Counters"), "visits:counters", bool(in_use), _("There is no counter in use.")),
        _step(
            _("Templates of hours"),
            "visits:templates",
            HoursTemplate.objects.exists(),
            _("There is no template of hours."),
        ),
        Step(
            _("Hours of the counters"),
            reverse("visits:lay_hours"),
            bool(in_use) and not without_hours,
            tuple(_("%(counter)s has no hours.") % {"counter": name} for name in without_hours),
        ),
    ]
    if may(person, "visits.services"):
        bad = tuple(f"{one.service.title}: {one.why}" for one in states if one.why)
        none = not list(states)
        missing = (_("No service is published."),) if none else bad
        found += [
            Step(_("Categories"), reverse("visits:categories"), Category.objects.exists(), optional=True),
            Step(_("Services"), reverse("visits:services"), not missing, missing),
        ]
    if may(person, "visits.embed"):
        found.append(
            Step(
                _("Other sites that show the form"),
                reverse("embed:sites"),
                sites.in_use(person).exists(),
                optional=True,
            )
        )
    return found


def _step(name: str, page: str, done: bool, missing: str) -> Step:
    return Step(name, reverse(page), done, () if done else (missing,))


def states(now: datetime) -> list[State]:
    return [_state(service, now) for service in queries.published()]


def _state(service: Service, now: datetime) -> State:
    counters = queries.counters_of(service)
    if not counters:
        return State(service, None, _("it has no counter in use in a place that takes visits"))
    free: list[Any] = queries.free_times(service, counters, now=now)
    return (
        State(service, free[0].start)
        if free
        else State(service, None, _("no time is free in the days ahead"))
    )
