"""People, as far as the one who asks may see them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import AwareDatetime, Field

from okienko.base.decisions import Missing
from okienko.base.time import now
from okienko.kernel.history.api import version_needed
from okienko.kernel.people import actions, queries
from okienko.kernel.people.access import actor_of, may, person_of
from okienko.kernel.people.forms.staff import ChangePersonForm, HandOverForm, InviteForm, RoleForm
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import called, visible_to
from okienko.site.api.checking import LARGEST_ID, Given, Id, Version, checked

router = Router(tags=["people"])

MOST = 200


class GrantOut(Schema):
    id: int
    role: str
    unit: str | None
    group: str | None
    valid_from: datetime
    valid_until: datetime | None


class PersonOut(Schema):
    id: int
    name: str
    email: str
    phone: str
    kind: str
    active: bool
    version: int


class PersonWithRolesOut(PersonOut):
    roles: list[GrantOut]


class RoleIn(Given):
    role: str
    unit_id: Id | None = None
    group_id: Id | None = None
    valid_from: AwareDatetime | None = Field(None, description="Left out: from now.")
    valid_until: AwareDatetime | None = Field(None, description="Left out: until it is taken.")


class InviteIn(RoleIn):
    email: str
    first_name: str
    last_name: str
    language: str = "pl"


class PersonIn(Given):
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    must_use_second_factor: bool = False
    version: Version | None = None


class LeaveIn(Given):
    first: date | None = Field(description="Both `null`: the person is back.")
    last: date | None
    version: Version | None = None


class GoneIn(Given):
    version: Version | None = None


class HandOverIn(Given):
    to: Id


def _plain(person: Person) -> dict[str, object]:
    return {
        "id": person.pk,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "kind": person.kind,
        "active": person.is_active,
        "version": person.version,
    }


@router.get("/me", response=PersonWithRolesOut, summary="Whose token this is, and the roles behind it")
def read_me(request: HttpRequest) -> dict[str, object]:
    return _with_roles(person_of(request))


@router.get("/people", response=list[PersonOut], summary="People, in alphabetical order")
def list_people(
    request: HttpRequest,
    q: str = Query("", max_length=100, description="The beginnings of names, or of an e-mail."),
    after: int = Query(0, ge=0, le=LARGEST_ID, description="The id of the last person of the page before."),
) -> list[dict[str, object]]:
    people = visible_to(request.user).order_by("sort_key", "pk")
    if q.strip():
        people = people.filter(called(q))
    if after:
        last = visible_to(request.user).filter(pk=after).first()
        if last is None:
            raise Missing
        people = people.filter(Q(sort_key__gt=last.sort_key) | Q(sort_key=last.sort_key, pk__gt=last.pk))
    return [_plain(person) for person in people[:MOST]]


@router.get("/people/{int:person_id}", response=PersonWithRolesOut, summary="One person with roles")
def read_person(request: HttpRequest, person_id: int) -> dict[str, object]:
    person = visible_to(request.user).filter(pk=min(person_id, LARGEST_ID)).first()
    if person is None:
        raise Missing
    return _with_roles(person)


def _answer(response: HttpResponse, person: Person) -> dict[str, object]:
    person.refresh_from_db()
    response["ETag"] = f'"{person.version}"'
    return _with_roles(person)


def _managed(request: HttpRequest, person_id: int) -> Person:
    """Somebody whose account the one who asks may change."""
    manager = person_of(request)
    found = queries.person_for(manager, min(person_id, LARGEST_ID))
    if not queries.may_manage(manager, found, at=now()):
        raise Missing
    return found


def _place(giver: Person, given: RoleIn) -> dict[str, Any]:
    """The role and where it is given, as far as the giver reaches, checked as on the page."""
    form = RoleForm(giver, {"role": given.role, "unit": given.unit_id, "group": given.group_id})
    read = checked(form, unit="unit_id", group="group_id")
    times = {"valid_from": given.valid_from, "valid_until": given.valid_until}
    return {"role": read["role"], "unit": read["unit"], "group": read["group"], **times}


@router.post("/people", response={201: PersonWithRolesOut}, summary="Invite a staff member with a first role")
def invite_person(request: HttpRequest, response: HttpResponse, given: InviteIn) -> dict[str, object]:
    giver, by, at = person_of(request), actor_of(request), now()
    if not may(giver, "people.change"):
        raise Missing
    about = given.model_dump(include={"email", "first_name", "last_name", "language"})
    form = InviteForm(giver, {**about, "role": given.role, "unit": given.unit_id, "group": given.group_id})
    read = checked(form, unit="unit_id", group="group_id")
    place = _place(giver, given)
    with transaction.atomic():
        invited = actions.invite(by=by, at=at, **{name: read[name] for name in about})
        actions.give_role(invited, by=by, at=at, **place)
    return _answer(response, invited)


@router.patch("/people/{int:person_id}", response=PersonWithRolesOut, summary="Correct the data of a person")
def change_person(
    request: HttpRequest, response: HttpResponse, person_id: int, given: PersonIn
) -> dict[str, object]:
    person = _managed(request, person_id)
    names = ("first_name", "last_name", "email", "phone", "language", "must_use_second_factor")
    wanted = {name: getattr(person, name) for name in names} | given.model_dump(exclude_unset=True)
    read = checked(ChangePersonForm(wanted | {"version": version_needed(request, given.version)}))
    return _answer(response, actions.change_person(person, by=actor_of(request), at=now(), **read))


@router.put("/people/{int:person_id}/leave", response=PersonWithRolesOut, summary="Set or end a leave")
def set_leave(
    request: HttpRequest, response: HttpResponse, person_id: int, given: LeaveIn
) -> dict[str, object]:
    person = _managed(request, person_id)
    version = version_needed(request, given.version)
    actions.set_leave(
        person, by=actor_of(request), at=now(), version=version, first=given.first, last=given.last
    )
    return _answer(response, person)


@router.post(
    "/people/{int:person_id}/gone", response=PersonWithRolesOut, summary="Close the account of who has left"
)
def close_account(
    request: HttpRequest, response: HttpResponse, person_id: int, given: GoneIn
) -> dict[str, object]:
    """Roles and tokens end; open work stays visible until somebody takes it over."""
    person = _managed(request, person_id)
    version = version_needed(request, given.version)
    actions.leave_for_good(person, by=actor_of(request), at=now(), version=version)
    return _answer(response, person)


@router.post("/people/{int:person_id}/hand-over", response={204: None}, summary="Hand over all open work")
def hand_over(request: HttpRequest, person_id: int, given: HandOverIn) -> None:
    person = _managed(request, person_id)
    read = checked(HandOverForm(person_of(request), person, {"to": given.to}))
    actions.hand_over(person, read["to"], by=actor_of(request), at=now())


@router.post("/people/{int:person_id}/roles", response={201: PersonWithRolesOut}, summary="Give a role")
def give_role(
    request: HttpRequest, response: HttpResponse, person_id: int, given: RoleIn
) -> dict[str, object]:
    giver = person_of(request)
    person = queries.person_for(giver, min(person_id, LARGEST_ID))
    if not may(giver, "people.change"):
        raise Missing
    actions.give_role(person, by=actor_of(request), at=now(), **_place(giver, given))
    return _answer(response, person)


@router.delete("/people/{int:person_id}/roles/{int:grant_id}", response={204: None}, summary="Take a role")
def take_role(request: HttpRequest, person_id: int, grant_id: int) -> None:
    """Its `id` stands with the person."""
    taker = person_of(request)
    person = queries.person_for(taker, min(person_id, LARGEST_ID))
    if not may(taker, "people.change"):
        raise Missing
    grant = queries.grant_of(person, min(grant_id, LARGEST_ID))
    actions.take_role(grant, by=actor_of(request), at=now())


def _with_roles(person: Person) -> dict[str, object]:
    grants = person.grants.select_related("unit", "group").order_by("pk")
    roles = [
        {
            "id": grant.pk,
            "role": grant.role,
            "unit": grant.unit.symbol if grant.unit else None,
            "group": grant.group.symbol if grant.group else None,
            "valid_from": grant.valid_from,
            "valid_until": grant.valid_until,
        }
        for grant in grants
    ]
    return {**_plain(person), "roles": roles}
