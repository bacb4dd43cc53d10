"""Jobs about jobs."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from okienko.base.time import now
from okienko.site.serving import STALLED_SECONDS

KEEP_DONE_HOURS = 24 * 7


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="site.take_up_stalled", pass_context=True)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """What a killed worker had in hand is done by another; jobs are written so that twice does no harm."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        await manager.retry_job(job, retry_at=now())


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="site.forget_done", pass_context=True)
async def forget_done(context: JobContext, timestamp: int) -> None:
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_DONE_HOURS)
