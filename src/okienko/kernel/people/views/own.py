"""What everybody sets for themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.kernel.people import actions, roles
from okienko.kernel.people.access import actor_of, person_of, signed_in, staff_only
from okienko.kernel.people.forms.own import OwnDataForm, TokenForm
from okienko.kernel.people.models import Person
from okienko.kernel.people.views.pages import form_page


@signed_in
def own(request: HttpRequest) -> HttpResponse:
    person = person_of(request)

    def save(given: dict[str, Any]) -> str:
        actions.change_person(person, by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return reverse("people:own")

    def values(current: Person) -> dict[str, Any]:
        names = ("first_name", "last_name", "phone", "language", "version")
        return {name: getattr(current, name) for name in names}

    return form_page(
        request,
        OwnDataForm(request.POST or None, initial=values(person)),
        save,
        values=values,
        heading=_("My data"),
        submit=_("Save"),
        back=reverse("home"),
        template="people/own.html",
    )


@staff_only
def tokens(request: HttpRequest) -> HttpResponse:
    """Keys for programs: a new one is shown once, on the page that answers, and kept nowhere."""
    person = person_of(request)
    form = TokenForm(person, request.POST or None)
    secret = ""
    if form.is_bound and form.is_valid():
        try:
            _token, secret = actions.create_token(person, by=actor_of(request), at=now(), **form.cleaned_data)
            form = TokenForm(person)
        except Refused as refused:
            form.refuse(refused)
    says = {permission.code: permission.says for permission in roles.all_permissions()}
    rows = [
        {"token": token, "scopes": [says.get(scope, scope) for scope in token.scopes]}
        for token in person.tokens.all()
    ]
    response = render(request, "people/tokens.html", {"form": form, "rows": rows, "secret": secret})
    response.headers["Cache-Control"] = "no-store"
    return response


@staff_only
def withdraw_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = person_of(request).tokens.filter(pk=token_id, revoked_at__isnull=True).first()
    if token is None:
        raise Missing
    if request.method == "POST":
        actions.withdraw_token(token, by=actor_of(request), at=now())
        messages.success(request, _("The key no longer works."))
    return redirect("people:tokens")
