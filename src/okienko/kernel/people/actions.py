from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.base.events import publish
from okienko.kernel.history import changes
from okienko.kernel.history.actions import forget, record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people import queries, roles
from okienko.kernel.people.access import demand, scope_of
from okienko.kernel.people.events import StaffMemberInvited, StaffMemberLeft, WorkHandedOver
from okienko.kernel.people.models import ApiToken, Grant, Person, SecondFactorRule
from okienko.kernel.people.permissions import ADMINISTRATOR
from okienko.kernel.units.models import Group, Unit


@atomic
def invite(
    *, by: Actor, at: datetime, email: str, first_name: str = "", last_name: str = "", **details: Any
) -> Person:
    """An account for a staff member, without a password until they set one by the link that they get."""
    demand(by, "people.change")
    email = email.strip().lower()
    if Person.objects.filter(email__iexact=email).exists():
        raise Refused(_("There is already an account with this e-mail."), code="email-taken", field="email")
    person = Person(
        email=email,
        first_name=first_name,
        last_name=last_name,
        kind=Person.Kind.STAFF,
        joined_at=at,
        **details,
    )
    person.set_unusable_password()
    person.save()
    record(person, "person.invited", by=by, at=at, after={"email": email, "name": person.name})
    publish(StaffMemberInvited(person.pk, at))
    return person


@atomic
def appoint_administrator(
    *, by: Actor, at: datetime, email: str, first_name: str = "", last_name: str = ""
) -> Person:
    """Whoever runs the machine lets somebody in who may do everything: the first of an office, or when all are gone."""
    person = Person.objects.filter(email__iexact=email.strip()).first()
    if person is None:
        person = invite(by=by, at=at, email=email, first_name=first_name, last_name=last_name)
    if not person.is_active:
        raise Refused(_("This account is closed."), code="closed", field="email")
    if not Grant.objects.filter(queries.not_over_q(at), person=person, role=ADMINISTRATOR).exists():
        give_role(person, ADMINISTRATOR, by=by, at=at)
    return person


@atomic
def sign_up(person: Person, *, by: Actor, at: datetime) -> Person:
    """A resident made an account; the e-mail is still to be verified."""
    person.joined_at = at
    person.save()
    record(person, "person.signed_up", by=by, at=at)
    return person


@atomic
def close_account(person: Person, *, by: Actor, at: datetime) -> Person:
    """A resident leaves: nothing personal stays, while what others keep under this number still counts."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.is_staff_member:
        raise Refused(_("Accounts of staff are closed by an administrator."), code="staff-account")
    if by.person_id not in (None, person.pk):
        raise Missing
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    UserSession.objects.filter(user=person).delete()
    person.email = f"closed-{person.pk}{queries.CLOSED}"
    person.first_name = person.last_name = person.phone = ""
    person.is_active, person.left_at = False, person.left_at or at
    person.set_unusable_password()
    person.version += 1
    person.save()
    forget(person, by=Actor.system("people"), at=at, kind="person.closed")
    return person


OWN_FIELDS = frozenset({"first_name", "last_name", "phone", "language"})


def _demand_over(person: Person, by: Actor, at: datetime) -> None:
    """Whoever changes an account could take it over: only who could give all that it holds may."""
    manager = _acting(by)
    if manager is not None and not queries.may_manage(manager, person, at=at):
        raise Missing


def _acting(by: Actor) -> Person | None:
    """The person behind the actor, with no more than their token lets them; None for parts of the system."""
    demand(by, "people.change")
    if by.person_id is None:
        return None
    acting = Person.objects.get(pk=by.person_id)
    acting.token_scopes = by.scopes
    return acting


@atomic
def change_person(person: Person, *, by: Actor, at: datetime, version: int, **values: Any) -> Person:
    person = Person.objects.select_for_update().get(pk=person.pk)
    if by.person_id != person.pk or not values.keys() <= OWN_FIELDS:
        _demand_over(person, by, at)
    changes.check_version(person, version)
    _refuse_taken_email(person, values)
    before, after = changes.apply(person, values)
    person.version += 1
    person.save()
    record(person, "person.changed", by=by, at=at, before=before, after=after)
    return person


def _refuse_taken_email(person: Person, values: dict[str, Any]) -> None:
    if "email" in values:
        values["email"] = values["email"].strip().lower()
        if Person.objects.filter(email__iexact=values["email"]).exclude(pk=person.pk).exists():
            raise Refused(
                _("There is already an account with this e-mail."), code="email-taken", field="email"
            )


@atomic
def give_role(
    person: Person,
    role: str,
    *,
    by: Actor,
    at: datetime,
    unit: Unit | None = None,
    group: Group | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Grant:
    _check_place(role, unit, group)
    _demand_to_give(role, unit, group, by)
    if valid_until is not None and valid_until <= (valid_from or at):
        raise Refused(_("The role would end before it begins."), code="role-reversed", field="valid_until")
    if not person.is_staff_member:
        raise Refused(_("Roles are for staff members."), code="not-staff")
    if Grant.objects.filter(
        person=person, role=role, unit=unit, group=group, valid_until__isnull=True
    ).exists():
        raise Refused(_("This person already has this role there."), code="role-given-already", field="role")
    grant = Grant.objects.create(
        person=person,
        role=role,
        unit=unit,
        group=group,
        valid_from=valid_from or at,
        valid_until=valid_until,
        given_by_id=by.person_id,
    )
    place = {"unit": unit and unit.symbol, "group": group and group.symbol}
    record(person, "person.role_given", by=by, at=at, after={"role": role, **place, "until": valid_until})
    return grant


def _check_place(role: str, unit: Unit | None, group: Group | None) -> None:
    reach = roles.role(role).reach
    right = {
        roles.Reach.EVERYWHERE: unit is None and group is None,
        roles.Reach.UNIT: unit is not None and group is None,
        roles.Reach.GROUP: group is not None and unit is None,
    }
    if right[reach]:
        return
    words = {
        roles.Reach.EVERYWHERE: _("This role is given for everything, not for one unit or group."),
        roles.Reach.UNIT: _("Choose the unit in which the role is given."),
        roles.Reach.GROUP: _("Choose the group in which the role is given."),
    }
    fields = {roles.Reach.EVERYWHERE: None, roles.Reach.UNIT: "unit", roles.Reach.GROUP: "group"}
    raise Refused(words[reach], code="wrong-place", field=fields[reach])


def _demand_to_give(role: str, unit: Unit | None, group: Group | None, by: Actor) -> None:
    """No further than one's own reach, and nothing that one may not do there oneself."""
    demand(by, "people.change", unit=unit, group=group)
    giver = _acting(by)
    if giver is None:
        return
    if unit is None and group is None and not scope_of(giver, "people.change").everywhere:
        raise Missing
    if not queries.may_give(giver, roles.role(role), unit, group):
        raise Refused(
            _("This role may do more than you may there, so you cannot give it or take it."),
            code="role-beyond-own",
            field="role",
        )


@atomic
def take_role(grant: Grant, *, by: Actor, at: datetime) -> Grant:
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("person", "unit", "group")
        .get(pk=grant.pk)
    )
    _demand_to_give(grant.role, grant.unit, grant.group, by)
    if grant.valid_until is not None and grant.valid_until <= at:
        raise Refused(_("This role has already ended."), code="role-ended")
    grant.valid_until = max(at, grant.valid_from)
    grant.save(update_fields=["valid_until"])
    place = {"unit": grant.unit and grant.unit.symbol, "group": grant.group and grant.group.symbol}
    record(grant.person, "person.role_taken", by=by, at=at, before={"role": grant.role, **place})
    return grant


@atomic
def set_role_end(grant: Grant, *, by: Actor, at: datetime, valid_until: datetime | None) -> Grant:
    """A role lasts longer or shorter than was said when it was given."""
    grant = (
        Grant.objects.select_for_update(of=("self",))
        .select_related("person", "unit", "group")
        .get(pk=grant.pk)
    )
    _demand_to_give(grant.role, grant.unit, grant.group, by)
    if valid_until is not None and valid_until < max(at, grant.valid_from):
        raise Refused(_("The role would end before it begins."), code="role-reversed", field="valid_until")
    before, grant.valid_until = grant.valid_until, valid_until
    grant.save(update_fields=["valid_until"])
    record(
        grant.person,
        "person.role_end_set",
        by=by,
        at=at,
        before={"until": before},
        after={"role": grant.role, "until": valid_until},
    )
    return grant


@atomic
def set_leave(
    person: Person, *, by: Actor, at: datetime, version: int, first: date | None, last: date | None
) -> Person:
    if first and last and last < first:
        raise Refused(
            _("The last day of leave is before the first."), code="leave-reversed", field="away_until"
        )
    return change_person(person, by=by, at=at, version=version, away_from=first, away_until=last)


@atomic
def leave_for_good(person: Person, *, by: Actor, at: datetime, version: int) -> Person:
    """The account is closed and the roles end; open work stays visible until somebody takes it over."""
    person = change_person(person, by=by, at=at, version=version, is_active=False, left_at=at)
    for grant in person.grants.filter(queries.not_over_q(at)):
        take_role(grant, by=by, at=at)
    for token in person.tokens.filter(revoked_at__isnull=True):
        withdraw_token(token, by=by, at=at)
    publish(StaffMemberLeft(person.pk, at))
    return person


@atomic
def hand_over(person: Person, to: Person, *, by: Actor, at: datetime) -> None:
    if person.pk == to.pk or not to.is_active or not to.is_staff_member:
        raise Refused(
            _("Choose another staff member who works here now."), code="cannot-take-over", field="to"
        )
    _demand_over(person, by, at)
    record(person, "person.work_handed_over", by=by, at=at, after={"to": to.email})
    publish(WorkHandedOver(person.pk, to.pk, by.person_id, by.label, at))


@atomic
def create_token(
    person: Person,
    *,
    by: Actor,
    at: datetime,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """The token and its secret; the secret is shown once and kept nowhere. Scopes may be written `visits:book` too."""
    _demand_own(person, by)
    known = {permission.code for permission in roles.all_permissions()}
    wanted = sorted({scope.replace(":", ".") for scope in scopes})
    if not wanted:
        raise Refused(_("Choose at least one scope."), code="no-scope", field="scopes")
    if unknown := [scope for scope in wanted if scope not in known]:
        raise Refused(
            _("There is no scope “%(scope)s”.") % {"scope": unknown[0]}, code="unknown-scope", field="scopes"
        )
    secret = f"okn_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        person=person,
        name=name,
        scopes=wanted,
        digest=hashlib.sha256(secret.encode()).digest(),
        hint=secret[:8],
        created_at=at,
        expires_at=expires_at,
    )
    record(
        person,
        "person.token_made",
        by=by,
        at=at,
        after={"name": name, "scopes": wanted, "expires_at": expires_at},
    )
    return token, secret


def _demand_own(person: Person, by: Actor) -> None:
    """Keys are one's own business, and no key makes another."""
    if by.person_id is None:
        demand(by, "people.change")
    elif by.person_id != person.pk or by.scopes is not None:
        raise Missing


@atomic
def require_second_factor(roles_asked: Iterable[str], *, by: Actor, at: datetime) -> None:
    """Whoever holds one of these roles must use a second factor from now on; holders of others need not."""
    acting = _acting(by)
    if acting is not None and not scope_of(acting, "people.change").everywhere:
        raise Missing
    wanted = {roles.role(code).code for code in roles_asked}
    known = {rule.role: rule for rule in SecondFactorRule.objects.select_for_update()}
    for code in sorted(wanted - known.keys()):
        record(
            SecondFactorRule.objects.create(role=code),
            "second_factor.asked",
            by=by,
            at=at,
            after={"role": code},
        )
    for code in sorted(known.keys() - wanted):
        record(known[code], "second_factor.not_asked", by=by, at=at, before={"role": code})
        known[code].delete()


@atomic
def withdraw_token(token: ApiToken, *, by: Actor, at: datetime) -> ApiToken:
    if by.person_id != token.person_id:
        _demand_over(token.person, by, at)
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    record(token.person, "person.token_withdrawn", by=by, at=at, before={"name": token.name})
    return token
