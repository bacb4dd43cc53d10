"""What entries of the record about fault reports say to a reader, beside those of every case."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "fault.placed": _("category and place set"),
    "category.added": _("category added"),
    "category.changed": _("category changed"),
    "rule.added": _("rule added"),
    "rule.changed": _("rule changed"),
    "fault.joined": _("somebody else said: me too"),
    "fault.asked": _("somebody asked about it"),
    "fault.contact_withdrawn": _("consent withdrawn, contact data removed"),
    "fault.released": _("text shown to everybody"),
    "fault.hidden": _("text no longer shown to everybody"),
    "map.added": _("added to the map"),
    "map.changed": _("drawn anew"),
    "map.switched_off": _("switched off: the file does not name it"),
    "name": _("name"),
    "street": _("street"),
    "house_number": _("number"),
    "cadastral_district": _("cadastral district"),
    "parcel": _("parcel number"),
    "latitude": _("latitude"),
    "longitude": _("longitude"),
    "category": _("category"),
    "place": _("place"),
}
