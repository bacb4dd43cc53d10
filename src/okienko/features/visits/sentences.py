"""What entries of the record about visits say to a reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from okienko.features.visits.models import Booking

SENTENCES = {
    "visit.asked_for": _("asked for, waits for confirming"),
    "visit.booked": _("visit booked"),
    "visit.confirmed": _("visit confirmed"),
    "visit.wrong_code": _("a wrong code was given"),
    "visit.reminded": _("reminder written"),
    "visit.lapsed": _("not confirmed in time"),
    "visit.cancelled": _("visit cancelled"),
    "visit.moved": _("visit moved"),
    "visit_service.added": _("service added"),
    "visit_service.changed": _("service changed"),
    "visit_service.lengths": _("length of the visit at counters changed"),
    "visit_service.handled": _("services of the counter changed"),
    "visit_category.changed": _("category changed"),
    "hours_template.added": _("template of hours added"),
    "hours_template.changed": _("template of hours changed"),
    "hours_template.laid": _("template of hours laid over days"),
    "visit_service.status": _("status of the service changed"),
    "visit_category.added": _("category added"),
    "visit_field.added": _("field of the form added"),
    "visit_field.changed": _("field of the form changed"),
    "visit_field.removed": _("field of the form removed"),
    "visits.mass_ordered": _("change of many visits ordered"),
    "visits.mass_done": _("change of many visits done"),
    "visit_waiting.joined": _("put on the list of those who wait"),
    "visit_waiting.offered": _("a time offered"),
    "visit_waiting.taken": _("the offered time taken"),
    "visit_waiting.left": _("left the list of those who wait"),
    "visit_waiting.again": _("waits again"),
    "until": _("until when"),
    "matter": _("matter"),
    "start": _("beginning"),
    "counter": _("counter"),
    "site": _("site"),
    "source": _("source"),
}

VALUES = {"state": dict(Booking.State.choices), "source": dict(Booking.Source.choices)}
