"""Who is told of what happens here: other programs, set up by programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from okienko.base.time import now
from okienko.kernel.history.api import version_needed
from okienko.kernel.people.access import actor_of
from okienko.kernel.webhooks import actions, queries
from okienko.kernel.webhooks.forms import EndpointForm
from okienko.kernel.webhooks.models import Endpoint
from okienko.site.api.checking import LARGEST_ID, Given, Version, checked, demand, told

router = Router(tags=["webhooks"])
MOST = 200
FIELDS = ("name", "url", "events", "active")


class EndpointOut(Schema):
    id: int
    name: str
    url: str
    events: list[str]
    active: bool
    version: int


class NewEndpointOut(EndpointOut):
    secret: str


class FailureOut(Schema):
    id: int
    webhook_id: int
    event: str
    attempts: int
    made_at: datetime
    tried_at: datetime | None
    told: str


class EndpointIn(Given):
    name: str
    url: str
    events: list[str]


class EndpointChangeIn(Given):
    name: str = ""
    url: str = ""
    events: list[str] = []
    active: bool = True
    version: Version | None = None


def _endpoint(request: HttpRequest, webhook_id: int) -> Endpoint:
    demand(request, actions.PERMISSION)
    return queries.endpoint_by_id(min(webhook_id, LARGEST_ID))


@router.get("/webhooks", response=list[EndpointOut], summary="Addresses that are told")
def list_webhooks(request: HttpRequest) -> Any:
    demand(request, actions.PERMISSION)
    return queries.endpoints()


@router.post(
    "/webhooks", response={201: NewEndpointOut}, summary="Add an address; its secret is told this once"
)
def add_webhook(request: HttpRequest, given: EndpointIn) -> Any:
    demand(request, actions.PERMISSION)
    read = checked(EndpointForm(given.model_dump()))
    asked = {name: read[name] for name in ("name", "url", "events")}
    endpoint, secret = actions.add_endpoint(by=actor_of(request), at=now(), **asked)
    return {**EndpointOut.from_orm(endpoint).dict(), "secret": secret}


@router.get(
    "/webhooks/failures", response=list[FailureOut], summary="What could not be told, the newest first"
)
def list_webhook_failures(request: HttpRequest) -> Any:
    demand(request, actions.PERMISSION)
    return [
        {name: getattr(one, name) for name in ("id", "event", "attempts", "made_at", "tried_at", "told")}
        | {"webhook_id": one.endpoint_id}
        for one in queries.failed_deliveries()[:MOST]
    ]


@router.post("/webhooks/failures/{int:delivery_id}/again", response={202: None}, summary="Tell it once more")
def webhook_again(request: HttpRequest, delivery_id: int) -> None:
    demand(request, actions.PERMISSION)
    actions.send_again(min(delivery_id, LARGEST_ID), by=actor_of(request), at=now())


@router.patch(
    "/webhooks/{int:webhook_id}", response=EndpointOut, summary="Change an address, switch it off or on"
)
def change_webhook(
    request: HttpRequest, response: HttpResponse, webhook_id: int, given: EndpointChangeIn
) -> Any:
    endpoint = _endpoint(request, webhook_id)
    version = version_needed(request, given.version)
    asked = {name: getattr(endpoint, name) for name in FIELDS} | given.model_dump(exclude_unset=True)
    read = checked(EndpointForm(asked))
    values = {name: read[name] for name in FIELDS}
    return told(
        response, actions.change_endpoint(endpoint, by=actor_of(request), at=now(), version=version, **values)
    )
