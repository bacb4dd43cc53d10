"""Each refusal as a page of its own: what has happened, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from okienko.base.decisions import Refused

_HEADINGS = {
    "somebody-was-faster": _("Somebody was faster"),
    "not-offered": _("This time is not offered"),
    "time-passed": _("This time has passed"),
    "hold-over": _("The time to fill in the form is over"),
    "no-more-time": _("There is no more time to add"),
    "confirm-over": _("The time to confirm is over"),
    "already-confirmed": _("This visit is confirmed already"),
    "already-booked": _("This visit is booked already"),
    "cancelled": _("This visit has been cancelled"),
    "begun": _("This visit has already begun"),
    "not-confirmed": _("This visit is not confirmed yet"),
    "service-gone": _("This is not offered any more"),
    "too-many-on-e-mail": _("Too many visits on this e-mail"),
    "too-many-on-phone": _("Too many visits on this phone"),
    "too-many-from-network": _("Too many visits from your network"),
    "too-many-holds": _("Too many times held from your network"),
    "too-many-tries": _("Too many wrong codes"),
    "changed-meanwhile": _("Somebody changed this visit meanwhile"),
    "not-handled-there": _("This matter is not handled at that counter"),
    "nothing-free": _("There is no free time"),
    "free-now": _("There is an earlier time already"),
    "waits-already": _("You are on the list already"),
    "offer-over": _("The time for this offer is over"),
    "not-yours": _("You may not change this visit"),
    "in-line": _("New times go by turns now"),
    "turn-used": _("This place holds another time"),
    "line-network-full": _("Too many places from your network"),
}

_WHAT_NEXT = {
    "somebody-was-faster": _("Nothing is lost: choose another time. What you typed is kept."),
    "hold-over": _(
        "The time you had chosen went back to the others. What you typed is kept: choose a time again."
    ),
    "no-more-time": _("Finish with the time that is left. If it ends, what you typed is kept."),
    "confirm-over": _("The time went back to the others. You can book another visit."),
    "already-confirmed": _("You need to do nothing more. Come on time."),
    "service-gone": _("See what else you can book, or call the office."),
    "too-many-on-e-mail": _("Cancel one of those visits by the link in its message, or call the office."),
    "too-many-on-phone": _("Cancel one of those visits by the link in its message, or call the office."),
    "offer-over": _("The time went to the next on the list. You can wait again, at the end of the list."),
    "too-many-from-network": _("Wait an hour, use another connection, or call the office."),
    "too-many-holds": _(
        "Wait until then, use another connection, or call the office. What you typed is kept."
    ),
    "in-line": _("Take a place in the line, or choose an earlier day: those are free to all."),
    "turn-used": _("Finish that visit first, or let its time go back to the others."),
    "line-network-full": _("Use another connection, or come back later: earlier days are free to all."),
    "too-many-tries": _("Nobody can confirm this visit any more. Book another one, or call the office."),
}


def heading(code: str) -> Any:
    return _HEADINGS.get(code, _("This cannot be done"))


def page(
    request: HttpRequest, refused: Refused, *, times: Sequence[Any] = (), status: int = 409, **context: Any
) -> HttpResponse:
    """`times` are offered at once; `links` of the context lead on, the first as the main one."""
    words, reason = str(heading(refused.code)), str(refused.reason)
    return render(
        request,
        "visits/refused.html",
        {
            "heading": words,
            "reason": "" if reason.removesuffix(".") == words else reason,
            "next_step": _WHAT_NEXT.get(refused.code, ""),
            "times": times,
            **context,
        },
        status=status,
    )
