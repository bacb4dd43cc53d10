"""Sites that may show the form, what they put into their pages, and the script that they load."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_GET

from okienko.base.time import now
from okienko.features.visits import queries as visits
from okienko.features.visits.embed import actions, queries, rules
from okienko.features.visits.embed.forms import SiteForm, SnippetForm
from okienko.features.visits.framing import Frame
from okienko.features.visits.views.setting_up import trail
from okienko.kernel.history.queries import entries_of
from okienko.kernel.history.words import timeline
from okienko.kernel.people.access import actor_of, person_of, requires, scope_of
from okienko.kernel.people.queries import units_for
from okienko.kernel.people.views.pages import form_page
from okienko.kernel.units.queries import places_for_visits

_SCRIPT = (Path(__file__).parent / "static/embed/resize.js").read_bytes()
_ETAG = f'"{sha256(_SCRIPT).hexdigest()[:32]}"'
_HOUR = 3600
WHOLE_OFFICE = "urzad"


@require_GET
@cache_control(public=True, max_age=_HOUR)
@condition(etag_func=lambda request: _ETAG)
def script(request: HttpRequest) -> HttpResponse:
    """At an address that never changes: pages of others name it, and nobody changes those."""
    return HttpResponse(_SCRIPT, content_type="text/javascript; charset=utf-8")


@requires("visits.embed")
def sites(request: HttpRequest) -> HttpResponse:
    found = list(queries.visible_to(person_of(request)))
    chosen = request.GET.get("jednostka", "")
    context = {
        "rows": [
            (one, rules.shown(one.origin))
            for one in found
            if chosen in ("", str(one.unit_id or WHOLE_OFFICE))
        ],
        "chosen": chosen,
        "units": sorted({one.unit for one in found if one.unit}, key=lambda unit: unit.path),
        "whole_office": WHOLE_OFFICE if any(one.unit is None for one in found) else "",
        "breadcrumbs": trail((_("Other sites"), "")),
    }
    return render(request, "embed/sites.html", context)


@requires("visits.embed")
def site(request: HttpRequest, site_id: int | None = None) -> HttpResponse:
    person = person_of(request)
    changed = queries.site(person, site_id) if site_id is not None else None
    back = reverse("embed:sites")

    def save(given: dict[str, Any]) -> str:
        version = given.pop("version")
        if changed is None:
            actions.add_site(by=actor_of(request), at=now(), **given)
        else:
            actions.change_site(changed, by=actor_of(request), at=now(), version=version, **given)
        messages.success(request, _("Saved."))
        return back

    heading = changed.name if changed else _("Add a site")
    form = SiteForm(
        request.POST or None,
        units=units_for(person, "visits.embed").filter(active=True).order_by("path"),
        whole_office=scope_of(person, "visits.embed").everywhere,
        initial=SiteForm.values_of(changed) if changed else {"active": True},
    )
    return form_page(
        request,
        form,
        save,
        heading=heading,
        submit=_("Save"),
        back=back,
        values=SiteForm.values_of,
        template="embed/site.html",
        timeline=timeline(entries_of(changed)) if changed else (),
        breadcrumbs=trail((_("Other sites"), back), (heading, "")),
    )


@requires("visits.embed")
@require_GET
def snippet(request: HttpRequest) -> HttpResponse:
    """What to put into a page of another site, and how it looks there."""
    in_use = queries.in_use(person_of(request))
    usual = {"height": rules.HEIGHT, "script": True, "site": in_use.first()}
    form = SnippetForm(
        request.GET or None,
        initial=usual,
        sites=in_use,
        services=visits.published(),
        places=places_for_visits(),
    )
    context: dict[str, Any] = {
        "form": form,
        "sites": in_use,
        "breadcrumbs": trail(
            (_("Other sites"), reverse("embed:sites")), (_("What to put into the page"), "")
        ),
    }
    if form.is_bound and form.is_valid():
        context |= _snippet(form.cleaned_data)
    response = render(request, "embed/snippet.html", context)
    response.frame_src = "'self'"  # type: ignore[attr-defined]
    return response


def _snippet(given: dict[str, Any]) -> dict[str, Any]:
    site, service, place = given["site"], given["service"], given["place"]
    frame = Frame(
        site.pk,
        site.origin,
        "",
        given["language"],
        service.code if service else "",
        str(place.pk) if place else "",
    )
    parts = {
        "address": frame.first_page,
        "title": service.title if service else _("Book a visit"),
        "height": given["height"],
        "home": settings.PUBLIC_ADDRESS,
        "script": given["script"],
    }
    return {
        **parts,
        "text": render_to_string("embed/snippet.txt", parts).strip(),
        "shown_on": rules.shown(site.origin),
    }
