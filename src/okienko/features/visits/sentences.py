"""What entries of the record about visits say to a reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from okienko.features.visits.models import Booking

SENTENCES = {
    "visit.asked_for": _("asked for, waits for confirming"),
    "visit.booked": _("visit booked"),
    "visit.confirmed": _("visit confirmed"),
    "visit.lapsed": _("not confirmed in time"),
    "visit.cancelled": _("visit cancelled"),
    "visit.moved": _("visit moved"),
    "visit_service.added": _("service added"),
    "visit_service.status": _("status of the service changed"),
    "visit_category.added": _("category added"),
    "matter": _("matter"),
    "start": _("beginning"),
    "counter": _("counter"),
}

VALUES = {"state": dict(Booking.State.choices), "source": dict(Booking.Source.choices)}
