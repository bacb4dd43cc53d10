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
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.features.visits import holding, queries, refusals, working
from okienko.features.visits.models import Service
from okienko.features.visits.rush import actions, hours, rules, standing, tokens
from okienko.features.visits.rush import queries as lines_of
from okienko.features.visits.rush.forms import ReleaseForm
from okienko.features.visits.rush.models import Release
from okienko.features.visits.rush.rules import State
from okienko.features.visits.rush.standing import Seen
from okienko.kernel.people.access import actor_of, person_of, requires
from okienko.kernel.people.views.pages import form_page

# At the hour the browsers of all who wait ask over so many seconds, not in one.
SPREAD_AT_THE_HOUR = 10
SHOWN_LINES = 100
WRONG = {
    rules.Wrong.LOT: gettext_lazy("The numbers of those who came before the hour do not follow the lot."),
    rules.Wrong.COMING: gettext_lazy(
        "The numbers of those who came later do not follow the order of coming."
    ),
    rules.Wrong.CALLS: gettext_lazy("Somebody was called before a lower number that was there."),
    rules.Wrong.NUMBERS: gettext_lazy("A number is missing or was given twice."),
}


# --- Standing in the line -----------------------------------------------------------------------------------


def _asked(code: str) -> tuple[Service, Release]:
    service = queries.offered(code)
    release = hours.release_of(service) if service else None
    if service is None or release is None:
        raise Missing
    return service, release


def _choosing(service: Service) -> str:
    return f"{reverse('visits:choose')}?{urlencode({'usluga': service.code})}"


def _own(request: HttpRequest, service: Service, release: Release, at: datetime) -> tuple[str, Seen | None]:
    """The place that this browser has in the line which stands now."""
    token = tokens.of(request, service)
    if not token:
        return "", None
    place = standing.hashed(token)
    try:
        seen = standing.look(place, at=at)
    except Missing:
        return "", None
    here = seen.hour_at == release.joined(at).hour_at
    return (place, seen) if here else ("", None)


@require_GET
def line(request: HttpRequest, code: str) -> HttpResponse:
    service, release = _asked(code)
    at = now()
    place, seen = _own(request, service, release, at)
    opening = release.joined(at)
    early = opening.hour_at > at
    context = {
        "service": service, "release": release, "opening": opening, "next": release.next(at), "now": at,
        "early": early, "choose_url": _choosing(service),
        "wait_url": f"{reverse('visits:leave_word')}?{urlencode({'usluga': service.code})}",
    }  # fmt: skip
    if seen is not None and seen.state in (State.EARLY, State.WAITING, State.TURN):
        told = {"look_url": reverse("rush:look", args=[place]), "told": _told(seen)}
        return render(request, "rush/place.html", {**context, **told, "seen": seen})
    stands = early or (
        standing.in_force(release, opening, at=at) and standing.is_busy(release, opening, at=at)
    )
    token = holding.new_key()
    door = {"token": token, "task": _task(release, opening, token), "bits": working.bits()} if stands else {}
    return render(request, "rush/door.html", {**context, **door, "seen": seen, "stands": stands})


def _task(release: Release, opening: rules.Opening, token: str) -> str:
    """Bound to the token that the place will have: work is good for one place."""
    return working.task_for(f"{release.pk}:{opening.hour_at.isoformat()}:{token}")


@require_POST
def take_place(request: HttpRequest, code: str) -> HttpResponse:
    service, release = _asked(code)
    at = now()
    _place, seen = _own(request, service, release, at)
    here = redirect("rush:line", code)
    if seen is not None and seen.state in (State.EARLY, State.WAITING, State.TURN):
        return here
    opening, token = release.joined(at), request.POST.get("token", "")
    if not holding.is_key(token) or (
        opening.hour_at <= at and not standing.in_force(release, opening, at=at)
    ):
        return here
    worked = working.solves(_task(release, opening, token), request.POST.get("work", ""))
    try:
        standing.join(release, token, network=working.network_mark(request), worked=worked, at=at)
    except Refused as refused:
        return refusals.page(
            request, refused, links=[(_("To the line"), reverse("rush:line", args=[code]))], status=429
        )
    place = standing.hashed(token)
    seen = standing.come(place, at=at)
    if request.headers.get("Accept") == "application/json":
        answer: HttpResponse = JsonResponse({**_told(seen), "look": reverse("rush:look", args=[place])})
    else:
        answer = redirect(_choosing(service)) if seen.state == State.TURN else here
    tokens.keep(answer, release, token)
    return answer


@require_POST
def check_again(request: HttpRequest, code: str) -> HttpResponse:
    """Without scripts one asks oneself; whoever is called goes on from here."""
    service, release = _asked(code)
    at = now()
    place, _seen = _own(request, service, release, at)
    if place and standing.come(place, at=at).state == State.TURN:
        return redirect(_choosing(service))
    return redirect("rush:line", code)


@require_POST
def leave(request: HttpRequest, code: str) -> HttpResponse:
    service, release = _asked(code)
    at = now()
    place, _seen = _own(request, service, release, at)
    if place:
        standing.leave(place, at=at)
    return redirect("rush:line", code)


@csrf_exempt
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
        go = f"{reverse('visits:choose')}?{urlencode({'usluga': seen.code})}"
        heading = str(_("It is your turn"))
        return told | {
            "heading": heading,
            "words": str(_("Go on and choose a time.")),
            "title": heading,
            "go": go,
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
    wait = (
        ngettext("You will wait about %(count)d minute.", "You will wait about %(count)d minutes.", minutes)
        % {"count": minutes}
        if minutes
        else _("You will wait less than a minute.")
    )
    return [before, wait]


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
