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
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, connection, transaction

from okienko.kernel.history.statements import columns_of, prepared, row_of, width_of
from okienko.kernel.messages.gateways import Gateway, Outcome, gateway_for
from okienko.kernel.messages.models import Attempt, Message
from okienko.kernel.messages.rules.retries import LEASE, pause_after

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Phase, State = Attempt.Phase, Message.State
BATCH = 200
PATIENCE = timedelta(seconds=90)
"""How long an answer is held for a database that does not take it."""


class Carried(NamedTuple):
    """How many messages were tried, and whether the other side cannot be reached, so that more need not be."""

    tried: int
    line_down: bool = False


def deliver_due(channel: str, *, clock: Clock, go_on: Callable[[], bool] = lambda: True) -> Carried:
    """Hand over what is due, one connection for all, at most a batch."""
    gateway = gateway_for(channel)
    if gateway is None:
        return Carried(0)
    try:
        for number in range(BATCH):
            attempt = claim(channel, at=clock()) if go_on() else None
            if attempt is None:
                return Carried(number)
            if hand_over(gateway, attempt, clock).line_down:
                return Carried(number + 1, line_down=True)
        return Carried(BATCH)
    finally:
        gateway.close()


# Asked for every message, so in one statement; who finds a message taken by another looks at the next.
_CLAIM = f"""
    WITH due AS (
        SELECT id FROM {Message._meta.db_table}
        WHERE channel = %(channel)s AND state = 'waiting' AND next_try_at <= %(at)s
        ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    ), message AS (
        UPDATE {Message._meta.db_table} AS row SET state = 'sending', tries = tries + 1, next_try_at = NULL
        FROM due WHERE row.id = due.id RETURNING row.*
    ), attempt AS (
        INSERT INTO {Attempt._meta.db_table} (message_id, number, phase, started_at, answer)
        SELECT id, 1 + coalesce((SELECT max(number) FROM {Attempt._meta.db_table} WHERE message_id = message.id), 0),
            'claimed', %(at)s, ''
        FROM message RETURNING *
    )
    SELECT {columns_of(Attempt)}, {columns_of(Message)}
    FROM attempt AS "{Attempt._meta.db_table}", message AS "{Message._meta.db_table}"
"""  # noqa: S608


@transaction.atomic(durable=True)
def claim(channel: str, *, at: datetime) -> Attempt | None:
    with prepared() as cursor:
        cursor.execute(_CLAIM, {"channel": channel, "at": at})
        row = cursor.fetchone()
    if row is None:
        return None
    attempt = row_of(Attempt, row[: width_of(Attempt)])
    attempt.message = row_of(Message, row[width_of(Attempt) :])
    return attempt


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
    with prepared() as cursor:
        cursor.execute(_HANDING, [attempt.pk])
        return bool(cursor.rowcount)


_HANDING = f"UPDATE {Attempt._meta.db_table} SET phase = 'handing' WHERE id = %s AND phase = 'claimed'"  # noqa: S608


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


_LOCK = (
    f"SELECT state, tries, forgotten_at IS NOT NULL FROM {Message._meta.db_table} WHERE id = %s FOR UPDATE"  # noqa: S608
)
_ENDED = f"""
    UPDATE {Attempt._meta.db_table} AS ended SET phase = %s, answer = %s, ended_at = %s WHERE id = %s
    RETURNING NOT EXISTS (
        SELECT FROM {Attempt._meta.db_table} AS later
        WHERE later.message_id = ended.message_id AND later.number > ended.number
    )
"""  # noqa: S608
_SENT = f"""
    UPDATE {Message._meta.db_table} SET state = 'sent', sent_at = %s, problem = '', gateway_id = %s WHERE id = %s
"""  # noqa: S608


@transaction.atomic(durable=True)
def conclude(attempt: Attempt, outcome: Outcome, *, at: datetime, safe: bool) -> None:
    message = attempt.message
    with prepared() as cursor:
        cursor.execute(_LOCK, [message.pk])
        message.state, message.tries, forgotten = cursor.fetchone()
        # What the other side answers may name whom it was for.
        said = "" if forgotten else outcome.answer
        cursor.execute(_ENDED, [outcome.phase.value, said, at, attempt.pk])
        (newest,) = cursor.fetchone()
        if forgotten:
            return
        # An answer that comes late ends a doubt, but does not undo what somebody has done since.
        if not newest or message.state not in (State.SENDING, State.UNCERTAIN):
            return
        if outcome.phase is Phase.ACCEPTED:
            cursor.execute(_SENT, [at, outcome.gateway_id, message.pk])
            return
    match outcome.phase:
        case Phase.REFUSED:
            message.state, message.problem = State.FAILED, outcome.answer
        case Phase.UNKNOWN if not safe:
            message.state, message.problem = State.UNCERTAIN, outcome.answer
        case _:
            _later(message, outcome.answer, at)
    message.save(update_fields=["state", "problem", "next_try_at"])


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
