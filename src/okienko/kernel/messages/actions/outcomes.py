"""What the other side said about a message, written down."""

from __future__ import annotations

from datetime import datetime

from okienko.base.events import publish
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.messages.events import MessageBounced
from okienko.kernel.messages.models import Message


@atomic
def bounced(message_id: int, reason: str, *, by: Actor, at: datetime) -> Message:
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.forgotten_at or message.state in (Message.State.BOUNCED, Message.State.CANCELLED):
        return message
    message.state, message.problem = Message.State.BOUNCED, reason
    message.sent_at = message.sent_at or at
    message.next_try_at = None
    message.save(update_fields=["state", "problem", "sent_at", "next_try_at"])
    record(message, "message.returned", by=by, at=at)
    publish(MessageBounced(message.pk, message.subject_type, message.subject_id, reason, at))
    return message


@atomic
def delivered_by_gateway(message: Message, delivered: bool, said: str, *, by: Actor, at: datetime) -> Message:
    """A delivery report. It also ends doubt: who reports on a message has had it."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state in (Message.State.DELIVERED, Message.State.CANCELLED):
        return message
    if not delivered:
        return bounced(message.pk, said, by=by, at=at)
    message.state, message.problem, message.next_try_at = Message.State.DELIVERED, "", None
    message.sent_at = message.sent_at or at
    message.delivered_at = at
    message.save(update_fields=["state", "problem", "next_try_at", "sent_at", "delivered_at"])
    record(message, "message.delivered", by=by, at=at)
    return message
