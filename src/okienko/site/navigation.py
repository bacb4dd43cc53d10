"""The menu of the clerks' pages: assembled here, shown to those who may open what it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

from okienko.kernel.people.access import permissions_of
from okienko.kernel.people.models import Person


@dataclass(frozen=True, slots=True)
class Entry:
    name: Any
    url_name: str
    permission: str | None
    section: Any
    icon: str = "dot"


WORK = _("Work")
OFFICE = _("The office")
SYSTEM = _("The system")

ENTRIES: tuple[Entry, ...] = (
    Entry(_("Board of reports"), "faults:board", "faults.see", WORK, "chart"),
    Entry(_("My work"), "work", None, WORK, "home"),
    Entry(_("Fault reports"), "cases:list zgloszenia", "faults.see", WORK, "list"),
    Entry(_("Report by phone"), "faults:by_phone", "faults.register", WORK, "phone"),
    Entry(_("To be taken up"), "faults:to_take_up", "faults.register", WORK, "inbox"),
    Entry(_("Visits"), "visits:list", "visits.see", WORK, "calendar"),
    Entry(_("Receive visitors"), "desk:counters", "visits.receive", WORK, "person"),
    Entry(_("When is the deadline?"), "calendars:deadline", "calendars.see", WORK, "clock"),
    Entry(_("Search"), "knowledge:search", None, WORK, "search"),
    Entry(_("Knowledge base"), "knowledge:articles", None, WORK, "book"),
    Entry(_("Visits in numbers"), "desk:figures", "visits.see", OFFICE, "chart"),
    Entry(_("Lines for new times"), "rush:lines", "visits.see", OFFICE, "group"),
    Entry(_("Reports in numbers"), "faults:statistics", "faults.see", OFFICE, "chart"),
    Entry(_("Reports to be removed"), "faults:ending", "faults.remove", OFFICE, "remove"),
    Entry(_("Contractors"), "faults:firms", "faults.execute", OFFICE, "office"),
    Entry(_("For a day without the system"), "outage:pack", "faults.see", OFFICE, "print"),
    Entry(_("Outage book"), "outage:outages", "faults.outage", OFFICE, "book"),
    Entry(_("Units that have joined"), "joining:joinings", "faults.join", OFFICE, "office"),
    Entry(_("Messages"), "office_messages:list", "messages.see", OFFICE, "mail"),
    Entry(_("Calendars"), "calendars:calendars", "calendars.see", OFFICE, "calendar"),
    Entry(_("People"), "people:people", "people.see", OFFICE, "group"),
    Entry(_("Units"), "people:units", "units.see", OFFICE, "office"),
    Entry(_("Away with open work"), "people:away", "people.change", OFFICE, "clock"),
    Entry(_("Who may do what"), "people:roles", "people.see", OFFICE, "list"),
    Entry(_("The office itself"), "office:office", "office.change", SYSTEM, "office"),
    Entry(
        _("The organisation as a spreadsheet"), "people:organisation", "organisation.import", SYSTEM, "upload"
    ),
    Entry(_("Consents"), "consents:groups", "consents.change", SYSTEM, "check"),
    Entry(_("Who looked at whose data"), "consents:looks", "looks.see", SYSTEM, "eye"),
    Entry(_("Data whose time is up"), "consents:due", "retention.run", SYSTEM, "remove"),
    Entry(_("Set up visits"), "visits:set_up", "slots.change", SYSTEM, "calendar"),
    Entry(_("Categories of reports"), "faults:categories", "faults.categories", SYSTEM, "list"),
    Entry(_("Who gets which reports"), "faults:rules", "faults.categories", SYSTEM, "group"),
    Entry(_("Areas and streets"), "faults:areas", "faults.categories", SYSTEM, "place"),
    Entry(_("Webhooks"), "webhooks:endpoints", "webhooks.change", SYSTEM, "send"),
)


@cache
def _address(url_name: str, prefix: str) -> str:
    """Asked for every entry of every page; `prefix` is what stands before all addresses here."""
    name, *args = url_name.split()
    return reverse(name, args=args)


def entries_for(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if not isinstance(user, Person) or not user.is_staff_member:
        return []
    held, prefix, shown = permissions_of(user), get_script_prefix(), []
    for entry in ENTRIES:
        if entry.permission is None or entry.permission in held:
            url = _address(entry.url_name, prefix)
            shown.append({"name": entry.name, "url": url, "section": entry.section, "icon": entry.icon})
    return _with_current(shown, request)


def _with_current(shown: list[dict[str, Any]], request: HttpRequest) -> list[dict[str, Any]]:
    """A page below another one is at home under the nearer of the two."""
    here = [one["url"] for one in shown if request.path.startswith(one["url"])]
    nearest = max(here, key=len, default=None)
    return [{**one, "current": one["url"] == nearest} for one in shown]


OWN: tuple[tuple[Any, str], ...] = (
    (_("My visits"), "visits:mine"),
    (_("My account"), "people:own"),
    (_("My consents"), "consents:own"),
)


# What programs do in the name of a person is for staff.
FOR_STAFF = (_("Keys for programs"), "people:tokens")
ACCOUNT: tuple[tuple[Any, str], ...] = (
    (_("My data"), "people:own"),
    (_("E-mail address"), "account_email"),
    (_("Password"), "account_change_password"),
    (_("Second factor"), "mfa_index"),
    (_("Where I am signed in"), "usersessions_list"),
    (_("My consents"), "consents:own"),
)


def own_pages(request: HttpRequest) -> list[dict[str, Any]]:
    """Under the name of whoever is signed in."""
    return _of_person(request, OWN)


def account_pages(request: HttpRequest) -> list[dict[str, Any]]:
    """The tabs of one's account."""
    user = getattr(request, "user", None)
    for_staff = isinstance(user, Person) and user.is_staff_member
    return _of_person(request, (*ACCOUNT, FOR_STAFF) if for_staff else ACCOUNT)


def _of_person(request: HttpRequest, pages: tuple[tuple[Any, str], ...]) -> list[dict[str, Any]]:
    if not isinstance(getattr(request, "user", None), Person):
        return []
    prefix = get_script_prefix()
    shown = [{"name": name, "url": _address(url_name, prefix)} for name, url_name in pages]
    return _with_current(shown, request)
