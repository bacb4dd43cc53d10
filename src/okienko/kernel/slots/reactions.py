from __future__ import annotations

from django.db.models import F

from okienko.kernel.calendars.events import CalendarChanged
from okienko.kernel.slots.models import Resource


def read_hours_anew(event: CalendarChanged) -> None:
    """Days on which nobody receives may have become others: what processes keep of them is out of date."""
    Resource.objects.filter(calendar_id=event.calendar_id).update(hours_version=F("hours_version") + 1)
