from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from okienko.base.time import now
from okienko.kernel.messages import fetching


@app.periodic(cron="* * * * *")
@app.task(queue="mail", queueing_lock="messages.fetch", lock="messages.fetch")
def fetch_mail(timestamp: int) -> None:
    if settings.IMAP_URL:
        fetching.fetch(settings.IMAP_URL, clock=now)
    fetching.settle_all(clock=now)
