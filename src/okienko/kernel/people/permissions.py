"""The kernel's own rows of the permission table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from okienko.kernel.people.roles import Permission, Reach, Role, register

ADMINISTRATOR = "administrator"

PERMISSIONS = (
    Permission("office.change", _("Change the office's name, coat of arms and colour")),
    Permission("units.see", _("See units, groups and places with their data")),
    Permission("units.change", _("Add, change and switch off units, groups and places")),
    Permission("people.see", _("See staff members and their roles")),
    Permission("people.change", _("Invite staff members, give and take roles, hand over their work")),
    Permission("organisation.import", _("Import the organisation from a spreadsheet")),
    Permission("calendars.see", _("See calendars and work out deadlines")),
    Permission("calendars.change", _("Change calendars and deadlines that run")),
    Permission("history.see", _("See the record of everything")),
    Permission("looks.see", _("Ask who looked at whose data")),
    Permission("consents.change", _("Write consent texts")),
    Permission("retention.run", _("See what is due for removal and remove it")),
    Permission("messages.see", _("See messages sent and those that could not be delivered")),
    Permission("messages.change", _("Change message templates")),
    Permission("knowledge.change", _("Write articles of the knowledge base")),
    Permission("slots.see", _("See when counters receive and who holds which time")),
    Permission("slots.change", _("Change hours of reception")),
    Permission("webhooks.change", _("Tell other programs what happens")),
)

EVERY_CLERK = frozenset({"units.see", "people.see", "calendars.see", "slots.see"})

ROLES = (
    Role(ADMINISTRATOR, _("administrator"), Reach.EVERYWHERE, frozenset(permission.code for permission in PERMISSIONS)),
    Role(
        "unit-administrator",
        _("administrator of a unit"),
        Reach.UNIT,
        EVERY_CLERK | {"units.change", "people.change", "slots.change", "messages.see"},
    ),
    Role("clerk", _("clerk"), Reach.UNIT, EVERY_CLERK | {"messages.see"}),
    Role("data-protection-officer", _("data protection officer"), Reach.EVERYWHERE,
         EVERY_CLERK | {"history.see", "looks.see", "consents.change", "retention.run"}),
)  # fmt: skip


def declare() -> None:
    register(PERMISSIONS, ROLES)
