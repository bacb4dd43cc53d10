from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from okienko.base.time import now
from okienko.site.live.models import Change

KEPT = timedelta(minutes=30)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="live.forget_changes")
def forget_changes(timestamp: int) -> None:
    """Who was away for longer reads the whole page anew."""
    Change.objects.filter(at__lt=now() - KEPT).delete()
