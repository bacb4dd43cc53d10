from __future__ import annotations

from procrastinate.contrib.django import app

from okienko.base.time import now
from okienko.features.visits.actions import lapse_unconfirmed
from okienko.kernel.history.actors import Actor


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="visits.lapse", lock="visits.lapse")
def lapse(timestamp: int) -> None:
    lapse_unconfirmed(by=Actor.system("visits"), at=now())
