from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from okienko.base.decisions import Refused
from okienko.base.time import now
from okienko.kernel.messages import actions, declaring, lists, queries, words
from okienko.kernel.messages.models import IncomingMail
from okienko.kernel.messages.views.outgoing import tabs
from okienko.kernel.people.access import actor_of, person_of, requires, staff_only
from okienko.ui import lists as ui
from okienko.ui.lists.paging import page_of


@requires("messages.see")
def mails(request: HttpRequest) -> HttpResponse:
    asked = ui.ListRequest.from_query(request.GET, lists.mails_definition())
    page = page_of(lists.mails(asked, person_of(request)), asked)
    shown = ui.ListPage(
        name="mails",
        title=_("Mail that came"),
        request=asked,
        rows=page.rows,
        total=page.total,
        next=page.next,
        previous=page.previous,
        name_of=str,
        url_of=lambda mail: reverse("office_messages:mail", args=[mail.pk]),
        empty_title=_("No mail has come yet"),
    )
    problems = [box for box in queries.boxes() if box.problem]
    untaken = queries.incoming_visible_to(person_of(request)).filter(state=IncomingMail.State.UNTAKEN).count()
    return render(
        request,
        "office_messages/mails.html",
        {"list": shown, "tabs": tabs(request), "boxes": problems, "untaken": untaken},
    )


@staff_only
def mail(request: HttpRequest, incoming_id: int) -> HttpResponse:
    shown = queries.incoming_for(person_of(request), incoming_id)
    about = declaring.how_about(shown.subject_type)
    subject = about.by_id(shown.subject_id) if about and shown.subject_id else None
    return render(
        request,
        "office_messages/mail.html",
        {
            "mail": shown,
            "note": "\n".join(words.problem(line) for line in shown.note.splitlines()),
            "untaken": shown.state == IncomingMail.State.UNTAKEN,
            "subject_url": about.address_of(subject) if about and subject is not None else "",
            "breadcrumbs": [
                {"name": _("Mail that came"), "url": reverse("office_messages:incoming")},
                {"name": shown.title or _("(no subject)"), "url": ""},
            ],
        },
    )


@staff_only
def source(request: HttpRequest, incoming_id: int) -> HttpResponse:
    """The mail as it came, to be kept: never shown by the browser, since anything may be in it."""
    found = queries.incoming_for(person_of(request), incoming_id)
    return HttpResponse(
        bytes(found.source),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="mail-{found.pk}.eml"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_POST
@requires("messages.see")
def offer_again(request: HttpRequest, incoming_id: int) -> HttpResponse:
    return _settle(
        request, incoming_id, lambda mail, at: actions.offer_again(mail, by=actor_of(request), at=at)
    )


@require_POST
@requires("messages.see")
def set_aside(request: HttpRequest, incoming_id: int) -> HttpResponse:
    return _settle(
        request, incoming_id, lambda mail, at: actions.set_aside(mail, by=actor_of(request), at=at)
    )


def _settle(
    request: HttpRequest, incoming_id: int, deed: Callable[[IncomingMail, datetime], IncomingMail]
) -> HttpResponse:
    found = queries.incoming_for(person_of(request), incoming_id)
    try:
        after = deed(found, now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("The mail is now: %(state)s.") % {"state": after.get_state_display()})
    return redirect("office_messages:mail", incoming_id)
