from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import HttpResponse
from django.urls import URLPattern, path

from okienko.features.faults.open311 import views

app_name = "open311"


def in_every_form(
    address: str, view: Callable[..., HttpResponse], name: str, before: str = ""
) -> Iterator[URLPattern]:
    """With the form at the end of the address, as the standard has it, and without."""
    yield path(f"{before}{address}.<slug:form>", view, name=f"{name}_in")
    yield path(f"{before}{address}", view, name=name)


urlpatterns = [
    *in_every_form("discovery", views.discovery, "discovery"),
    *in_every_form("services", views.services, "services"),
    *in_every_form("<slug:code>", views.service, "service", "services/"),
    *in_every_form("requests", views.requests, "requests"),
    *in_every_form("<slug:number>", views.one, "request", "requests/"),
    *in_every_form("<slug:token>", views.token, "token", "tokens/"),
    *in_every_form("servicerequestupdates", views.updates, "updates"),
]
