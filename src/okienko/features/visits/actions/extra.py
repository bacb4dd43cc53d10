"""The fields that an office adds to the form of a service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from okienko.features.visits.models import ExtraField, Service
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand


@atomic
def add_extra_field(
    service: Service, *, by: Actor, at: datetime, kind: str, label: str, **details: Any
) -> ExtraField:
    demand(by, "visits.services")
    extra = ExtraField.objects.create(service=service, kind=kind, label=label, **details)
    record(service, "visit_field.added", by=by, at=at, after={"label": label, "kind": kind})
    return extra


@atomic
def change_extra_field(
    extra: ExtraField, *, by: Actor, at: datetime, version: int, **values: Any
) -> ExtraField:
    """What was answered before keeps the question to which it was an answer."""
    demand(by, "visits.services")
    extra = ExtraField.objects.select_for_update().select_related("service").get(pk=extra.pk)
    changes.check_version(extra, version)
    before, after = changes.apply(extra, values)
    extra.version += 1
    extra.save()
    record(extra.service, "visit_field.changed", by=by, at=at, before=before, after=after, note=extra.label)
    return extra


@atomic
def remove_extra_field(extra: ExtraField, *, by: Actor, at: datetime) -> None:
    """It is not asked any more; answers stay with the bookings."""
    demand(by, "visits.services")
    before = {"label": extra.label, "kind": extra.kind}
    service = extra.service
    extra.delete()
    record(service, "visit_field.removed", by=by, at=at, before=before)
