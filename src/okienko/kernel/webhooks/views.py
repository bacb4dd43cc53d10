from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.kernel.people.access import actor_of, requires
from okienko.kernel.webhooks import actions, queries
from okienko.kernel.webhooks.forms import EndpointForm

SHOWN_FAILURES = 200


@requires(actions.PERMISSION)
def endpoints(request: HttpRequest) -> HttpResponse:
    """Who is told what, and what could not be told."""
    context = {
        "endpoints": queries.endpoints(),
        "failures": queries.failed_deliveries()[:SHOWN_FAILURES],
    }
    return render(request, "webhooks/endpoints.html", context)


@requires(actions.PERMISSION)
def add(request: HttpRequest) -> HttpResponse:
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("name", "url", "events")}
        try:
            endpoint, secret = actions.add_endpoint(by=actor_of(request), at=time.now(), **given)
        except Refused as refused:
            form.refuse(refused)
        else:
            # Shown by this answer alone: a redirect would have to keep the secret somewhere.
            return render(request, "webhooks/secret.html", {"endpoint": endpoint, "secret": secret})
    return render(request, "webhooks/endpoint.html", {"form": form, "breadcrumbs": _trail()})


@requires(actions.PERMISSION)
def change(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    endpoint = queries.endpoint_by_id(endpoint_id)
    names = ("name", "url", "events", "active")
    initial = {name: getattr(endpoint, name) for name in (*names, "version")}
    form = EndpointForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in names}
        version = form.cleaned_data["version"] or 0
        try:
            actions.change_endpoint(endpoint, by=actor_of(request), at=time.now(), version=version, **given)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The address has been changed."))
            return redirect("webhooks:endpoints")
    return render(request, "webhooks/endpoint.html", {"form": form, "breadcrumbs": _trail()})


@require_POST
@requires(actions.PERMISSION)
def send_again(request: HttpRequest, delivery_id: int) -> HttpResponse:
    try:
        actions.send_again(delivery_id, by=actor_of(request), at=time.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It will be sent again in a moment."))
    return redirect("webhooks:endpoints")


def _trail() -> list[dict[str, str]]:
    return [{"name": _("Webhooks"), "url": reverse("webhooks:endpoints")}, {"name": _("Address"), "url": ""}]
