"""The list of staff: its columns and filters, and the query behind it."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from okienko.kernel.people import queries, roles
from okienko.kernel.people.access import Someone
from okienko.kernel.people.models import Grant, Person
from okienko.kernel.units.models import Unit
from okienko.ui.lists import Column, Definition, Filter, ListRequest

HERE, AWAY, GONE = "here", "away", "gone"
STATES = ((HERE, _("here")), (AWAY, _("on leave")), (GONE, _("gone")))


def definition(reader: Someone) -> Definition:
    units = queries.units_for(reader, "people.see").order_by("sort_key", "id")
    return Definition(
        (
            Column("name", _("Name"), "name", sort="sort_key", fixed=True),
            Column("email", _("E-mail"), "email"),
            Column("roles", _("Roles"), _roles),
            Column("phone", _("Phone"), "phone", default=False),
            Column("away_until", _("On leave until"), "away_until"),
            Column("left", _("Gone since"), "left_at", default=False),
            Column("joined", _("Account since"), "joined_at", sort="joined_at", default=False),
        ),
        (
            Filter("role", _("Role"), choices=tuple((role.code, role.name) for role in roles.all_roles())),
            Filter(
                "unit",
                _("Unit"),
                choices=tuple((str(pk), name) for pk, name in units.values_list("pk", "name")),
            ),
            Filter("state", _("State"), choices=STATES),
        ),
        sort="name",
    )


def _roles(person: Person) -> str:
    names = {role.code: role.name for role in roles.all_roles()}
    held = (
        f"{names.get(grant.role, grant.role)}{f' ({place.symbol})' if (place := grant.unit or grant.group) else ''}"
        for grant in person.grants_now  # type: ignore[attr-defined]
    )
    return ", ".join(dict.fromkeys(held))


def rows(request: ListRequest, reader: Someone, *, today: date, at: datetime) -> QuerySet[Person]:
    now = Grant.objects.filter(queries.in_force_q(at)).select_related("unit", "group")
    people = queries.visible_to(reader).filter(kind=Person.Kind.STAFF)
    people = people.prefetch_related(Prefetch("grants", queryset=now, to_attr="grants_now"))
    for name, value in request.filters.items():
        people = _narrowed(people, name, value, today=today, at=at)
    return people.filter(queries.called(request.search)) if request.search else people


def _narrowed(
    people: QuerySet[Person], name: str, value: str, *, today: date, at: datetime
) -> QuerySet[Person]:
    held = Grant.objects.filter(queries.in_force_q(at))
    away = Q(away_from__lte=today) & (Q(away_until__isnull=True) | Q(away_until__gte=today))
    match name, value:
        case "role", role:
            return people.filter(pk__in=held.filter(role=role).values("person_id"))
        case "unit", unit_id:
            unit = Unit.objects.filter(pk=int(unit_id)).first()
            path = unit.path if unit else ""
            inside = Q(unit__path__startswith=path) | Q(group__unit__path__startswith=path)
            return people.filter(pk__in=held.filter(inside).values("person_id")) if path else people.none()
        case "state", "gone":
            return people.filter(left_at__isnull=False)
        case "state", "away":
            return people.filter(away, left_at__isnull=True)
        case "state", "here":
            return people.exclude(away).filter(left_at__isnull=True)
        case _:
            return people
