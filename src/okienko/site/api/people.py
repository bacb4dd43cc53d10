"""People, as far as the one who asks may see them."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query

from okienko.base.decisions import Missing
from okienko.base.text import sort_key
from okienko.kernel.people.access import person_of
from okienko.kernel.people.models import Person
from okienko.kernel.people.queries import visible_to

router = Router(tags=["people"])

MOST = 200
LARGEST_ID = 2**63 - 1


class GrantOut(Schema):
    role: str
    unit: str | None
    group: str | None


class PersonOut(Schema):
    id: int
    name: str
    email: str
    phone: str
    kind: str
    active: bool


class PersonWithRolesOut(PersonOut):
    roles: list[GrantOut]


def _plain(person: Person) -> dict[str, object]:
    return {
        "id": person.pk,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "kind": person.kind,
        "active": person.is_active,
    }


@router.get("/me", response=PersonWithRolesOut, summary="Whose token this is, and the roles behind it")
def read_me(request: HttpRequest) -> dict[str, object]:
    return _with_roles(person_of(request))


@router.get("/people", response=list[PersonOut], summary="People, in alphabetical order")
def list_people(
    request: HttpRequest,
    q: str = Query("", max_length=100, description="The beginning of a last name or of an e-mail."),
    after: int = Query(0, ge=0, le=LARGEST_ID, description="The id of the last person of the page before."),
) -> list[dict[str, object]]:
    people = visible_to(request.user).order_by("sort_key", "pk")
    if q.strip():
        people = people.filter(Q(sort_key__startswith=sort_key(q)) | Q(email__istartswith=q.strip()))
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


def _with_roles(person: Person) -> dict[str, object]:
    grants = person.grants.select_related("unit", "group").order_by("pk")
    roles = [
        {
            "role": grant.role,
            "unit": grant.unit.symbol if grant.unit else None,
            "group": grant.group.symbol if grant.group else None,
        }
        for grant in grants
    ]
    return {**_plain(person), "roles": roles}
