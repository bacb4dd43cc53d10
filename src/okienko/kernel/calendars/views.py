from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused, Stale
from okienko.base.time import now
from okienko.kernel.calendars import actions, queries, rules, words
from okienko.kernel.calendars.forms import CalendarForm, DeadlineForm, NewCalendarForm
from okienko.kernel.calendars.models import Calendar
from okienko.kernel.history.words import value_called
from okienko.kernel.people.access import actor_of, may, person_of, requires, scope_of
from okienko.kernel.people.models import Person

SHOWN_MOVES = 100


@requires("calendars.see")
def calendars(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    context = {
        "calendars": queries.visible_to(person),
        "may_add": may(person, "calendars.change"),
        "missing": queries.missing(),
    }
    return render(request, "calendars/calendars.html", context)


@requires("calendars.change")
def add(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = NewCalendarForm(
        request.POST or None,
        units=queries.units_with_own(person),
        whole_office=scope_of(person, "calendars.change").everywhere,
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _add(request, form)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The calendar is there."))
            return redirect("calendars:calendar", made.pk)
    return render(
        request, "calendars/add.html", {"form": form, "breadcrumbs": _trail((_("New calendar"), ""))}
    )


def _add(request: HttpRequest, form: NewCalendarForm) -> Calendar:
    given = form.cleaned_data
    hours = form.proposed(given["timezone"])
    return actions.create_calendar(
        by=actor_of(request),
        at=now(),
        code=given["code"],
        name=given["name"],
        unit=given["unit"],
        timezone=hours.timezone,
        week=hours.week.as_json(),
        statutory=hours.statutory,
        own_days=hours.own_days,
    )


@requires("calendars.see")
def calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """One year, date by date."""
    person = person_of(request)
    shown = queries.calendar_for(person, calendar_id)
    this_year = timezone.localdate().year
    year = _year(request.GET.get("year"), this_year)
    hours = queries.hours_of(shown)
    notes = hours.notes()
    days = queries.days_of_year(hours, year)
    months = [
        [
            {"day": day, "hours": words.hours(day), "why": words.why(day, notes.get(day.date, ""))}
            for day in month
        ]
        for _month, month in groupby(days, key=lambda day: day.date.month)
    ]
    return render(
        request,
        "calendars/calendar.html",
        {
            "calendar": shown,
            "year": year,
            "years": [near for near in (year - 1, year + 1) if rules.FIRST_YEAR <= near <= rules.LAST_YEAR],
            "months": months,
            "working_days": sum(day.works for day in days),
            "may_change": queries.changeable_by(person).filter(pk=shown.pk).exists(),
            "breadcrumbs": _trail((shown.name, "")),
        },
    )


def _year(text: str | None, otherwise: int) -> int:
    if (
        text
        and text.isascii()
        and text.isdigit()
        and len(text) == 4
        and rules.FIRST_YEAR <= int(text) <= rules.LAST_YEAR
    ):
        return int(text)
    return otherwise


@requires("calendars.change")
def change(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """New hours, with what they would move shown before they are saved."""
    changed = queries.changeable_by(person_of(request)).filter(pk=calendar_id).first()
    if changed is None:
        raise Missing
    context: dict[str, Any] = {"calendar": changed}
    if request.method == "POST":
        form = CalendarForm(request.POST)
        if form.is_valid():
            try:
                if "save" in request.POST:
                    return _save(request, changed, form)
                context["preview"] = _preview(changed, form, person_of(request))
            except Stale as stale:
                context["stale"] = str(stale)
                context["current"] = CalendarForm(initial=_current(changed))
            except Refused as refused:
                form.refuse(refused)
    else:
        form = CalendarForm(initial=_current(changed))
    here = reverse("calendars:calendar", args=[changed.pk])
    context |= {"form": form, "breadcrumbs": _trail((changed.name, here), (_("Change"), ""))}
    return render(request, "calendars/change.html", context)


def _current(calendar: Calendar) -> dict[str, Any]:
    return CalendarForm.values_of(calendar, queries.hours_of(calendar))


def _preview(calendar: Calendar, form: CalendarForm, person: Person) -> dict[str, Any]:
    found = queries.what_would_move(calendar, form.proposed(calendar.timezone))
    moves = [
        {"deadline": value_called("deadline", move.code), "name": name, "url": url, "before": move.before, "after": move.after}
        for move, name, url in queries.called(found.moves[:SHOWN_MOVES], person)
    ]  # fmt: skip
    return {"open": len(found.clock_ids), "moved": len(found.moves), "moves": moves}


def _save(request: HttpRequest, calendar: Calendar, form: CalendarForm) -> HttpResponse:
    hours = form.proposed(calendar.timezone)
    moves = actions.change_calendar(
        calendar,
        by=actor_of(request),
        at=now(),
        version=form.cleaned_data["version"],
        running=form.cleaned_data["running"],
        name=form.cleaned_data["name"],
        week=hours.week.as_json(),
        statutory=hours.statutory,
        own_days=hours.own_days,
        note=form.cleaned_data["note"],
    )
    messages.success(request, _("Saved. Deadlines moved: %(count)s.") % {"count": len(moves)})
    return redirect("calendars:calendar", calendar.pk)


@requires("calendars.see")
def deadline(request: HttpRequest) -> HttpResponse:
    """When is it due, and why then. The address holds the question, so that it can be kept and sent."""
    known = queries.visible_to(person_of(request))
    context: dict[str, Any] = {}
    if request.GET.get("kind"):
        form = DeadlineForm(request.GET, calendars=known)
        if form.is_valid():
            context["told"] = _told(form)
    else:
        form = DeadlineForm(calendars=known, initial={"event": now(), "kind": rules.Kind.WORKING_DAYS.value})
    context["form"] = form
    if context.get("told") and "print" in request.GET:
        return render(request, "calendars/deadline_print.html", context)
    query = request.GET.copy()
    query["print"] = "1"
    return render(request, "calendars/deadline.html", {**context, "print_query": query.urlencode()})


def _told(form: DeadlineForm) -> words.Told | None:
    asked = form.cleaned_data
    hours = queries.hours_of(asked["calendar"])
    reckoned, event, stops = hours.reckon(), asked["event"], asked["stops"]
    counts_from = rules.CountsFrom(asked["counts_from"])
    try:
        if form.asks_until():
            rule = None
            explanation = rules.explain_until(reckoned, event, asked["until"], counts_from, stops)
        else:
            rule = form.rule()
            explanation = rules.explain(reckoned, rule, event, counts_from, stops)
    except rules.WrongQuestion as refused:
        near = rules.FIRST_YEAR <= event.year <= rules.LAST_YEAR
        asked_for = "until" if form.asks_until() else "amount"
        field = "calendar" if refused.code == "never_works" else asked_for if near else "event"
        form.refuse(Refused(words.wrong(refused), code=refused.code, field=field))
        return None
    return words.tell(explanation, rule, counts_from, stops, hours.notes(), reckoned.zone)


def _trail(*crumbs: tuple[str, str]) -> list[dict[str, str]]:
    first = {"name": _("Calendars"), "url": reverse("calendars:calendars")}
    return [first, *({"name": name, "url": url} for name, url in crumbs)]
