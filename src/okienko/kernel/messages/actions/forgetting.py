from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.messages import queries
from okienko.kernel.messages.actions.sending import Recipient
from okienko.kernel.messages.models import Attempt, Enclosure, Message


@atomic
def forget(subject: models.Model, *, by: Actor, at: datetime, to: Recipient | None = None) -> int:
    """Retention: texts and addresses go; that there was a message, of which kind, when and with what end, stays.

    What still waited is not sent: there is nobody left to send it to. With `to` only what went to that one goes, and
    what came in about the subject.
    """
    messages = queries.messages_of(subject).filter(forgotten_at__isnull=True)
    if to is not None:
        theirs = [Q(address__iexact=address) for address in to.addresses().values() if address]
        messages = messages.filter(reduce(or_, theirs, Q(pk__in=[])))
    ids = list(messages.select_for_update().values_list("pk", flat=True))
    chosen = Message.objects.filter(pk__in=ids)
    chosen.filter(state__in=[Message.State.WAITING, Message.State.SENDING]).update(
        state=Message.State.CANCELLED, next_try_at=None
    )
    Attempt.objects.filter(message__in=ids, phase=Attempt.Phase.CLAIMED).update(
        phase=Attempt.Phase.ABANDONED, ended_at=at
    )
    Attempt.objects.filter(message__in=ids).update(answer="")
    Enclosure.objects.filter(message__in=ids).delete()
    chosen.update(
        address="",
        title="",
        text="",
        problem="",
        person=None,
        in_reply_to="",
        gateway_id="",
        cause="",
        once=Concat(Value("forgotten-"), Cast(F("pk"), CharField())),
        forgotten_at=at,
    )
    mails = queries.mails_of(subject).filter(forgotten_at__isnull=True)
    count = mails.update(
        sender="", sender_name="", title="", text="", source=b"", note="", message_id="", forgotten_at=at
    )
    if ids or count:
        record(subject, "message.forgotten", by=by, at=at, after={"messages": len(ids), "mails": count})
    return len(ids) + count
