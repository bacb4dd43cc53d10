"""From the outbox to the other side, each message once.

A message is handed over in three steps, each committed before the next begins:

1. claimed: the message is in our hands, nothing has been said that could make it arrive;
2. handing: everything is said but the last word, after which it may arrive;
3. the answer of the other side, written at once.

Who dies in step 1 has harmed nothing: the message is sent by another after the lease. Who dies in step 2 leaves
a doubt that no protocol of mail can settle, since the answer is lost with the process. Such a message is
never sent again by itself, unless the other side is known to drop a second copy; it stands among the
troubles as “perhaps delivered”, for a person to decide. Between step 1 and step 2 the attempt is asked for
once more by one conditional UPDATE: a sender that is slow, but not dead, finds that another has taken over, or that
the message was cancelled, and stops before the last word.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction

from okienko.kernel.messages import queries
from okienko.kernel.messages.gateways import Gateway, Outcome, gateway_for
from okienko.kernel.messages.models import Attempt, Message
from okienko.kernel.messages.rules.retries import LEASE, pause_after

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Phase, State = Attempt.Phase, Message.State
BATCH = 200
PATIENCE = timedelta(seconds=90)
"""How long an answer is held for a database that does not take it."""


def deliver_due(channel: str, *, clock: Clock, most: int = BATCH) -> int:
    """Hand over what is due, one connection for all; the number of messages tried."""
    gateway = gateway_for(channel)
    if gateway is None:
        return 0
    try:
        release_dead(channel, safe=gateway.repeats_are_safe, at=clock())
        for number in range(most):
            attempt = claim(channel, at=clock())
            if attempt is None:
                return number
            outcome = hand_over(gateway, attempt, clock)
            if outcome.line_down:
                return number + 1
        return most
    finally:
        gateway.close()


@transaction.atomic(durable=True)
def claim(channel: str, *, at: datetime) -> Attempt | None:
    message = queries.due(channel, at).select_for_update(skip_locked=True).first()
    if message is None:
        return None
    message.state, message.tries, message.next_try_at = State.SENDING, message.tries + 1, None
    message.save(update_fields=["state", "tries", "next_try_at"])
    last = Attempt.objects.filter(message=message).order_by("-number").first()
    return Attempt.objects.create(message=message, number=last.number + 1 if last else 1, started_at=at)


def hand_over(gateway: Gateway, attempt: Attempt, clock: Clock) -> Outcome:
    said_all = False

    def about_to() -> bool:
        nonlocal said_all
        said_all = _still_ours(attempt)
        return said_all

    try:
        outcome = gateway.hand_over(attempt.message, about_to)
    except Exception as error:
        # One message that cannot be made up must not stop the rest; whether it went out is known from `said_all`.
        log.exception("message %s was not handed over", attempt.message_id)
        lost = isinstance(error, OperationalError | InterfaceError)
        answer = f"{type(error).__name__}: {error}"[:1000]
        outcome = (
            Outcome(Phase.UNKNOWN, f"no-answer: {answer}", line_down=True)
            if said_all
            else Outcome(Phase.POSTPONED, answer, line_down=lost)
        )
    if outcome.phase is not Phase.ABANDONED:
        _surely(lambda: conclude(attempt, outcome, at=clock(), safe=gateway.repeats_are_safe))
    return outcome


@transaction.atomic(durable=True)
def _still_ours(attempt: Attempt) -> bool:
    return Attempt.objects.filter(pk=attempt.pk, phase=Phase.CLAIMED).update(phase=Phase.HANDING) == 1


def _surely(write: Callable[[], object]) -> None:
    """An answer once heard is not given up while the database comes back."""
    limit = time.monotonic() + PATIENCE.total_seconds()
    while True:
        try:
            write()
            return
        except (OperationalError, InterfaceError):
            if time.monotonic() > limit:
                raise
            connection.close()
            time.sleep(0.2)


@transaction.atomic(durable=True)
def conclude(attempt: Attempt, outcome: Outcome, *, at: datetime, safe: bool) -> None:
    message = Message.objects.select_for_update().get(pk=attempt.message_id)
    Attempt.objects.filter(pk=attempt.pk).update(phase=outcome.phase, answer=outcome.answer, ended_at=at)
    newest = not Attempt.objects.filter(message=message, number__gt=attempt.number).exists()
    # An answer that comes late ends a doubt, but does not undo what somebody has done since.
    if not newest or message.state not in (State.SENDING, State.UNCERTAIN):
        return
    match outcome.phase:
        case Phase.ACCEPTED:
            message.state, message.sent_at, message.problem = State.SENT, at, ""
            message.gateway_id = outcome.gateway_id
        case Phase.REFUSED:
            message.state, message.problem = State.FAILED, outcome.answer
        case Phase.UNKNOWN if not safe:
            message.state, message.problem = State.UNCERTAIN, outcome.answer
        case _:
            _later(message, outcome.answer, at)
    message.save(update_fields=["state", "sent_at", "problem", "gateway_id", "next_try_at"])


def _later(message: Message, problem: str, at: datetime) -> None:
    pause = pause_after(message.tries)
    message.problem = problem
    if pause is None:
        message.state, message.next_try_at = State.FAILED, None
    else:
        message.state, message.next_try_at = State.WAITING, at + pause


def release_dead(channel: str, *, safe: bool, at: datetime) -> int:
    """Take from senders that died what they had in hand, by the rule above."""
    dead = Attempt.objects.filter(
        message__channel=channel, phase__in=[Phase.CLAIMED, Phase.HANDING], started_at__lt=at - LEASE
    ).order_by("pk")
    return sum(_release(attempt, safe=safe, at=at) for attempt in dead)


@transaction.atomic(durable=True)
def _release(attempt: Attempt, *, safe: bool, at: datetime) -> bool:
    message = Message.objects.select_for_update().get(pk=attempt.message_id)
    begun = Attempt.objects.filter(pk=attempt.pk, phase=Phase.CLAIMED)
    if begun.update(phase=Phase.ABANDONED, ended_at=at):
        unsaid = True
    elif Attempt.objects.filter(pk=attempt.pk, phase=Phase.HANDING).update(phase=Phase.UNKNOWN, ended_at=at):
        unsaid = False
    else:
        return False
    if message.state == State.SENDING:
        if unsaid or safe:
            message.state, message.next_try_at = State.WAITING, at
        else:
            message.state, message.problem = State.UNCERTAIN, "sender-died"
        message.save(update_fields=["state", "next_try_at", "problem"])
    return True
