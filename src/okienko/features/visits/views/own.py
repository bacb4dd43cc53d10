"""One's own visit, by the link from the message. A GET shows; only a button changes."""

from __future__ import annotations

from datetime import datetime

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.visits import actions, ics, notices, queries, refusals, rules
from okienko.features.visits.forms.booking import PinForm
from okienko.features.visits.models import Booking, Service
from okienko.features.visits.rush import gate
from okienko.features.visits.views.choosing import NEAREST, address, local_day, offer, posted_start
from okienko.kernel.people.access import actor_of
from okienko.kernel.slots.models import Resource


@require_GET
def own(request: HttpRequest, secret: str) -> HttpResponse:
    now = time.now()
    booking = queries.by_secret(secret, now=now)
    state = booking.state_at(now)
    context = {
        "booking": booking,
        "state": state.value,
        "by_pin": booking.confirm_by == Service.ConfirmBy.PIN,
        "sent_to": notices.sent_to(booking),
        "new": "nowa" in request.GET,
        "moved": "przeniesiona" in request.GET,
        "ahead": booking.start > now,
        "thanks": _thanks(booking) if state == rules.State.CONFIRMED else "",
        "code": _square(booking) if state == rules.State.CONFIRMED and booking.end > now else "",
        "again": address(usluga=booking.service.code),
        "address": notices.address_of(booking, "visits:own"),
    }
    return render(request, "visits/own.html", context)


def _thanks(booking: Booking) -> str:
    """What the office wants to say about this matter, in the language of the page or else in Polish."""
    texts = booking.service.thanks
    return str(texts.get(get_language() or "") or texts.get("pl", ""))


def _square(booking: Booking) -> str:
    """For the phone or the kiosk at the office: the address of this page, which tells the visit from all others."""
    # Which mask is drawn makes no difference to who reads it; looking for the fairest of eight takes longer than the page.
    drawn = segno.make(notices.address_of(booking, "visits:own"), error="m", mask=3)
    title = _("Code of the visit %(number)s") % {"number": booking.spoken_number}
    return mark_safe(drawn.svg_inline(scale=4, border=4, dark="#000", light="#fff", title=title))


@require_GET
def calendar_file(request: HttpRequest, secret: str) -> HttpResponse:
    now = time.now()
    booking = queries.by_secret(secret, now=now)
    file = notices.calendar_file(booking, at=now)
    return HttpResponse(
        file,
        content_type=ics.MEDIA_TYPE,
        headers={"Content-Disposition": 'attachment; filename="wizyta.ics"'},
    )


def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """The link brings its code along for the button; a PIN is typed in."""
    now = time.now()
    booking = queries.by_secret(secret, now=now)
    by_pin = booking.confirm_by == Service.ConfirmBy.PIN
    form = PinForm(request.POST or None) if by_pin else None
    code = request.POST.get("code", request.GET.get("kod", ""))
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            if actions.try_to_confirm(booking, code, by=actor_of(request), at=now):
                return redirect(f"{reverse('visits:own', args=[secret])}?nowa=1")
        except Refused as refused:
            return _refused(request, booking, refused)
        wrong = Refused(_("This is not the code from the message. Compare it once more."), field="code")
        if form is None:
            return _refused(request, booking, wrong)
        form.refuse(wrong)
    if booking.state_at(now) != rules.State.UNCONFIRMED or not (by_pin or code):
        return redirect("visits:own", secret)
    context = {"booking": booking, "form": form, "code": code, "sent_to": notices.sent_to(booking)}
    return render(request, "visits/confirm.html", context)


def cancel(request: HttpRequest, secret: str) -> HttpResponse:
    now = time.now()
    booking = queries.by_secret(secret, now=now)
    if request.method == "POST":
        try:
            actions.give_back(booking, by=actor_of(request), at=now)
        except Refused as refused:
            return _refused(request, booking, refused)
        return redirect("visits:own", secret)
    if booking.state_at(now) not in (rules.State.UNCONFIRMED, rules.State.CONFIRMED):
        return redirect("visits:own", secret)
    return render(request, "visits/cancel_own.html", {"booking": booking})


def move(request: HttpRequest, secret: str) -> HttpResponse:
    """Another time at the same place; until it is sure, the old one stays."""
    now = time.now()
    booking = queries.by_secret(secret, now=now)
    counters = queries.counters_of(booking.service, booking.resource.location_id)
    if request.method == "POST":
        wanted = now
        try:
            wanted = posted_start(request)
            actions.move(booking, wanted, counters=counters, by=actor_of(request), at=now)
        except Refused as refused:
            return _not_moved(request, booking, counters, refused, wanted, now)
        return redirect(f"{reverse('visits:own', args=[secret])}?przeniesiona=1")
    if booking.state_at(now) != rules.State.CONFIRMED or booking.start <= now:
        return redirect("visits:own", secret)
    here = reverse("visits:move", args=[secret])
    free = queries.free_times(booking.service, counters, now=now, own_key=_key(booking))
    open_to_all = gate.without_turn(booking.service, at=now)
    free = [one for one in free if one.start != booking.start and local_day(one.start) <= open_to_all]

    def url(**chosen: str) -> str:
        return f"{here}?{'&'.join(f'{name}={value}' for name, value in chosen.items())}"

    context = {"booking": booking, "service": booking.service, "action": here}
    return render(
        request, "visits/move.html", {**context, **offer(request, booking.service, free, now, url=url)}
    )


def _not_moved(
    request: HttpRequest,
    booking: Booking,
    counters: list[Resource],
    refused: Refused,
    wanted: datetime,
    now: datetime,
) -> HttpResponse:
    if refused.code not in ("somebody-was-faster", "not-offered", "time-passed"):
        return _refused(request, booking, refused)
    free = queries.free_times(booking.service, counters, now=now, own_key=_key(booking))
    return refusals.page(
        request,
        refused,
        times=queries.nearest_to(wanted, free, NEAREST),
        action=reverse("visits:move", args=[booking.secret]),
        stands=booking,
        links=[(_("My visit"), reverse("visits:own", args=[booking.secret]))],
    )


def _key(booking: Booking) -> str:
    return booking.claim.key if booking.claim else ""


def _refused(request: HttpRequest, booking: Booking, refused: Refused) -> HttpResponse:
    links = [
        (_("My visit"), reverse("visits:own", args=[booking.secret])),
        (_("Book a visit"), address(usluga=booking.service.code)),
    ]
    return refusals.page(request, refused, links=links)
