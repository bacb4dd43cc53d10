from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from okienko.base.time import now
from okienko.kernel.webhooks import actions
from okienko.kernel.webhooks.models import Delivery

KEPT = timedelta(days=30)


@app.task(queue="webhooks")
def deliver(delivery_id: int) -> None:
    actions.attempt(delivery_id, at=now())


@app.periodic(cron="23 3 * * *")
@app.task(queueing_lock="webhooks.forget_delivered")
def forget_delivered(timestamp: int) -> None:
    Delivery.objects.filter(state=Delivery.State.DELIVERED, made_at__lt=now() - KEPT).delete()
