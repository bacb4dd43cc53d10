from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from okienko.base.decisions import Refused
from okienko.base.time import now
from okienko.kernel.messages import actions, declaring, lists, queries, words
from okienko.kernel.messages.models import Message
from okienko.kernel.people.access import actor_of, person_of, requires
from okienko.ui import lists as ui
from okienko.ui.lists.paging import page_of

AGAIN = "again"


@requires("messages.see")
def sent(request: HttpRequest) -> HttpResponse:
    return _list(request, only_troubles=False)


@requires("messages.see")
def troubles(request: HttpRequest) -> HttpResponse:
    return _list(request, only_troubles=True)


def _list(request: HttpRequest, *, only_troubles: bool) -> HttpResponse:
    person = person_of(request)
    asked = ui.ListRequest.from_query(request.GET, lists.messages_definition(only_troubles=only_troubles))
    rows = lists.messages(asked, person)
    page = page_of(queries.troubles(rows) if only_troubles else rows, asked)
    shown = ui.ListPage(
        name="messages",
        title=_("Not delivered") if only_troubles else _("Messages"),
        request=asked,
        rows=page.rows,
        total=page.total,
        next=page.next,
        previous=page.previous,
        name_of=lists.title_of,
        url_of=lambda message: reverse("office_messages:message", args=[message.pk]),
        is_late=lambda message: message.is_trouble,
        bulk=[ui.BulkAction(AGAIN, _("Send again"), icon="mail")] if only_troubles else [],
        bulk_url=reverse("office_messages:again_many"),
        empty_title=_("Everything has been delivered")
        if only_troubles
        else _("No message has been written yet"),
    )
    return render(
        request,
        "office_messages/messages.html",
        {"list": shown, "tabs": tabs(request), "troubles": only_troubles},
    )


def tabs(request: HttpRequest) -> list[dict[str, object]]:
    names = [
        ("office_messages:list", _("Messages")),
        ("office_messages:troubles", _("Not delivered")),
        ("office_messages:incoming", _("Mail that came")),
        ("office_messages:templates", _("Texts")),
    ]
    return [
        {"name": name, "url": reverse(view), "current": request.path == reverse(view)} for view, name in names
    ]


@requires("messages.see")
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    shown = queries.message_for(person_of(request), message_id)
    about = declaring.how_about(shown.subject_type)
    subject = about.by_id(shown.subject_id) if about else None
    return render(
        request,
        "office_messages/message.html",
        {
            "message": shown,
            "notice": lists.name_of(shown.notice),
            "problem": words.problem(shown.problem),
            "attempts": [(attempt, words.problem(attempt.answer)) for attempt in shown.attempts.all()],
            "enclosures": shown.enclosures.defer("content"),
            "subject_url": about.address_of(subject) if about and subject is not None else "",
            "breadcrumbs": [
                {"name": _("Messages"), "url": reverse("office_messages:list")},
                {"name": lists.title_of(shown), "url": ""},
            ],
        },
    )


@require_POST
@requires("messages.see")
def again(request: HttpRequest, message_id: int) -> HttpResponse:
    person = person_of(request)
    queries.message_for(person, message_id)
    try:
        actions.send_again(queries.visible_to(person).filter(pk=message_id), by=actor_of(request), at=now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("The message is being sent again."))
    return redirect("office_messages:message", message_id)


@require_POST
@requires("messages.see")
def again_many(request: HttpRequest) -> HttpResponse:
    """A page that says how many, then the deed."""
    person = person_of(request)
    asked = ui.ListRequest.from_query(
        QueryDict(request.POST.get("view", "").removeprefix("?")),
        lists.messages_definition(only_troubles=True),
    )
    everything = request.POST.get("everything") == "1"
    chosen = [
        key for key in request.POST.getlist("selected") if key.isascii() and key.isdigit() and len(key) < 19
    ]
    rows = queries.troubles(lists.messages(asked, person))
    rows = rows if everything else rows.filter(pk__in=chosen)
    if not rows.exists():
        messages.error(request, _("Choose at least one message."))
        return redirect("office_messages:troubles")
    if "confirmed" in request.POST:
        try:
            count = actions.send_again(rows, by=actor_of(request), at=now())
        except Refused as refused:
            messages.error(request, str(refused.reason))
        else:
            said = ngettext(
                "%(count)s message is being sent again.", "%(count)s messages are being sent again.", count
            )
            messages.success(request, said % {"count": count})
        return redirect("office_messages:troubles")
    context = {
        "count": rows.count(),
        "uncertain": rows.filter(state=Message.State.UNCERTAIN).count(),
        "view": request.POST.get("view", ""),
        "everything": everything,
        "chosen": chosen,
    }
    return render(request, "office_messages/again.html", context)
