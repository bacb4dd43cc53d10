"""What the entries of the record about units, groups and places say."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "unit.added": _("Unit added"),
    "unit.changed": _("Unit changed"),
    "group.added": _("Group added"),
    "group.changed": _("Group changed"),
    "location.added": _("Place added"),
    "location.changed": _("Place changed"),
    "name": _("Name"),
    "symbol": _("Symbol"),
    "parent": _("Belongs to"),
    "kind": _("Kind"),
    "active": _("In use"),
    "address": _("Address"),
    "phone": _("Phone"),
    "fax": _("Fax"),
    "web_page": _("Web page"),
    "bip_page": _("BIP page"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "territory": _("Territory"),
    "own_entity": _("An entity of its own, outside the office"),
    "directions": _("How to get there"),
    "open_for_visits": _("Visits can be booked here now"),
}
