"""The line as those who stand in it see it, and as the office does."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from okienko.base.decisions import Refused
from okienko.base.time import now
from okienko.features.visits import holding, queries, refusals, working
from okienko.features.visits.rush import actions, kept, rules, standing, tokens
from okienko.features.visits.rush import door as coming
from okienko.features.visits.rush import queries as lines_of
from okienko.features.visits.rush.door import Door
from okienko.features.visits.rush.forms import ReleaseForm
from okienko.features.visits.rush.pages import same_for_all
from okienko.features.visits.rush.rules import State
from okienko.features.visits.rush.standing import Seen
from okienko.kernel.people.access import actor_of, person_of, requires
from okienko.kernel.people.views.pages import form_page
from okienko.ui.moments import hours_and_minutes
from okienko.ui.quick import quick

# At the hour the browsers of all who wait ask over so many seconds, not in one.
SPREAD_AT_THE_HOUR = 10
SHOWN_LINES = 100
STANDING = (State.EARLY, State.WAITING, State.TURN)
WRONG = {
    rules.Wrong.LOT: gettext_lazy("The numbers of those who came before the hour do not follow the lot."),
    rules.Wrong.COMING: gettext_lazy(
        "The numbers of those who came later do not follow the order of coming."
    ),
    rules.Wrong.CALLS: gettext_lazy("Somebody was called before a lower number that was there."),
    rules.Wrong.NUMBERS: gettext_lazy("A number is missing or was given twice."),
}


# --- Standing in the line -----------------------------------------------------------------------------------


def _choosing(code: str, **more: str) -> str:
    return f"{reverse('visits:choose')}?{urlencode({'usluga': code, **more})}"


def _going_on(seen: Seen) -> str:
    """The first of the new days: whoever has a turn came for them."""
    return _choosing(seen.code, dzien=seen.first_day.isoformat())


def _own(request: HttpRequest, door: Door, at: datetime) -> tuple[str, Seen | None]:
    return coming.own(door, tokens.of(request, door.service), at=at)


@quick
@require_GET
def line(request: HttpRequest, code: str) -> HttpResponse:
    at = now()
    door = coming.door(code, at=at)
    place, seen = _own(request, door, at)
    if seen is not None and seen.state in STANDING:
        return _place_page(request, door, place, seen, at)
    end, token = seen.state.value if seen else "", holding.new_key()
    gaps = {"token": kept.part("token"), "task": kept.part("task")}
    return same_for_all(
        request,
        "rush/door.html",
        f"{end} {door.early} {door.stands}",
        lambda: {**_shared(door, at), **gaps, "bits": working.bits(), "end": end, "stands": door.stands},
        {"token": token, "task": door.task(token)},
        at=at,
    )


def _place_page(request: HttpRequest, door: Door, place: str, seen: Seen, at: datetime) -> HttpResponse:
    own = {"look_url": reverse("rush:look", args=[place]), **_told(seen)}
    if seen.state == State.TURN:
        context = {**_shared(door, at), "told": own, "look_url": own["look_url"], "until": seen.until}
        return render(request, "rush/place.html", context)
    gaps = {name: kept.part(name) for name in ("heading", "title", "words", "after")}
    told = {"state": seen.state.value, "gone": seen.gone, **gaps}
    return same_for_all(
        request,
        "rush/place.html",
        f"{seen.state} {seen.gone}",
        lambda: {**_shared(door, at), "told": told, "look_url": kept.part("look_url")},
        own,
        at=at,
    )


def _shared(door: Door, at: datetime) -> dict[str, Any]:
    return {
        "service": door.service, "release": door.release, "opening": door.opening, "early": door.early, "now": at,
        "next": door.release.next(at), "choose_url": _choosing(door.service.code),
        "wait_url": f"{reverse('visits:leave_word')}?{urlencode({'usluga': door.service.code})}",
    }  # fmt: skip


@quick
@require_POST
def take_place(request: HttpRequest, code: str) -> HttpResponse:
    at = now()
    door = coming.door(code, at=at)
    _place, seen = _own(request, door, at)
    here, token = redirect("rush:line", code), request.POST.get("token", "")
    if (seen is not None and seen.state in STANDING) or not coming.may_enter(door, token, at=at):
        return here
    work, network = request.POST.get("work", ""), working.network_mark(request)
    try:
        seen = coming.enter(door, token, work=work, network=network, at=at)
    except Refused as refused:
        return refusals.page(
            request, refused, links=[(_("To the line"), reverse("rush:line", args=[code]))], status=429
        )
    if request.headers.get("Accept") == "application/json":
        look = reverse("rush:look", args=[standing.hashed(token)])
        answer: HttpResponse = JsonResponse({**_told(seen), "look": look})
    else:
        answer = redirect(_going_on(seen)) if seen.state == State.TURN else here
    tokens.keep(request, answer, door.release, token)
    return answer


@quick
@require_POST
def check_again(request: HttpRequest, code: str) -> HttpResponse:
    """Without scripts one asks oneself; whoever is called goes on from here."""
    at = now()
    place, _seen = _own(request, coming.door(code, at=at), at)
    if place and (seen := standing.come(place, at=at)).state == State.TURN:
        return redirect(_going_on(seen))
    return redirect("rush:line", code)


@quick
@require_POST
def leave(request: HttpRequest, code: str) -> HttpResponse:
    at = now()
    place, _seen = _own(request, coming.door(code, at=at), at)
    if place:
        standing.leave(place, at=at)
    return redirect("rush:line", code)


@quick
@require_POST
def look(request: HttpRequest, place: str) -> JsonResponse:
    """What the page asks for again and again, without cookies: the address names the place but opens no door."""
    at = now()
    seen = standing.come(place, at=at)
    answer = JsonResponse(_told(seen))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _told(seen: Seen) -> dict[str, Any]:
    """The page and the answers to its script say the same."""
    told: dict[str, Any] = {
        "state": seen.state.value,
        "after": round(_jittered(seen), 1),
        "number": seen.number,
        "gone": seen.gone,
    }
    if seen.state == State.EARLY:
        hour = formats.time_format(timezone.localtime(seen.hour_at), "H:i")
        words = _("At %(hour)s numbers are drawn among all who are here.") % {"hour": hour}
        return told | {"heading": str(_("You are in the waiting room")), "words": words, "title": hour}
    if seen.state == State.TURN:
        heading = str(_("It is your turn"))
        return told | {
            "heading": heading,
            "words": str(_("Go on and choose a time.")),
            "title": heading,
            "go": _going_on(seen),
        }
    if seen.state != State.WAITING:
        return told
    words = " ".join(_waiting(seen))
    heading = _("You have number %(number)d") % {"number": seen.number or 0}
    return told | {"heading": heading, "words": words, "title": f"({seen.ahead})", "ahead": seen.ahead}


def _waiting(seen: Seen) -> list[str]:
    before = (
        ngettext("%(count)d person is before you.", "%(count)d people are before you.", seen.ahead)
        % {"count": seen.ahead}
        if seen.ahead
        else _("You are next.")
    )
    if seen.gone:
        gone = _("All new times are taken now. If one comes back, it goes to those who wait here.")
        return [gone, before]
    minutes = round(seen.wait / timedelta(minutes=1))
    if not minutes:
        return [before, _("You will wait less than a minute.")]
    return [before, _("Expected wait: %(time)s.") % {"time": hours_and_minutes(minutes)}]


def _jittered(seen: Seen) -> float:
    if seen.state == State.EARLY and seen.look_again < rules.LATEST_LOOK:
        return seen.look_again + random.random() * SPREAD_AT_THE_HOUR  # noqa: S311
    return seen.look_again * (0.8 + 0.4 * random.random())  # noqa: S311


# --- The office ---------------------------------------------------------------------------------------------


def _trail(*crumbs: tuple[Any, str]) -> list[dict[str, Any]]:
    first = {"name": _("Visits"), "url": reverse("visits:list")}
    return [first, *({"name": name, "url": url} for name, url in crumbs)]


@requires("visits.see")
def lines(request: HttpRequest) -> HttpResponse:
    """Every line there was, the last first."""
    rows = lines_of.visible_to(person_of(request))[:SHOWN_LINES]
    context = {"rows": rows, "breadcrumbs": _trail((_("Lines for new times"), ""))}
    return render(request, "rush/lines.html", context)


@requires("visits.see")
def record(request: HttpRequest, line_id: int) -> HttpResponse:
    """One line, with its order reckoned anew from the record."""
    at = now()
    found = lines_of.line_for(person_of(request), line_id)
    told = lines_of.record_of(found, now=at)
    states = [(state, told.states[state]) for state in State]
    context = {
        "line": found, "record": told, "states": dict(states), "wrong": [WRONG[one] for one in told.wrong],
        "usual": _minutes(told.usual_wait), "longest": _minutes(told.longest_wait),
        "breadcrumbs": _trail((_("Lines for new times"), reverse("rush:lines")), (str(found.release.service), "")),
    }  # fmt: skip
    return render(request, "rush/record.html", context)


def _minutes(wait: timedelta | None) -> str:
    minutes, seconds = divmod(int(wait.total_seconds()) if wait else 0, 60)
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds}


@requires("visits.services")
def release(request: HttpRequest, code: str) -> HttpResponse:
    service = queries.service_by_code(code)
    known, back = lines_of.release_of(service), reverse("visits:service", args=[code])

    def save(given: dict[str, Any]) -> str:
        actions.set_release(service, by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return back

    initial = ReleaseForm.values_of(known) if known else ReleaseForm.usual()
    return form_page(
        request,
        ReleaseForm(request.POST or None, initial=initial),
        save,
        heading=_("Opening of new times"),
        submit=_("Save"),
        back=back,
        values=ReleaseForm.values_of,
        breadcrumbs=_trail((service.title, back), (_("Opening of new times"), "")),
    )
