from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.base.jobs import defer
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.statements import rows_of
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand
from okienko.kernel.webhooks import rules, sending
from okienko.kernel.webhooks.declaring import all_events
from okienko.kernel.webhooks.models import Delivery, Endpoint

PERMISSION = "webhooks.change"


@atomic
def add_endpoint(
    *, by: Actor, at: datetime, name: str, url: str, events: Iterable[str]
) -> tuple[Endpoint, str]:
    """The address and its secret, which is shown now and never again."""
    demand(by, PERMISSION)
    wanted = _checked(url, events)
    endpoint = Endpoint.objects.create(
        name=name, url=url, events=wanted, salt=secrets.token_hex(32), added_at=at
    )
    record(endpoint, "webhook.added", by=by, at=at, after={"name": name, "url": url, "events": wanted})
    return endpoint, rules.secret_of(endpoint.key)


@atomic
def change_endpoint(endpoint: Endpoint, *, by: Actor, at: datetime, version: int, **values: Any) -> Endpoint:
    demand(by, PERMISSION)
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    changes.check_version(endpoint, version)
    values["events"] = _checked(values.get("url", endpoint.url), values.get("events", endpoint.events))
    before, after = changes.apply(endpoint, values)
    endpoint.version += 1
    endpoint.save()
    record(endpoint, "webhook.changed", by=by, at=at, before=before, after=after)
    return endpoint


def _checked(url: str, events: Iterable[str]) -> list[str]:
    try:
        rules.read_address(url, local=not settings.PRODUCTION)
    except rules.WrongAddressError:
        words = _("Give a whole address that begins with https://, without a name or a password in it.")
        raise Refused(words, code="wrong-address", field="url") from None
    wanted = sorted(set(events))
    if not wanted or set(wanted) - {name for name, _says in all_events()}:
        raise Refused(_("Choose at least one event."), code="no-event", field="events")
    return wanted


@atomic
def announce(event: str, payload: Mapping[str, Any], *, at: datetime) -> int:
    """Told to all who asked for it: rows and jobs of the transaction in which it happened, or nothing of it."""
    made = 0
    for endpoint in rows_of(Endpoint, "active AND events @> to_jsonb(%s::text) ORDER BY name, id", [event]):
        delivery = Delivery.objects.create(
            endpoint=endpoint,
            message_id=f"msg_{secrets.token_hex(16)}",
            event=event,
            payload={"type": event, "timestamp": at.isoformat(), "data": dict(payload)},
            made_at=at,
        )
        _defer(delivery)
        made += 1
    return made


def attempt(delivery_id: int, *, at: datetime) -> Delivery | None:
    """One try. The answer is waited for outside any transaction; the receiver knows a repeated one by its id."""
    delivery = (
        Delivery.objects.select_related("endpoint")
        .filter(pk=delivery_id, state=Delivery.State.WAITING)
        .first()
    )
    if delivery is None:
        return None
    endpoint = delivery.endpoint
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
    timestamp = int(at.timestamp())
    headers = {
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": rules.sign(endpoint.key, delivery.message_id, timestamp, body),
    }
    answer = (
        sending.send(endpoint.url, body, headers, local=not settings.PRODUCTION)
        if endpoint.active
        else sending.Answer(False, "switched off")
    )
    with transaction.atomic():
        delivery.attempts += 1
        delivery.tried_at, delivery.told = at, answer.told
        pause = rules.pause_after(delivery.attempts) if endpoint.active else None
        if answer.delivered:
            delivery.state = Delivery.State.DELIVERED
        elif pause is None:
            delivery.state = Delivery.State.FAILED
        else:
            _defer(delivery, at + pause)
        delivery.save()
    return delivery


def _defer(delivery: Delivery, at: datetime | None = None) -> None:
    defer("okienko.kernel.webhooks.jobs.deliver", queue="webhooks", at=at, delivery_id=delivery.pk)


@atomic
def send_again(delivery_id: int, *, by: Actor, at: datetime) -> Delivery:
    demand(by, PERMISSION)
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise Missing
    if delivery.state != Delivery.State.FAILED:
        raise Refused(_("Only what has failed can be sent again."), code="not-failed")
    delivery.state, delivery.attempts = Delivery.State.WAITING, 0
    delivery.save()
    _defer(delivery)
    record(delivery.endpoint, "webhook.sent_again", by=by, at=at, after={"message": delivery.message_id})
    return delivery
