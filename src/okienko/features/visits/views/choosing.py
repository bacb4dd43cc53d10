"""From the first page to a time that is held: each step an address, so that any of them can be given in advance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.base.time import WARSAW
from okienko.features.visits import drafts, holding, queries, refusals, working
from okienko.features.visits.framing import chosen_around
from okienko.features.visits.models import Service
from okienko.features.visits.rush import tokens
from okienko.features.visits.rush.gate import Sight
from okienko.features.visits.rush.hours import horizon, next_hour
from okienko.kernel.slots.models import Resource
from okienko.kernel.slots.queries import Free
from okienko.kernel.units.models import Location
from okienko.ui.grids import Month, month_of

ANY_PLACE = "wszystkie"
NEAREST = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says, as far as it makes sense."""

    service: Service
    counters: list[Resource]
    places: list[Location]
    place: str
    """An id, "wszystkie", or nothing where it is still to be chosen."""

    @property
    def chosen(self) -> list[Resource]:
        if self.place in ("", ANY_PLACE):
            return self.counters
        return [one for one in self.counters if str(one.location_id) == self.place]

    @property
    def place_name(self) -> str:
        return next((place.name for place in self.places if str(place.pk) == self.place), _("any place"))

    def address(self, **more: str) -> str:
        return address(usluga=self.service.code, miejsce=self.place, **more)


def address(**parameters: str) -> str:
    return f"{reverse('visits:choose')}?{urlencode({name: value for name, value in parameters.items() if value})}"


def asked(code: str, place: str) -> Asked | None:
    service = queries.offered(code)
    return around(service, place) if service is not None else None


def around(service: Service, place: str) -> Asked:
    counters = queries.counters_of(service)
    places = queries.places_of(counters)
    if len(places) <= 1:
        place = str(places[0].pk) if places else ANY_PLACE
    elif place != ANY_PLACE and place not in {str(one.pk) for one in places}:
        place = ""
    return Asked(service, counters, places, place)


def own_key(request: HttpRequest) -> str:
    draft = drafts.read(request)
    return draft.key if draft else ""


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The first step that the address does not answer yet."""
    code = request.GET.get("usluga", "")
    if not code:
        return _choose_service(request)
    what = asked(code, request.GET.get("miejsce", ""))
    if what is None:
        return no_service(request)
    now = time.now()
    if not what.place:
        return _choose_place(request, what, now)
    sight, free = _open_times(request, what, own_key(request), now)
    return render(
        request, "visits/choose_time.html", {"sight": sight, **_times(request, what, free, now), "now": now}
    )


def _choose_service(request: HttpRequest) -> HttpResponse:
    place = request.GET.get("miejsce", "")
    found = queries.published()
    if place.isdecimal():
        found = queries.given_at(int(place[:18])) or found
    matters = [(one, address(usluga=one.code, miejsce=place)) for one in found]
    return render(request, "visits/choose_service.html", {"matters": matters})


def _open_times(request: HttpRequest, what: Asked, key: str, now: datetime) -> tuple[Sight, list[Free]]:
    """Free times that this visitor may choose from: the newest days may go by turns."""
    sight = tokens.sight_of(request, what.service, key, at=now)
    free = queries.free_times(what.service, what.chosen, now=now, own_key=key)
    return sight, [one for one in free if sight.shows(one.start)]


def no_service(request: HttpRequest) -> HttpResponse:
    gone = Refused(_("Visits for this matter cannot be booked any more."), code="service-gone")
    return refusals.page(
        request, gone, status=404, links=[(_("What you can book"), reverse("visits:choose"))]
    )


def _choose_place(request: HttpRequest, what: Asked, now: datetime) -> HttpResponse:
    key = own_key(request)
    sight = tokens.sight_of(request, what.service, key, at=now)
    found = queries.earliest_by_place(what.service, what.counters, until=sight.last_day, now=now, own_key=key)
    choices = [
        {
            "place": one.place,
            "start": one.start,
            "url": address(usluga=what.service.code, miejsce=str(one.place.pk)),
        }
        for one in found
    ]
    context = {
        "service": what.service,
        "sight": sight,
        "now": now,
        "choices": choices,
        "earliest": found[0].start if found else None,
        "anywhere": address(usluga=what.service.code, miejsce=ANY_PLACE),
    }
    return render(request, "visits/choose_place.html", context)


def _times(request: HttpRequest, what: Asked, free: Sequence[Free], now: datetime) -> dict[str, Any]:
    return {
        "what": what,
        "service": what.service,
        "key": own_key(request) or holding.new_key(),
        "wait_url": f"{reverse('visits:leave_word')}?{urlencode({'usluga': what.service.code, 'miejsce': what.place})}",
        "other_place": address(usluga=what.service.code)
        if len(what.places) > 1 and not chosen_around(request, "miejsce")
        else "",
        **offer(request, what.service, free, now, url=what.address),
    }


def offer(
    request: HttpRequest, service: Service, free: Sequence[Free], now: datetime, *, url: Any
) -> dict[str, Any]:
    """The nearest times, the month with its free days, and the times of the day that is looked at."""
    first, last = horizon(service, now)
    by_day = Counter(local_day(one.start) for one in free)
    day = _day(request.GET.get("dzien", ""))
    shown = _day(f"{request.GET.get('miesiac', '')}-01") or day or next(iter(by_day), first)
    return {
        "nearest": free[:NEAREST],
        "day": day,
        "times": [one for one in free if local_day(one.start) == day],
        "month": _month(shown, by_day, day, first, last, now, url),
        "free": bool(free),
        "last_day": last,
        "next_hour": next_hour(service, now),
    }


def _month(
    shown: date, free: Counter[date], day: date | None, first: date, last: date, now: datetime, url: Any
) -> Month:
    shown = min(max(shown, first.replace(day=1)), last).replace(day=1)
    before = _turned(shown, -1) if shown > first.replace(day=1) else None
    after = _turned(shown, 1) if _turned(shown, 1) <= last else None
    return month_of(
        shown.year,
        shown.month,
        free,
        url=lambda one: f"{url(dzien=one.isoformat())}#dzien",
        today=local_day(now),
        selected=day,
        previous=url(miesiac=f"{before:%Y-%m}") if before else "",
        next=url(miesiac=f"{after:%Y-%m}") if after else "",
    )


def _turned(month: date, by: int) -> date:
    year, index = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(year, index + 1, 1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def local_day(at: datetime) -> date:
    return at.astimezone(WARSAW).date()


def posted_start(request: HttpRequest) -> datetime:
    try:
        start = datetime.fromisoformat(request.POST.get("start", ""))
    except ValueError:
        start = None
    if start is None or start.tzinfo is None:
        raise Refused(_("This time is not offered. Please choose one of those shown."), code="not-offered")
    return start


@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """A time is chosen: it is held while the form is filled in. Sent twice with one key, it is held once."""
    what = asked(request.POST.get("usluga", ""), request.POST.get("miejsce", ""))
    if what is None:
        return no_service(request)
    key = own_key(request) or request.POST.get("key", "")
    if not holding.is_key(key):
        key = holding.new_key()
    now, start = time.now(), None
    try:
        start = posted_start(request)
        turn = tokens.of(request, what.service)
        network = working.limited_network(request)
        holding.hold(what.service, start, counters=what.chosen, key=key, at=now, turn=turn, network=network)
    except Refused as refused:
        known = queries.by_key(key)
        if refused.code == "already-booked" and known is not None:
            return redirect("visits:own", known.secret)
        if refused.code == "in-line":
            return redirect("rush:line", what.service.code)
        return _refused(request, what, refused, start or now, key, now)
    drafts.keep(request, drafts.Draft(key, what.service.code, what.place, start))
    return redirect("visits:data")


def _refused(
    request: HttpRequest, what: Asked, refused: Refused, wanted: datetime, key: str, now: datetime
) -> HttpResponse:
    if refused.code == "too-many-holds":
        offices = (
            place for one in what.chosen for place in (one.location, one.unit) if place and place.phone
        )
        phones = {place.phone: place for place in offices}
        return refusals.page(
            request, refused, phones=phones.values(), links=[(_("All free times"), what.address())]
        )
    _sight, free = _open_times(request, what, key, now)
    return refusals.page(
        request,
        refused,
        times=queries.nearest_to(wanted, free, NEAREST),
        service=what.service,
        place=what.place,
        key=key,
        links=[(_("All free times"), what.address())],
    )


def over(request: HttpRequest) -> HttpResponse:
    """The hold has ended before the form was sent."""
    draft, now = drafts.read(request), time.now()
    what = asked(draft.service, draft.place) if draft else None
    if draft is None or what is None:
        return redirect("visits:choose")
    if queries.held(draft.key, now=now) is not None:
        return redirect("visits:data")
    _sight, free = _open_times(request, what, draft.key, now)
    return refusals.page(
        request,
        Refused(_("The time to fill in the form is over."), code="hold-over"),
        times=queries.nearest_to(draft.start, free, NEAREST),
        status=200,
        service=what.service,
        place=what.place,
        key=draft.key,
        links=[(_("All free times"), what.address())],
    )
