from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from okienko.base.time import now
from okienko.kernel.messages import delivery, fetching
from okienko.kernel.messages.models import Channel


@app.task(queue="messages")
def deliver(channel: str) -> None:
    """Deferred with every message; whichever runs first takes all that is due, the others find nothing left."""
    delivery.deliver_due(channel, clock=now)


@app.periodic(cron="* * * * *")
@app.task(queue="messages", queueing_lock="messages.deliver_rest", lock="messages.deliver_rest")
def deliver_rest(timestamp: int) -> None:
    """What is to be tried again, what was to wait, and what a killed worker had in hand."""
    for channel in Channel.values:
        while delivery.deliver_due(channel, clock=now) == delivery.BATCH:
            continue


@app.periodic(cron="* * * * *")
@app.task(queue="mail", queueing_lock="messages.fetch", lock="messages.fetch")
def fetch_mail(timestamp: int) -> None:
    if settings.IMAP_URL:
        fetching.fetch(settings.IMAP_URL, clock=now)
    fetching.settle_all(clock=now)
