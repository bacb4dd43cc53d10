"""Who carries messages out: one for each channel looks at the outbox as long as its worker lives.

Nobody is called. A message costs whoever writes it one row and no job, and many that come at once are carried together.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic

from django.db import connection

from okienko.kernel.messages import delivery, queries
from okienko.kernel.messages.delivery import Carried, Clock
from okienko.kernel.messages.gateways import gateway_for
from okienko.kernel.messages.models import Channel

log = logging.getLogger(__name__)

PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""When the other side, or the database, cannot be reached."""
HANDS, LOAD = 4, 25
"""So many conversations at a time with one server, one for each so many messages that wait."""
LOOK_FOR_DEAD = timedelta(seconds=30)


class Courier:
    def __init__(self, channel: str, *, clock: Clock) -> None:
        self.channel, self.clock = channel, clock
        self.stopped = Event()
        self.looked_for_dead: datetime | None = None

    def work(self) -> None:
        pause = PAUSE
        while not self.stopped.wait(pause):
            pause = PAUSE if self.round() else min(pause * 2, LONGEST_PAUSE)
        connection.close()

    def round(self) -> bool:
        """Everything that is due is carried; whether it went well."""
        try:
            self._release_dead()
            waiting = queries.how_many_due(self.channel, most=HANDS * LOAD, at=self.clock())
        except Exception:
            log.exception("the outbox of %s could not be read", self.channel)
            connection.close()
            return False
        if not waiting:
            return True
        others = [
            Thread(target=self._carry_beside, daemon=True) for _ in range(min(HANDS, waiting // LOAD) - 1)
        ]
        for other in others:
            other.start()
        went_well = self._carry()
        for other in others:
            other.join()
        return went_well

    def _release_dead(self) -> None:
        at = self.clock()
        if self.looked_for_dead and at < self.looked_for_dead + LOOK_FOR_DEAD:
            return
        if (gateway := gateway_for(self.channel)) is not None:
            delivery.release_dead(self.channel, safe=gateway.repeats_are_safe, at=at)
        self.looked_for_dead = at

    def _carry(self) -> bool:
        try:
            carried = self._batch()
            while carried.tried == delivery.BATCH:
                carried = self._batch()
        except Exception:
            log.exception("messages by %s could not be carried", self.channel)
            connection.close()
            return False
        return not carried.line_down

    def _batch(self) -> Carried:
        return delivery.deliver_due(self.channel, clock=self.clock, go_on=lambda: not self.stopped.is_set())

    def _carry_beside(self) -> None:
        try:
            self._carry()
        finally:
            connection.close()


class Couriers:
    """One for each channel, so that a slow gateway of text messages does not hold up the mail."""

    def __init__(self, *, clock: Clock) -> None:
        self.couriers = [Courier(channel, clock=clock) for channel in Channel.values]
        self.threads = [Thread(target=courier.work, daemon=True) for courier in self.couriers]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self, *, seconds: float) -> None:
        """What is in hand is handed over, nothing new is taken up."""
        limit = monotonic() + seconds
        for courier in self.couriers:
            courier.stopped.set()
        for thread in self.threads:
            thread.join(max(0.0, limit - monotonic()))
