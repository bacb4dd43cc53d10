"""Fields of the form of a service: added, changed, removed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base import time
from okienko.features.visits import actions, queries
from okienko.features.visits.forms.extra import ExtraFieldForm
from okienko.features.visits.views.setting_up import trail
from okienko.kernel.people.access import actor_of, requires
from okienko.kernel.people.views.pages import form_page


@requires("visits.services")
def fields(request: HttpRequest, code: str) -> HttpResponse:
    service = queries.service_by_code(code)
    rows = [
        {
            "name": one.label,
            "url": reverse("visits:extra_field", args=[code, one.pk]),
            "cells": [one.get_kind_display(), _("yes") if one.required else _("no"), one.position],
        }
        for one in service.extra_fields.all()
    ]
    context = {
        "heading": _("Fields of the form: %(service)s") % {"service": service.title},
        "rows": rows,
        "columns": (_("Kind"), _("Must be filled in"), _("Position")),
        "add": _("Add a field"),
        "add_url": reverse("visits:add_extra_field", args=[code]),
        "breadcrumbs": [*_trail(code, service.title)[:-1], {"name": _("Fields of the form"), "url": ""}],
    }
    return render(request, "visits/set_up/table.html", context)


@requires("visits.services")
def field(request: HttpRequest, code: str, field_id: int | None = None) -> HttpResponse:
    service = queries.service_by_code(code)
    changed = queries.extra_field(service, field_id) if field_id else None
    back = reverse("visits:extra_fields", args=[code])
    if changed is not None and request.method == "POST" and "remove" in request.POST:
        actions.remove_extra_field(changed, by=actor_of(request), at=time.now())
        messages.success(request, _("The field is removed. Answers stay with the bookings."))
        return redirect(back)

    def save(given: dict[str, Any]) -> str:
        details, by, at = form.details(), actor_of(request), time.now()
        version = details.pop("version")
        if changed is None:
            actions.add_extra_field(service, by=by, at=at, **details)
        else:
            actions.change_extra_field(changed, by=by, at=at, version=version, **details)
        messages.success(request, _("Saved."))
        return back

    initial = ExtraFieldForm.values_of(changed) if changed else {}
    form = ExtraFieldForm(request.POST or None, initial=initial)
    heading = changed.label if changed else _("Add a field")
    return form_page(
        request,
        form,
        save,
        heading=heading,
        submit=_("Save"),
        back=back,
        values=ExtraFieldForm.values_of,
        template="visits/set_up/extra_field.html",
        removable=changed is not None,
        breadcrumbs=[*_trail(code, service.title), {"name": heading, "url": ""}],
    )


def _trail(code: str, title: str) -> list[dict[str, Any]]:
    return trail(
        (_("Services"), reverse("visits:services")),
        (title, reverse("visits:service", args=[code])),
        (_("Fields of the form"), reverse("visits:extra_fields", args=[code])),
    )
