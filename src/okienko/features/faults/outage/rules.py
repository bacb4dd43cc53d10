"""Who keeps the outage book: those who register reports, and administrators."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from okienko.kernel.people.roles import Permission

PERMISSIONS = (Permission("faults.outage", _("Keep the outage book and enter what was taken on paper")),)
MORE_FOR_ROLES = {
    role: frozenset({"faults.outage"}) for role in ("administrator", "super-overseer", "operator")
}
