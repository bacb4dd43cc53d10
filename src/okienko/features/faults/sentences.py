"""What entries of the record about fault reports say to a reader, beside those of every case."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "category": _("Category"),
    "subject": _("Subject"),
    "street": _("Street"),
    "house_number": _("House number"),
    "place": _("In words"),
    "point": _("Point"),
    "description": _("What is wrong?"),
    "contact_name": _("Name"),
    "contact_email": _("E-mail"),
    "contact_phone": _("Phone"),
}

SENTENCES = {
    "covers": _("which part it covers"),
    "fault.covers": _("which part it covers was said"),
    "firm.added": _("firm added"),
    "firm.changed": _("firm changed"),
    "order.sent": _("order sent to the contractor"),
    "order.revoked": _("link of the contractor withdrawn"),
    "order.accepted": _("the contractor has taken the order on"),
    "order.refused": _("the contractor has refused"),
    "order.noted": _("the contractor has written"),
    "order.done": _("the contractor says that it is done"),
    "firm": _("firm"),
    "task": _("what is to be done"),
    "fault.taken_up": _("taken up by an operator"),
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
    "fault.place_released": _("exact place shown to everybody"),
    "fault.place_hidden": _("exact place no longer shown to everybody"),
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
