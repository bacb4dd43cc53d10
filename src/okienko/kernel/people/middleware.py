"""Who must use a second factor and has none gets as far as setting one up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from okienko.base import time
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import lacks_second_factor

LOOKED = "second_factor_looked_at"
LOOK_AGAIN_SECONDS = 600  # a rule that an administrator makes now holds for everybody within ten minutes
OPEN_ALWAYS = frozenset({"account_logout", "account_reauthenticate"})


class second_factor:  # noqa: N801  (named as the other middlewares, most of which are functions)
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        person = request.user
        if not isinstance(person, Person) or not person.is_staff_member or _leads_to_set_up(request):
            return None
        now = time.now()
        if now.timestamp() - request.session.get(LOOKED, 0) < LOOK_AGAIN_SECONDS:
            return None
        if not lacks_second_factor(person, at=now):
            request.session[LOOKED] = int(now.timestamp())
            return None
        messages.warning(request, _("Your work here asks for a second factor. Set one up to go on."))
        return redirect("mfa_index")


def _leads_to_set_up(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None:
        return False
    name = match.url_name or ""
    return "ui" in match.app_names or name.startswith("mfa_") or name in OPEN_ALWAYS
