from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from okienko.base.time import now
from okienko.features.faults import actions, queries
from okienko.features.faults.categories.forms import CategoryForm
from okienko.features.faults.routing.queries import problem_of_group
from okienko.kernel.people.access import actor_of, requires
from okienko.kernel.people.views.pages import form_page

FIELDS = (
    "name", "code", "shortcut", "parent", "group", "handled_elsewhere", "elsewhere_phone", "release_text", "release_photos",
    "release_place", "takes_mail",
    "near_metres", "near_weeks", "active", "version",
)  # fmt: skip


@requires("faults.categories")
def categories(request: HttpRequest) -> HttpResponse:
    tree = [(one, depth, problem_of_group(one.group)) for one, depth in queries.category_tree()]
    return render(request, "faults/categories/categories.html", {"tree": tree})


@requires("faults.categories")
def category(request: HttpRequest, category_id: int | None = None) -> HttpResponse:
    changed = queries.category_by_id(category_id) if category_id else None

    def save(_given: dict[str, Any]) -> str:
        values = form.values()
        version = values.pop("version") or 0
        if changed is None:
            actions.add_category(by=actor_of(request), at=now(), **values)
        else:
            actions.change_category(changed, by=actor_of(request), at=now(), version=version, **values)
        messages.success(request, _("Saved."))
        return back

    def shown(one: Any) -> dict[str, Any]:
        return {name: getattr(one, name) for name in FIELDS}

    back = reverse("faults:categories")
    initial = shown(changed) if changed else {"near_metres": 50, "near_weeks": 12, "active": True}
    form = CategoryForm(changed, request.POST or None, initial=initial)
    heading = _("Change a category") if changed else _("Add a category")
    crumbs = [{"name": _("Categories of reports"), "url": back}, {"name": heading, "url": ""}]
    return form_page(
        request, form, save, values=shown, heading=heading, submit=_("Save"), back=back, breadcrumbs=crumbs
    )
