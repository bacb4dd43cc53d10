"""Which days a service offers now: the one place that knows of release hours."""

from __future__ import annotations

from datetime import date, datetime

from okienko.features.visits import rules
from okienko.features.visits.models import Service
from okienko.features.visits.rush.models import Release


def release_of(service: Service) -> Release | None:
    found: Release | None = getattr(service, "release", None)
    return found if found is not None and found.active else None


def horizon(service: Service, at: datetime) -> tuple[date, date]:
    """The first and the last day for which a visit may be booked now; the newest open at the release hour, not at
    midnight, for residents and staff alike.
    """
    first, last = rules.horizon(at, service.nearest_days, service.farthest_days)
    release = release_of(service)
    return first, release.last(at).last_day if release else last


def next_hour(service: Service, at: datetime) -> datetime | None:
    release = release_of(service)
    return release.next(at).hour_at if release else None
