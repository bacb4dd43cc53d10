"""The one permission table: which role may do what, and how far it reaches. Modules add their own rows.

Read it with `okienko manage permissions`, or on the page of roles; both print what stands here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Words = Any


class Reach(StrEnum):
    """How far a grant of the role reaches: over everything, over a unit and those below it, or over one group."""

    EVERYWHERE = "everywhere"
    UNIT = "unit"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Permission:
    code: str
    says: Words


@dataclass(frozen=True, slots=True)
class Role:
    code: str
    name: Words
    reach: Reach
    may: frozenset[str]


_permissions: dict[str, Permission] = {}
_roles: dict[str, Role] = {}


def register(permissions: Iterable[Permission] = (), roles: Iterable[Role] = ()) -> None:
    """Called once per module when the system starts. Two modules that say different things of one code are an error."""
    for permission in permissions:
        if _permissions.setdefault(permission.code, permission) != permission:
            raise ValueError(f"permission {permission.code} is described twice")
    for role in roles:
        if _roles.setdefault(role.code, role) != role:
            raise ValueError(f"role {role.code} is described twice")


def extend(role: str, may: Iterable[str]) -> None:
    """A module lets an existing role do what the module brings."""
    known = _roles[role]
    _roles[role] = Role(known.code, known.name, known.reach, known.may | frozenset(may))


def role(code: str) -> Role:
    return _roles[code]


def all_roles() -> list[Role]:
    return list(_roles.values())


def all_permissions() -> list[Permission]:
    return sorted(_permissions.values(), key=lambda permission: permission.code)


def role_called(code: str) -> str:
    """In the reader's language; of what no module brings any more, the code is all that is left."""
    return str(_roles[code].name) if code in _roles else code


def permission_called(code: str) -> str:
    return str(_permissions[code].says) if code in _permissions else code


def roles_that_may(permission: str) -> list[Role]:
    if permission not in _permissions:
        raise KeyError(f"no module describes the permission {permission}")
    return [known for known in _roles.values() if permission in known.may]
