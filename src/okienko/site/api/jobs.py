from __future__ import annotations

from procrastinate.contrib.django import app

from okienko.base.time import now
from okienko.site.api import limits


@app.periodic(cron="41 * * * *")
@app.task(queueing_lock="api.forget_windows")
def forget_windows(timestamp: int) -> None:
    limits.forget_old(at=now())
