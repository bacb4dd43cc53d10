from __future__ import annotations

from procrastinate.contrib.django import app

from okienko.base.jobs import for_each
from okienko.base.time import now
from okienko.features.faults.outage.actions import keep_open_work
from okienko.features.faults.outage.queries import units_with_packs_due
from okienko.kernel.history.actors import Actor


@app.periodic(cron="40 2 * * *")
@app.task(queueing_lock="outage.pack", lock="outage.pack")
def pack(timestamp: int) -> None:
    """Every night, unit after unit, each in a transaction of its own."""
    for_each(units_with_packs_due(), lambda unit: keep_open_work(unit, by=Actor.system("outage"), at=now()))
