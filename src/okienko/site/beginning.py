"""What an office that has just moved in does first, and what it offers already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models import Category
from okienko.features.visits.models import Service
from okienko.kernel.calendars.queries import missing
from okienko.kernel.office.models import OfficeProfile
from okienko.kernel.people.access import permissions_of
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Unit


@dataclass(frozen=True, slots=True)
class Step:
    name: Any
    url_name: str
    words: Any
    done: bool
    optional: bool = False


def offered() -> dict[str, bool]:
    """What residents can do here: an office need not do all that Okienko can."""
    return {
        "visits": Service.objects.filter(status=Service.Status.PUBLISHED).exists(),
        "reports": Category.objects.exists(),
    }


def steps(person: Person) -> list[Step]:
    """For whoever may, until it is done: none when the office has all that every office needs."""
    if "office.change" not in permissions_of(person):
        return []
    others = Person.objects.filter(kind=Person.Kind.STAFF, is_active=True).exclude(pk=person.pk)
    there = Person.objects.filter(pk=person.pk).values_list(
        Exists(OfficeProfile.objects.exclude(name="")),
        Exists(Unit.objects.all()),
        Exists(others),
        Exists(Service.objects.all()),
        Exists(Category.objects.all()),
    )
    named, units, staff, services, categories = there.get()
    needed = [
        Step(
            _("The office itself"),
            "office:office",
            _("Name, contact, colour and coat of arms."),
            named,
        ),
        Step(
            _("Units"),
            "people:units",
            _("Departments with their groups and places; or all at once from a spreadsheet."),
            units,
        ),
        Step(
            _("Calendars"),
            "calendars:calendars",
            _("When the office works: deadlines are reckoned by it."),
            not missing(),
        ),
        Step(
            _("People"),
            "people:people",
            _("Invite those who work here, and give them roles."),
            staff,
        ),
    ]
    if all(step.done for step in needed):
        return []
    return [
        *needed,
        Step(
            _("Set up visits"),
            "visits:set_up",
            _("Places, counters, hours and services."),
            services,
            optional=True,
        ),
        Step(
            _("Categories of reports"),
            "faults:categories",
            _("What residents may report, and which group gets it."),
            categories,
            optional=True,
        ),
    ]
