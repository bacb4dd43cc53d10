"""New or changed required consents are asked for at the next sign-in, before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from okienko.base.time import now
from okienko.kernel.consents.queries import to_accept
from okienko.kernel.people.models import Person

ASKED = "consents_asked"
OPEN_ALWAYS = frozenset({"account_logout", "consents:accept", "consents:own", "consents:withdraw"})


class required_consents:  # noqa: N801  (named as the other middlewares, most of which are functions)
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Once in a session: a text that comes into force later is for the next one."""
        person = request.user
        if not isinstance(person, Person) or person.is_staff_member or ASKED in request.session:
            return None
        match = request.resolver_match
        if match is not None and (match.view_name in OPEN_ALWAYS or "ui" in match.app_names):
            return None
        if not to_accept(person, now()).exists():
            request.session[ASKED] = True
            return None
        back = request.get_full_path() if request.method == "GET" else "/"
        return redirect(f"{reverse('consents:accept')}?{urlencode({'next': back})}")
