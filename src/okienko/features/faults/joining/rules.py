"""How a unit joins (§ 33-35 of the order; the instruction, § 5)."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from okienko.kernel.people.roles import Permission

# The data come so many days before the unit begins to work here (the instruction, § 5).
DAYS_BEFORE = 5

# The permission groups of the form, as the order calls them. The words are part of the file's format: always Polish.
OVERSEER = "nadzorca"
ROLES = MappingProxyType({OVERSEER: "overseer", "koordynator": "coordinator", "realizator": "executor"})
KINDS = MappingProxyType({"coordinator": "coordinators", "executor": "executors"})

PERMISSIONS = (
    Permission("faults.join", _("Prepare the joining of units and changes of their people")),
    Permission("faults.agree", _("Agree to who works in a unit that joins")),
)
MORE_FOR_ROLES = MappingProxyType(
    {
        "administrator": frozenset({"faults.join", "faults.agree"}),
        "super-overseer": frozenset({"faults.join", "faults.agree"}),
        "fault-administrator": frozenset({"faults.join"}),
        "overseer": frozenset({"faults.join"}),
    }
)


def in_time(day: date, starts_on: date) -> bool:
    return (starts_on - day).days >= DAYS_BEFORE
