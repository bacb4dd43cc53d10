from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing
from okienko.base.time import now
from okienko.kernel.history.queries import entries_of
from okienko.kernel.history.words import timeline
from okienko.kernel.people import actions, lists, queries, roles
from okienko.kernel.people.access import actor_of, may, person_of, requires
from okienko.kernel.people.forms.staff import (
    ChangePersonForm,
    GoneForm,
    HandOverForm,
    InviteForm,
    LeaveForm,
    RoleForm,
)
from okienko.kernel.people.models import Person
from okienko.kernel.people.views.pages import form_page
from okienko.ui import lists as ui
from okienko.ui.addresses import each
from okienko.ui.lists.paging import page_of

FIELDS = ("first_name", "last_name", "email", "phone", "language", "must_use_second_factor")


@requires("people.see")
def people(request: HttpRequest) -> HttpResponse:
    reader = person_of(request)
    asked = ui.ListRequest.from_query(request.GET, lists.definition(reader))
    page = page_of(lists.rows(asked, reader, today=timezone.localdate(), at=now()), asked)
    opened = each("people:person")
    shown = ui.ListPage(
        name="people",
        title=_("People"),
        request=asked,
        rows=page.rows,
        total=page.total,
        next=page.next,
        previous=page.previous,
        name_of=lambda person: person.name,
        url_of=lambda person: opened(person.pk),
    )
    return render(request, "people/people.html", {"list": shown, "may_change": may(reader, "people.change")})


@requires("people.see")
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """Everything about one staff member: roles, leave, open work, what happened."""
    reader, at = person_of(request), now()
    shown = queries.person_for(reader, person_id)
    manages = queries.may_manage(reader, shown, at=at)
    grants = list(shown.grants.select_related("unit", "group", "given_by").order_by("-id"))
    known = {role.code: role for role in roles.all_roles()}
    return render(
        request,
        "people/person.html",
        {
            "shown": shown,
            "manages": manages,
            "gives": bool(queries.roles_to_give(reader)) and may(reader, "people.change"),
            "grants": [
                {
                    "grant": grant,
                    "name": known[grant.role].name if grant.role in known else grant.role,
                    "over": grant.valid_until is not None and grant.valid_until <= at,
                    "takes": grant.role in known
                    and queries.may_give(reader, known[grant.role], grant.unit, grant.group),
                }
                for grant in grants
            ],
            "away": shown.away_on(timezone.localdate()),
            "open_work": queries.open_work_of(shown),
            "second_factor": queries.has_second_factor(shown),
            "timeline": timeline(entries_of(shown).reverse()),
            "breadcrumbs": _trail((shown.name, "")),
        },
    )


@requires("people.change")
def invite(request: HttpRequest) -> HttpResponse:
    giver = person_of(request)

    def save(given: dict[str, Any]) -> str:
        at = now()
        about = {name: given.pop(name) for name in ("email", "first_name", "last_name", "language")}
        with transaction.atomic():
            invited = actions.invite(by=actor_of(request), at=at, **about)
            actions.give_role(invited, given.pop("role"), by=actor_of(request), at=at, **given)
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": invited.email})
        return reverse("people:person", args=[invited.pk])

    form = InviteForm(giver, request.POST or None)
    crumbs = _trail((_("Invite a staff member"), ""))
    return form_page(
        request,
        form,
        save,
        heading=_("Invite a staff member"),
        submit=_("Invite"),
        back=reverse("people:people"),
        breadcrumbs=crumbs,
    )


@requires("people.change")
def change(request: HttpRequest, person_id: int) -> HttpResponse:
    changed = _managed(request, person_id)

    def save(given: dict[str, Any]) -> str:
        actions.change_person(changed, by=actor_of(request), at=now(), **given)
        messages.success(request, _("Saved."))
        return reverse("people:person", args=[changed.pk])

    return form_page(
        request,
        ChangePersonForm(request.POST or None, initial=_values(changed)),
        save,
        values=_values,
        **_about(changed, _("Change data"), _("Save")),
    )


@requires("people.change")
def leave(request: HttpRequest, person_id: int) -> HttpResponse:
    changed = _managed(request, person_id)

    def save(given: dict[str, Any]) -> str:
        actions.set_leave(
            changed,
            by=actor_of(request),
            at=now(),
            version=given["version"],
            first=given["away_from"],
            last=given["away_until"],
        )
        messages.success(request, _("Saved."))
        return reverse("people:person", args=[changed.pk])

    def values(person: Person) -> dict[str, Any]:
        return {
            "away_from": person.away_from,
            "away_until": person.away_until,
            "version": person.version,
        }

    form = LeaveForm(request.POST or None, initial=values(changed))
    return form_page(request, form, save, values=values, **_about(changed, _("Leave"), _("Save")))


@requires("people.change")
def gone(request: HttpRequest, person_id: int) -> HttpResponse:
    changed = _managed(request, person_id)

    def save(given: dict[str, Any]) -> str:
        actions.leave_for_good(changed, by=actor_of(request), at=now(), version=given["version"])
        messages.success(request, _("The account is closed. Open work waits for somebody to take it over."))
        return reverse("people:person", args=[changed.pk])

    form = GoneForm(request.POST or None, initial={"version": changed.version})
    return form_page(
        request,
        form,
        save,
        values=lambda person: {"version": person.version},
        **_about(changed, _("Gone for good"), _("Close the account")),
    )


@requires("people.change")
def give_role(request: HttpRequest, person_id: int) -> HttpResponse:
    giver = person_of(request)
    given_to = queries.person_for(giver, person_id)

    def save(given: dict[str, Any]) -> str:
        actions.give_role(given_to, given.pop("role"), by=actor_of(request), at=now(), **given)
        messages.success(request, _("The role has been given."))
        return reverse("people:person", args=[given_to.pk])

    form = RoleForm(giver, request.POST or None)
    return form_page(request, form, save, **_about(given_to, _("Give a role"), _("Give")))


@requires("people.change")
def take_role(request: HttpRequest, person_id: int, grant_id: int) -> HttpResponse:
    held_by = queries.person_for(person_of(request), person_id)
    grant = queries.grant_of(held_by, grant_id)
    if request.method == "POST":
        actions.take_role(grant, by=actor_of(request), at=now())
        messages.success(request, _("The role has ended."))
    return redirect("people:person", held_by.pk)


@requires("people.change")
def away(request: HttpRequest) -> HttpResponse:
    """Who is away or gone and has open work, so that nothing is orphaned silently."""
    seen = queries.away(timezone.localdate()).filter(pk__in=queries.visible_to(person_of(request)))
    found = list(seen)
    counts = queries.open_work([one.pk for one in found])
    rows = [{"person": one, "open_work": counts[one.pk]} for one in found if counts.get(one.pk)]
    return render(
        request, "people/away.html", {"rows": rows, "breadcrumbs": _trail((_("Away with open work"), ""))}
    )


@requires("people.change")
def hand_over(request: HttpRequest, person_id: int) -> HttpResponse:
    giver = person_of(request)
    leaving = _managed(request, person_id)

    def save(given: dict[str, Any]) -> str:
        actions.hand_over(leaving, given["to"], by=actor_of(request), at=now())
        messages.success(
            request,
            _("All open work of %(name)s now belongs to %(to)s.")
            % {"name": leaving.name, "to": given["to"].name},
        )
        return reverse("people:person", args=[leaving.pk])

    form = HandOverForm(giver, leaving, request.POST or None)
    return form_page(
        request,
        form,
        save,
        open_work=queries.open_work_of(leaving),
        **_about(leaving, _("Hand over open work"), _("Hand over")),
    )


def _managed(request: HttpRequest, person_id: int) -> Person:
    manager = person_of(request)
    found = queries.person_for(manager, person_id)
    if not queries.may_manage(manager, found, at=now()):
        raise Missing
    return found


def _values(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in (*FIELDS, "version")}


def _about(person: Person, heading: str, submit: str) -> dict[str, Any]:
    here = reverse("people:person", args=[person.pk])
    crumbs = _trail((person.name, here), (heading, ""))
    return {"heading": f"{heading}: {person.name}", "submit": submit, "back": here, "breadcrumbs": crumbs}


def _trail(*crumbs: tuple[str, str]) -> list[dict[str, str]]:
    first = {"name": _("People"), "url": reverse("people:people")}
    return [first, *({"name": name, "url": url} for name, url in crumbs)]
