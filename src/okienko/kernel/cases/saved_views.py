"""Views of a list that somebody keeps: shown with the list, saved and removed on its page. Of cases, and of any other list."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base import time
from okienko.kernel.cases import actions, queries
from okienko.kernel.people.access import actor_of, person_of
from okienko.kernel.people.models import Person
from okienko.ui import lists as ui


def shown(
    person: Person,
    list_code: str,
    asked: ui.ListRequest,
    *,
    address: str,
    forget: str,
    of: tuple[str, ...] = (),
) -> list[ui.SavedView]:
    """`address` is the list's own; `forget` the name of the page that removes a view, `of` what it is told of the list."""
    present = asked.address()
    return [
        ui.SavedView(
            view.name,
            f"{address}{view.query}",
            view.query == present,
            view.shared,
            reverse(forget, args=[*of, view.pk]) if view.owner_id == person.pk else "",
        )
        for view in queries.saved_views(person, list_code)
    ]


def as_query(address: str) -> QueryDict:
    return QueryDict(address.removeprefix("?"))


def save(request: HttpRequest, list_code: str, definition: ui.Definition, *, address: str) -> HttpResponse:
    name = request.POST.get("name", "").strip()[:100]
    if request.method != "POST" or not name:
        return redirect(address)
    asked = ui.ListRequest.from_query(as_query(request.POST.get("view", "")), definition)
    actions.save_view(
        person_of(request), list_code, name, asked.address(), shared=bool(request.POST.get("shared")),
        by=actor_of(request), at=time.now(),
    )  # fmt: skip
    messages.success(request, _("The view “%(name)s” has been saved.") % {"name": name})
    return redirect(f"{address}{asked.address()}")


def forget(request: HttpRequest, list_code: str, view_id: int, *, address: str) -> HttpResponse:
    view = queries.own_view(person_of(request), list_code, view_id)
    if request.method == "POST":
        actions.forget_view(view, by=actor_of(request), at=time.now())
        messages.success(request, _("The view “%(name)s” has been removed.") % {"name": view.name})
    return redirect(address)
