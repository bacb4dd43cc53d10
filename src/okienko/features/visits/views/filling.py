"""From a held time to a booked visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.visits import actions, drafts, holding, queries, refusals, rules, working
from okienko.features.visits.drafts import Draft
from okienko.features.visits.forms.booking import BookingForm
from okienko.features.visits.framing import chosen_around, frame_of
from okienko.features.visits.models import Booking, Service
from okienko.features.visits.views.choosing import around, no_service
from okienko.kernel.people.access import actor_of
from okienko.kernel.people.models import Person
from okienko.kernel.slots.models import Claim
from okienko.ui.templatetags.ui import moment


def _held(request: HttpRequest, now: datetime) -> tuple[Draft, Service, Claim] | HttpResponse:
    """What is being filled in, or where to go when there is nothing or its time is over."""
    draft = drafts.read(request)
    if draft is None:
        return redirect("visits:choose")
    return _filled_in(request, draft, *queries.offered_and_held(draft.service, draft.key, now=now))


def _filled_in(
    request: HttpRequest, draft: Draft, service: Service | None, claim: Claim | None
) -> tuple[Draft, Service, Claim] | HttpResponse:
    if service is None:
        drafts.finish(request)
        return no_service(request)
    return (draft, service, claim) if claim is not None else redirect("visits:over")


def data(request: HttpRequest) -> HttpResponse:
    now = time.now()
    draft = drafts.read(request)
    if draft is None:
        return redirect("visits:choose")
    offered, held = queries.offered_and_held(draft.service, draft.key, now=now)
    form = None
    if request.method == "POST" and offered is not None:
        # Kept before anything else is asked: whatever comes, nothing typed is lost.
        form = BookingForm(request.POST, service=offered, at=now)
        _keep_typed(request, form)
    found = _filled_in(request, draft, offered, held)
    if isinstance(found, HttpResponse):
        return found
    draft, service, claim = found
    if form is not None and form.is_valid():
        return redirect("visits:summary")
    form = form or BookingForm(
        initial=drafts.typed(request) or _from_account(request), service=service, at=now
    )
    return render(
        request, "visits/data.html", {"form": form, **_context(request, draft, service, claim, now)}
    )


def _keep_typed(request: HttpRequest, form: BookingForm) -> None:
    drafts.keep_typed(request, form.data, list(form.fields))


def _from_account(request: HttpRequest) -> dict[str, str]:
    """What the account of a resident knows already; a clerk books for somebody else."""
    user = request.user
    if not isinstance(user, Person) or user.is_staff_member:
        return {}
    return {"name": user.name, "email": user.email, "phone": user.phone}


def summary(request: HttpRequest) -> HttpResponse:
    """What was chosen and typed, once more; the button books it."""
    now = time.now()
    found = _held(request, now)
    # What is still held is not booked yet; only another visit can be, sent once more from its own page.
    if request.method == "POST" and (
        isinstance(found, HttpResponse) or request.POST.get("key") != found[0].key
    ):
        booked = queries.by_key(request.POST.get("key", ""))
        if booked is not None:
            drafts.finish(request)
            return redirect("visits:own", booked.secret)
    if isinstance(found, HttpResponse):
        return found
    draft, service, claim = found
    form = BookingForm(drafts.typed(request), service=service, at=now)
    if not form.is_valid():
        return redirect("visits:data")
    if request.method == "POST":
        return _book(request, draft, service, claim, form, now)
    given = form.contact("")
    change = reverse("visits:data")
    rows = [
        {"name": _("First and last name"), "value": given.name, "url": change},
        {"name": _("E-mail"), "value": given.email or "–", "url": change},
        {"name": _("Phone"), "value": given.phone or "–", "url": change},
        *(
            {"name": form[name].label, "value": _shown(form.cleaned_data[name]), "url": change}
            for name in form.extra
        ),
    ]
    context = _context(request, draft, service, claim, now)
    context["rows"] = [*context["rows"], *rows]
    if not request.user.is_authenticated:
        context |= {"task": working.task(claim), "bits": working.bits()}
    return render(request, "visits/summary.html", context)


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if value not in (None, "") else "–"


def _book(
    request: HttpRequest, draft: Draft, service: Service, claim: Claim, form: BookingForm, now: datetime
) -> HttpResponse:
    frame = frame_of(request)
    try:
        booking = actions.book(
            draft.key,
            by=actor_of(request),
            at=now,
            service=service,
            start=draft.start,
            contact=form.contact(get_language() or "pl"),
            accepted=form.consents(),
            answers=form.answers(),
            network=working.limited_network(request),
            source=Booking.Source.EMBEDDED if frame else Booking.Source.WEB,
            site=frame.site if frame else "",
            worked=request.user.is_authenticated or working.is_done(claim, request.POST.get("work", "")),
        )
    except Refused as refused:
        links = [(_("Change what I typed"), reverse("visits:data"))]
        return refusals.page(request, refused, links=links)
    drafts.finish(request)
    if booking.confirm_by == Service.ConfirmBy.PIN:
        return redirect("visits:confirm", booking.secret)
    return redirect(f"{reverse('visits:own', args=[booking.secret])}?nowa=1")


@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """More time; the form, where it is asked for from there, comes along half filled in."""
    now = time.now()
    found = _held(request, now)
    if isinstance(found, HttpResponse):
        return found
    draft, service, _claim = found
    if "name" in request.POST:
        _keep_typed(request, BookingForm(request.POST, service=service, at=now))
    try:
        holding.extend(
            draft.key, extended=draft.extended, by=actor_of(request), at=now, minutes=service.hold_minutes
        )
    except Refused as refused:
        return refusals.page(request, refused, links=[(_("Back to the form"), reverse("visits:data"))])
    drafts.keep(request, replace(draft, extended=draft.extended + 1))
    messages.success(request, _("You have more time now."))
    return redirect("visits:data")


def _context(
    request: HttpRequest, draft: Draft, service: Service, claim: Claim, now: datetime
) -> dict[str, Any]:
    location, unit = claim.resource.location, claim.resource.unit
    where = location.name if location else unit.name
    street = location.address if location else unit.address
    again = around(service, draft.place).address()
    weekday = formats.date_format(timezone.localtime(draft.start), "l")
    rows = [
        {
            "name": _("Matter"),
            "value": service.title,
            "url": "" if chosen_around(request, "usluga") else reverse("visits:choose"),
        },
        {"name": _("Place"), "value": ", ".join(filter(None, [where, street]))},
        {"name": _("Time"), "value": format_html("{}, {}", weekday, moment(draft.start)), "url": again},
    ]
    return {
        "draft": draft,
        "service": service,
        "rows": rows,
        "until": claim.expires_at,
        "now": now,
        "may_extend": draft.extended < rules.MOST_EXTENSIONS,
        "over_url": reverse("visits:over"),
        "extend_url": reverse("visits:extend"),
    }
