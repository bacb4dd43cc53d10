"""The visits of whoever is signed in: those ahead, those that are over, and the same once more."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from okienko.base import time
from okienko.features.visits import drafts, listing, notices, queries, rules
from okienko.features.visits.models import Booking
from okienko.kernel.people.access import person_of, signed_in

SHOWN = 100


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    now = time.now()
    found = list(queries.own_visits(person_of(request))[:SHOWN])
    rows = [_row(one, now) for one in found]
    context = {
        "ahead": [row for row in reversed(rows) if row["ahead"]],
        "past": [row for row in rows if not row["ahead"]],
    }
    return render(request, "visits/mine.html", context)


def _row(booking: Booking, now: datetime) -> dict[str, Any]:
    state = booking.state_at(now)
    return {
        "booking": booking,
        "state": Booking.State(state.value).label,
        "kind": listing.BADGES.get(state.value, "neutral"),
        "ahead": booking.start > now and state in (rules.State.CONFIRMED, rules.State.UNCONFIRMED),
        "link_lives": booking.end + rules.LINK_LIVES > now,
    }


@require_POST
@signed_in
def again(request: HttpRequest, number: str) -> HttpResponse:
    """The same matter at the same place, with what was typed before; it is only put into the form."""
    booking = queries.own_visit(person_of(request), number)
    given = {"name": booking.name, "email": booking.email, "phone": booking.phone}
    given |= {f"extra_{one['field']}": one["value"] for one in booking.answers}
    drafts.keep_typed(request, given, list(given))
    return redirect(f"{reverse('visits:choose')}?{urlencode(notices.preset(booking))}")
