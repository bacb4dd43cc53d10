from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from okienko.base.time import now
from okienko.kernel.history.queries import entries_of
from okienko.kernel.history.words import timeline
from okienko.kernel.office import actions, queries
from okienko.kernel.office.forms import CoatOfArmsForm, OfficeForm
from okienko.kernel.people.access import actor_of, requires
from okienko.kernel.people.views.pages import form_page
from okienko.ui.quick import quick

TEXTS = ("name", "subtitle", "contact", "accessibility_page", "privacy_page", "bip_page", "colour", "version")


@requires("office.change")
def office(request: HttpRequest) -> HttpResponse:
    found = queries.profile()
    form = OfficeForm(request.POST or None, initial={name: getattr(found, name) for name in TEXTS})

    def save(given: dict[str, Any]) -> str:
        actions.change_office(by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return reverse("office:office")

    return form_page(
        request,
        form,
        save,
        heading=_("The office itself"),
        submit=_("Save"),
        back=reverse("people:units"),
        values=lambda changed: {name: getattr(changed, name) for name in TEXTS},
        template="office/office.html",
        timeline=timeline(entries_of(found).reverse()) if found.version else (),
    )


@requires("office.change")
def coat(request: HttpRequest) -> HttpResponse:
    found = queries.profile()
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CoatOfArmsForm(*given, initial={"version": found.version})

    def save(given: dict[str, Any]) -> str:
        picture = None if given["without"] else given["picture"][0].read()
        actions.set_coat_of_arms(picture, by=actor_of(request), at=now(), version=given["version"])
        messages.success(request, _("Saved."))
        return reverse("office:office")

    return form_page(
        request,
        form,
        save,
        heading=_("Coat of arms"),
        submit=_("Save"),
        back=reverse("office:office"),
        values=lambda changed: {"version": changed.version},
        breadcrumbs=[
            {"name": _("The office itself"), "url": reverse("office:office")},
            {"name": _("Coat of arms"), "url": ""},
        ],
    )


@quick
@require_safe
def coat_of_arms(request: HttpRequest, mark: str) -> HttpResponse:
    """Its address names its content, so it never has to be asked for again."""
    response = HttpResponse(queries.coat_of_arms(mark), content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
