from __future__ import annotations

from procrastinate.contrib.django import app

from okienko.base.jobs import for_each
from okienko.base.time import now
from okienko.kernel.consents import retention
from okienko.kernel.consents.models import RetentionRun
from okienko.kernel.history.actors import Actor


@app.task(lock="consents.retention")
def remove(run_id: int) -> None:
    made = RetentionRun.objects.get(pk=run_id)
    retention.carry_out(made, by=Actor.system(made.by), clock=now)


@app.periodic(cron="41 2 * * *")
@app.task(lock="consents.retention", queueing_lock="consents.retention")
def remove_by_itself(timestamp: int) -> None:
    for_each(
        [rule for rule in retention.all_rules() if rule.by_itself],
        lambda rule: retention.run(rule, by=Actor.system("retention"), at=now(), clock=now),
    )
