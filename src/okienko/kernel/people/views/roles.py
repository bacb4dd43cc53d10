from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from okienko.base.time import now
from okienko.kernel.people import actions, queries, roles
from okienko.kernel.people.access import actor_of, person_of, requires, scope_of
from okienko.kernel.people.forms.staff import SecondFactorRulesForm


@requires("people.see")
def permission_table(request: HttpRequest) -> HttpResponse:
    """Which role may do what: the one table by which everything is decided, in words."""
    known = roles.all_roles()
    may_change = scope_of(person_of(request), "people.change").everywhere
    asked = queries.roles_asked_for_second_factor()
    form = SecondFactorRulesForm(request.POST or None, initial={"roles": asked})
    if request.method == "POST" and may_change:
        form = SecondFactorRulesForm(request.POST)
        if form.is_valid():
            actions.require_second_factor(form.cleaned_data["roles"], by=actor_of(request), at=now())
            messages.success(request, _("Saved."))
            return redirect("people:roles")
    permissions = roles.all_permissions()
    rows = [
        {"permission": permission, "may": [permission.code in role.may for role in known]}
        for permission in permissions
    ]
    by_role = [(role, [one for one in permissions if one.code in role.may]) for role in known]
    return render(
        request,
        "people/roles.html",
        {"by_role": by_role, "rows": rows, "form": form if may_change else None, "asked": asked},
    )
