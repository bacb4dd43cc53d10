from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from okienko.base.time import now
from okienko.kernel.messages import actions, queries
from okienko.kernel.messages.models import Message
from okienko.kernel.people.access import actor_of, demand

router = Router(tags=["messages"])
MOST = 200


class MessageOut(Schema):
    id: int
    notice: str
    channel: str
    language: str
    number: str
    address: str
    title: str
    text: str
    state: str
    problem: str
    written_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None


@router.get("/messages", response=list[MessageOut], summary="Messages, the newest first")
def list_messages(request: HttpRequest, before: int | None = None, troubles: bool = False) -> list[Message]:
    rows = queries.visible_to(request.user)
    if troubles:
        rows = queries.troubles(rows)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:MOST])


@router.get("/messages/{message_id}", response=MessageOut, summary="One message as it was sent")
def read_message(request: HttpRequest, message_id: int) -> Message:
    return queries.message_for(request.user, message_id)


@router.post("/messages/{message_id}/again", response=MessageOut, summary="Send an undelivered message again")
def send_message_again(request: HttpRequest, message_id: int) -> Message:
    demand(actor_of(request), "messages.see")
    queries.message_for(request.user, message_id)
    actions.send_again(queries.visible_to(request.user).filter(pk=message_id), by=actor_of(request), at=now())
    return queries.message_for(request.user, message_id)
