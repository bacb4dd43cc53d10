"""What visits are booked for: categories, services, and where each of them is handled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.base.text import sort_key
from okienko.features.visits.models import Category, Handling, Service
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.slots.models import Resource


@atomic
def add_category(*, by: Actor, at: datetime, name: str) -> Category:
    demand(by, "visits.services")
    _refuse_known_name(name)
    category = Category.objects.create(name=name, sort_key=sort_key(name))
    record(category, "visit_category.added", by=by, at=at, after={"name": name})
    return category


@atomic
def change_category(category: Category, *, by: Actor, at: datetime, version: int, name: str) -> Category:
    demand(by, "visits.services")
    category = Category.objects.select_for_update().get(pk=category.pk)
    changes.check_version(category, version)
    if name != category.name:
        _refuse_known_name(name)
    before, after = changes.apply(category, {"name": name})
    category.sort_key, category.version = sort_key(name), version + 1
    category.save()
    record(category, "visit_category.changed", by=by, at=at, before=before, after=after)
    return category


def _refuse_known_name(name: str) -> None:
    if Category.objects.filter(name=name).exists():
        raise Refused(_("There is a category of this name already."), code="name-taken", field="name")


@atomic
def add_service(
    *, by: Actor, at: datetime, code: str, title: str, counters: Iterable[Resource], **details: Any
) -> Service:
    demand(by, "visits.services")
    _refuse_known_code(code)
    service = Service.objects.create(code=code, title=title, sort_key=sort_key(title), **details)
    service.counters.set(counters)
    record(service, "visit_service.added", by=by, at=at, after={"code": code, "title": title})
    return service


@atomic
def change_service(
    service: Service, *, by: Actor, at: datetime, version: int, counters: Iterable[Resource], **values: Any
) -> Service:
    """What was booked before stays as it was booked."""
    demand(by, "visits.services")
    service = Service.objects.select_for_update().get(pk=service.pk)
    changes.check_version(service, version)
    if values.get("code", service.code) != service.code:
        _refuse_known_code(values["code"])
    before, after = changes.apply(service, values)
    where = [counter.name for counter in service.counters.all()]
    service.counters.set(counters)
    if (now := [counter.name for counter in service.counters.all()]) != where:
        before["counters"], after["counters"] = where, now
    service.sort_key, service.version = sort_key(service.title), version + 1
    service.save()
    record(service, "visit_service.changed", by=by, at=at, before=before, after=after)
    return service


@atomic
def set_services(counter: Resource, services: Iterable[Service], *, by: Actor, at: datetime) -> None:
    """What is handled at the counter; how long each takes there stays as it was."""
    demand(by, "visits.services")
    before = {row.service_id: row for row in Handling.objects.filter(resource=counter)}
    after = {service.pk: service for service in services}
    Handling.objects.filter(resource=counter).exclude(service__in=after.values()).delete()
    for service in [one for pk, one in after.items() if pk not in before]:
        service.counters.add(counter)
    if before.keys() != after.keys():
        codes = sorted(service.code for service in after.values())
        record(counter, "visit_service.handled", by=by, at=at, after={"services": codes})


@atomic
def set_lengths(service: Service, lengths: Mapping[int, int | None], *, by: Actor, at: datetime) -> None:
    """How long a visit lasts at those counters where it is not as long as elsewhere."""
    demand(by, "visits.services")
    before, after = {}, {}
    for row in Handling.objects.select_for_update().filter(service=service).select_related("resource"):
        minutes = lengths.get(row.resource_id)
        if minutes != row.minutes:
            before[row.resource.name], after[row.resource.name] = row.minutes, minutes
            row.minutes = minutes
            row.save(update_fields=["minutes"])
    if after:
        record(service, "visit_service.lengths", by=by, at=at, before=before, after=after)


@atomic
def set_status(service: Service, status: str, *, by: Actor, at: datetime) -> Service:
    """Only what is published can be booked; what was booked before stays."""
    demand(by, "visits.services")
    service = Service.objects.select_for_update().get(pk=service.pk)
    before = service.status
    service.status = status
    service.version += 1
    service.save(update_fields=["status", "version"])
    record(service, "visit_service.status", by=by, at=at, before={"status": before}, after={"status": status})
    return service


def _refuse_known_code(code: str) -> None:
    if Service.objects.filter(code=code).exists():
        raise Refused(_("Another service already has this code."), code="code-taken", field="code")
