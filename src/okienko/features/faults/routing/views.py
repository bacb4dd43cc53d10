from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused, Stale
from okienko.base.time import now
from okienko.features.faults.models import RoutingRule
from okienko.features.faults.routing import actions, queries
from okienko.features.faults.routing.forms import RuleForm
from okienko.features.faults.routing.rules import arranged
from okienko.kernel.people.access import actor_of, requires

FIELDS = ("category", "area", "group", "active")


@requires("faults.categories")
def rules(request: HttpRequest) -> HttpResponse:
    found = [(rule, queries.problem_of(rule)) for rule in queries.rules()]
    broken = sum(bool(problem) and rule.active for rule, problem in found)
    return render(request, "faults/routing/rules.html", {"rules": found, "broken": broken})


@requires("faults.categories")
def rule(request: HttpRequest, rule_id: int | None = None) -> HttpResponse:
    """A new rule or a change: what it would have done is shown first, only then it can be put into force.

    `?miejsce=` and `?w-uzyciu=` fill the form in, so that moving and switching are tried like anything else.
    """
    at, changed = now(), queries.rule_by_id(rule_id) if rule_id else None
    form = RuleForm(changed, request.POST or None, initial=_initial(request, changed))
    trial = None
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        if "force" in request.POST:
            try:
                actions.save_rule(
                    changed, by=actor_of(request), at=at, **given | {"version": given["version"] or 0}
                )
            except Stale as stale:
                form.refuse(stale)
                form.go_on_from(stale.current.version)  # type: ignore[attr-defined]
            except Refused as refused:
                form.refuse(refused)
            else:
                messages.success(request, _("The rule is in force."))
                return redirect("faults:rules")
        else:
            trial = _tried(changed, given, at)
    elif changed is not None and request.GET:
        trial = _tried(changed, dict(form.initial), at)
    heading = _("Change a rule") if changed else _("Add a rule")
    crumbs = [
        {"name": _("Who gets which reports"), "url": reverse("faults:rules")},
        {"name": heading, "url": ""},
    ]
    context = {"form": form, "trial": trial, "heading": heading, "breadcrumbs": crumbs}
    return render(request, "faults/routing/rule.html", context)


def _initial(request: HttpRequest, changed: RoutingRule | None) -> dict[str, Any]:
    if changed is None:
        return {"position": queries.rules().count() + 1, "active": True, "version": 0}
    initial = {name: getattr(changed, name) for name in (*FIELDS, "position", "version")}
    if (place := request.GET.get("miejsce", "")).isdecimal():
        initial["position"] = int(place[:4])
    if "w-uzyciu" in request.GET:
        initial["active"] = request.GET["w-uzyciu"] == "1"
    return initial


def _tried(changed: RoutingRule | None, given: dict[str, Any], at: Any) -> queries.Trial:
    ordered = list(queries.rules())
    draft = next((one for one in ordered if changed and one.pk == changed.pk), RoutingRule())
    for name in FIELDS:
        setattr(draft, name, given[name])
    return queries.try_on_past(arranged(ordered, draft, given["position"]), at=at)
