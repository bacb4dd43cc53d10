"""The calendar: day, week or month, of all counters or of some; everything chosen stands in the address."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from okienko.base import time
from okienko.features.visits import diary, queries
from okienko.features.visits.forms.booking import DayForm
from okienko.features.visits.views.choosing import local_day
from okienko.features.visits.views.office import trail
from okienko.kernel.people.access import may, person_of, requires

IN_ONE_TOPIC = 50
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


@require_GET
@requires("visits.see")
def calendar(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), time.now()
    chosen = {name: request.GET.get(name, "") for name in ("usluga", "miejsce", "stanowisko")}
    view = request.GET.get("widok", "")
    view = view if view in ("dzien", "miesiac") else "tydzien"
    form, day = DayForm.asked(request.GET, local_day(now))
    shown = min(max(day, FIRST_DAY), LAST_DAY)
    services = list(queries.services())
    service = next((one for one in services if one.code == chosen["usluga"]), None)
    every = list(queries.counters_for(person, "visits.see").filter(active=True))
    handled = service.handled_at if service else None
    counters = [
        one
        for one in every
        if (handled is None or one.pk in handled)
        and chosen["miejsce"] in ("", str(one.location_id))
        and chosen["stanowisko"] in ("", str(one.pk))
    ]
    first, last, before, after = _span(view, shown)

    def address(**other: str) -> str:
        kept = {"widok": view, "dzien": shown.isoformat(), **chosen, **other}
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    days = diary.days(person, counters, first, last, service=service, now=now)
    context: dict[str, Any] = {
        "form": form,
        "view": view,
        "shown": shown,
        "last": last,
        "days": days,
        "weeks": diary.weeks(days),
        "today": local_day(now),
        "chosen": chosen,
        "services": services,
        "places": queries.places_of(every),
        "counters": every,
        "tabs": [
            {"name": name, "url": address(widok=code), "current": code == view}
            for code, name in (("dzien", _("Day")), ("tydzien", _("Week")), ("miesiac", _("Month")))
        ],
        "day_url": address(widok="dzien", dzien=""),
        "before": address(dzien=before.isoformat()),
        "after": address(dzien=after.isoformat()),
        "now_url": address(dzien=""),
        "topics": _topics([one.pk for one in counters]),
        "may_book": may(person, "visits.book"),
        "breadcrumbs": trail((_("Calendar"), "")),
        "list_url": reverse("visits:list"),
    }
    return render(request, "visits/office_calendar.html", context)


def _span(view: str, shown: date) -> tuple[date, date, date, date]:
    """The first and the last day that are seen, and a day of the span before and after."""
    if view == "dzien":
        return shown, shown, shown - timedelta(days=1), shown + timedelta(days=1)
    if view == "tydzien":
        first = shown - timedelta(days=shown.weekday())
        return first, first + timedelta(days=6), first - timedelta(days=7), first + timedelta(days=7)
    first = shown.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return first, after - timedelta(days=1), (first - timedelta(days=1)).replace(day=1), after


def _topics(counter_ids: list[int]) -> str:
    """What live updates are asked for: changes of these counters, held times among them."""
    parts = (counter_ids[start : start + IN_ONE_TOPIC] for start in range(0, len(counter_ids), IN_ONE_TOPIC))
    return " ".join(f"slots:{','.join(map(str, part))}" for part in parts)
