"""How messages go out, and whether they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from okienko.base.time import now
from okienko.kernel.messages import actions, queries
from okienko.kernel.messages.actions import Recipient
from okienko.kernel.messages.forms import SettingsForm, TrialForm
from okienko.kernel.messages.gateways import gateway_for
from okienko.kernel.messages.gateways.folder import Folder
from okienko.kernel.messages.models import Channel
from okienko.kernel.messages.notices import TRIED
from okienko.kernel.people.access import actor_of, person_of, requires


@requires("messages.change")
def settings(request: HttpRequest) -> HttpResponse:
    form = _form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.change_settings(by=actor_of(request), at=now(), **form.cleaned_data)
        messages.success(request, _("The settings have been saved."))
        return redirect("office_messages:settings")
    trial = TrialForm(initial={"email": person_of(request).email})
    return _page(request, form, trial)


@require_POST
@requires("messages.change")
def try_out(request: HttpRequest) -> HttpResponse:
    """A message as any other, which passes all that others pass: what becomes of it is shown."""
    person, at = person_of(request), now()
    trial = TrialForm(request.POST)
    if not trial.is_valid():
        return _page(request, _form(), trial)
    to = Recipient(
        email=trial.cleaned_data["email"], phone=trial.cleaned_data["phone"], language=person.language
    )
    sent = actions.send(
        TRIED.code, to=to, subject=person, data={"name": person.name}, cause=f"tried:{at.isoformat()}",
        by=actor_of(request), at=at,
    )  # fmt: skip
    messages.success(request, _("The message waits to be sent. Its state is shown here."))
    return redirect("office_messages:message", sent[0].pk)


def _form(data: Mapping[str, Any] | None = None) -> SettingsForm:
    row = queries.settings_row()
    return SettingsForm(data, initial={"fold_letters": row.fold_letters, "reply_to": row.reply_to})


def _page(request: HttpRequest, form: SettingsForm, trial: TrialForm) -> HttpResponse:
    context = {"form": form, "trial": trial, "ways": [(channel.label, _way(channel)) for channel in Channel]}
    return render(request, "office_messages/settings.html", context)


def _way(channel: Channel) -> str:
    match gateway_for(channel):
        case None:
            return _("there is no server yet: messages wait until there is one")
        case Folder():
            return _("there is no server: messages go into a folder of this machine")
        case _:
            return _("by the server that is set")
