from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from okienko.base.decisions import Missing
from okienko.kernel.history.statements import columns_of, prepared, row_of, width_of
from okienko.kernel.people import roles
from okienko.kernel.people.access import GIVEN, HELD, Scope, Someone, scope_of, with_rights
from okienko.kernel.people.models import ApiToken, Grant, OrganisationImport, Person, SecondFactorRule
from okienko.kernel.units.models import Group, Unit
from okienko.kernel.units.naming import named


def in_force_q(at: datetime) -> Q:
    return Q(valid_from__lte=at) & (Q(valid_until__isnull=True) | Q(valid_until__gt=at))


def visible_to(person: Someone) -> QuerySet[Person]:
    """Oneself, and the staff of those units that one's roles reach."""
    everybody = Person.objects.all()
    own = Q(pk=person.pk) if isinstance(person, Person) else Q(pk__in=[])
    scope: Scope = scope_of(person, "people.see")
    if scope.everywhere:
        return everybody
    if not scope:
        return everybody.filter(own)
    grants = Grant.objects.filter(Q(unit__in=scope.units) | Q(group__in=scope.groups))
    return everybody.filter(own | Q(pk__in=grants.values("person_id")))


def called(typed: str) -> Q:
    """Who has a name whose words begin as those typed, or an e-mail that begins so."""
    rule = named(typed)
    return rule | Q(email__istartswith=typed.strip()) if typed.strip() else rule


def staff_with(
    role: str, *, unit_id: int | None = None, group_id: int | None = None, at: datetime
) -> QuerySet[Person]:
    grants = Grant.objects.filter(in_force_q(at), role=role)
    if unit_id is not None:
        grants = grants.filter(unit_id=unit_id)
    if group_id is not None:
        grants = grants.filter(group_id=group_id)
    return Person.objects.filter(pk__in=grants.values("person_id"), is_active=True)


def away(day: date) -> QuerySet[Person]:
    """Staff members whose open work somebody should look at: on leave that day, or gone."""
    on_leave = Q(away_from__lte=day) & (Q(away_until__isnull=True) | Q(away_until__gte=day))
    return Person.objects.filter(kind=Person.Kind.STAFF).filter(on_leave | Q(left_at__isnull=False))


_HOLDER = f"""
    SELECT {columns_of(ApiToken)}, {columns_of(Person)}, {HELD}
    FROM people_apitoken
    JOIN people_person ON people_person.id = people_apitoken.person_id AND people_person.is_active
    LEFT JOIN ({GIVEN}) ON held.person_id = people_person.id
    WHERE digest = %s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %s)
"""  # noqa: S608


_SIGNED_IN = f"""
    SELECT {columns_of(Person)}, {HELD}
    FROM people_person LEFT JOIN ({GIVEN}) ON held.person_id = people_person.id
    WHERE people_person.id = %s AND people_person.is_active
"""  # noqa: S608


def person_signed_in(person_id: int) -> Person | None:
    """Asked with every page of somebody who is signed in."""
    with prepared() as cursor:
        cursor.execute(_SIGNED_IN, [person_id])
        rows = cursor.fetchall()
    if not rows:
        return None
    whole = width_of(Person)
    return with_rights(row_of(Person, rows[0][:whole]), [row[whole:] for row in rows])


def token_holder(secret: str, *, at: datetime) -> ApiToken | None:
    """Asked with every request of a program: the token, its person and their rights in one statement."""
    with prepared() as cursor:
        cursor.execute(_HOLDER, [hashlib.sha256(secret.encode()).digest(), at])
        rows = cursor.fetchall()
    if not rows:
        return None
    own, whole = width_of(ApiToken), width_of(ApiToken) + width_of(Person)
    token = row_of(ApiToken, rows[0][:own])
    token.person = with_rights(row_of(Person, rows[0][own:whole]), [row[whole:] for row in rows])
    return token


def person_for(reader: Someone, person_id: int) -> Person:
    found = visible_to(reader).filter(pk=person_id, kind=Person.Kind.STAFF).first()
    if found is None:
        raise Missing
    return found


def grant_of(person: Person, grant_id: int) -> Grant:
    found = person.grants.filter(pk=grant_id).first()
    if found is None:
        raise Missing
    return found


# What one may change in others


def may_give(giver: Someone, role: roles.Role, unit: Unit | None, group: Group | None) -> bool:
    """Nobody gives more than they hold there; who may change people everywhere gives any role."""
    scope = scope_of(giver, "people.change")
    if scope.everywhere:
        return True
    place = {"unit_id": unit.pk if unit else None, "group_id": group.pk if group else None}
    if not scope.covers(**place):
        return False
    return all(scope_of(giver, permission).covers(**place) for permission in role.may)


def may_manage(manager: Someone, person: Person, *, at: datetime) -> bool:
    """Whoever changes an account could take it over, so one must be able to give every role that it holds.

    Of who is gone the roles count that ended with the account: somebody has to hand over the open work.
    """
    scope = scope_of(manager, "people.change")
    if scope.everywhere:
        return True
    if not scope or not person.is_staff_member:
        return False
    still = not_over_q(at) if person.left_at is None else ~Q(valid_until__lt=person.left_at)
    held = person.grants.filter(still).select_related("unit", "group")
    known = {role.code: role for role in roles.all_roles()}
    grants = list(held)
    return bool(grants) and all(
        grant.role in known and may_give(manager, known[grant.role], grant.unit, grant.group)
        for grant in grants
    )


def not_over_q(at: datetime) -> Q:
    return Q(valid_until__isnull=True) | Q(valid_until__gt=at)


def roles_to_give(giver: Someone) -> list[roles.Role]:
    """Roles that the person could give in some place of theirs."""
    everywhere = scope_of(giver, "people.change").everywhere
    return [
        role
        for role in roles.all_roles()
        if everywhere
        or (
            role.reach is not roles.Reach.EVERYWHERE
            and all(scope_of(giver, permission) for permission in role.may)
        )
    ]


def scopes_to_give(person: Person) -> list[roles.Permission]:
    """What a key for a program may be allowed: no more than its maker may do somewhere."""
    return [permission for permission in roles.all_permissions() if scope_of(person, permission.code)]


# Open work, which other modules keep and count

CountOpenWork = Callable[[Collection[int]], Mapping[int, int]]
_counters: list[CountOpenWork] = []


def count_open_work(counter: CountOpenWork) -> None:
    """A module that gives work to people says, for many people at once, how much of it is open."""
    if counter not in _counters:
        _counters.append(counter)


def open_work(people: Collection[int]) -> Mapping[int, int]:
    found: Counter[int] = Counter()
    for counter in _counters:
        found.update(counter(people))
    return found


def open_work_of(person: Person) -> int:
    return open_work([person.pk]).get(person.pk, 0)


# Sign-in

CLOSED = "@closed.invalid"


def closed_with_data(before: datetime) -> QuerySet[Person]:
    """Residents whose account ended before this moment and still says who they were."""
    ended = Person.objects.filter(kind=Person.Kind.RESIDENT, left_at__lt=before)
    return ended.exclude(email__endswith=CLOSED)


def lacks_second_factor(person: Person, *, at: datetime) -> bool:
    """Asked on every page of staff: one statement."""
    required = Grant.objects.filter(
        in_force_q(at), person=OuterRef("pk"), role__in=SecondFactorRule.objects.values("role")
    )
    owned = Authenticator.objects.filter(
        user=OuterRef("pk"), type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )
    asked = Q(must_use_second_factor=True) | Q(Exists(required))
    return Person.objects.filter(asked, ~Exists(owned), pk=person.pk).exists()


def roles_asked_for_second_factor() -> list[str]:
    return list(SecondFactorRule.objects.values_list("role", flat=True))


def has_second_factor(person: Person) -> bool:
    owned = Authenticator.objects.filter(
        user=person, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )
    return bool(owned.exists())


def password_path(person: Person) -> str:
    """The link by which an invited person sets a password: for one use, for a few days."""
    token = default_token_generator.make_token(person)
    return reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": token}
    )


# Units, as far as roles reach


def units_for(person: Someone, permission: str) -> QuerySet[Unit]:
    """Where the person may do this; to see, also the units of one's groups."""
    scope = scope_of(person, permission)
    if scope.everywhere:
        return Unit.objects.all()
    reached = Q(pk__in=scope.units)
    if permission.endswith(".see"):
        reached |= Q(groups__in=scope.groups)
    return Unit.objects.filter(reached).distinct()


def units_to_belong_to(changer: Someone, changed: Unit | None) -> QuerySet[Unit]:
    """Units of one's own reach; the present one stays possible although it is beyond."""
    possible = Q(pk__in=units_for(changer, "units.change").filter(active=True).values("pk"))
    if changed is None:
        return Unit.objects.filter(possible)
    if changed.parent_id is not None:
        possible |= Q(pk=changed.parent_id)
    return Unit.objects.filter(possible).exclude(path__startswith=changed.path)


def groups_for(person: Someone, permission: str) -> QuerySet[Group]:
    scope = scope_of(person, permission)
    return Group.objects.all() if scope.everywhere else Group.objects.filter(pk__in=scope.groups)


# The organisation as a file


def imports() -> QuerySet[OrganisationImport]:
    """Without the files themselves, the latest first."""
    return OrganisationImport.objects.select_related("uploaded_by").defer("content")


def import_by_id(import_id: int) -> OrganisationImport:
    found = OrganisationImport.objects.filter(pk=import_id).first()
    if found is None:
        raise Missing
    return found
