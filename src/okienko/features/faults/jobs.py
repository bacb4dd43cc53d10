from __future__ import annotations

from procrastinate.contrib.django import app

from okienko.base.jobs import for_each
from okienko.base.time import now
from okienko.features.faults.actions.drafts import sweep_drafts
from okienko.features.faults.actions.reminding import remind as remind_of_deadline
from okienko.features.faults.actions.returning import resume_on_its_date
from okienko.features.faults.places.actions import fill_in
from okienko.features.faults.places.register import tell_of
from okienko.features.faults.queries import due_for_reminding, report_by_id, to_return
from okienko.kernel.history.actors import Actor


@app.task(queue="default")
def ask_register(case_id: int) -> None:
    """The national register is asked aside, so that nobody who reports waits for it."""
    report, at = report_by_id(case_id), now()
    if report is not None and report.position is not None and (told := tell_of(*report.position, at=at)):
        fill_in(report, told, by=Actor.system("register"), at=at)


@app.periodic(cron="2 * * * *")
@app.task(queueing_lock="faults.resume", lock="faults.resume")
def resume(timestamp: int) -> None:
    """Hourly, so that what was suspended until today is back before the office opens, after an outage too.

    One after another, each in a transaction of its own: one that fails does not keep the others suspended.
    """
    at = now()
    for_each(to_return(at), lambda case_id: resume_on_its_date(case_id, by=Actor.system("faults"), at=at))


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="faults.remind", lock="faults.remind")
def remind(timestamp: int) -> None:
    """One after another, each in a transaction of its own: one that fails does not keep the others from being told."""
    at = now()
    for_each(
        due_for_reminding(at), lambda case_id: remind_of_deadline(case_id, by=Actor.system("faults"), at=at)
    )


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="faults.sweep", lock="faults.sweep")
def sweep(timestamp: int) -> None:
    sweep_drafts(by=Actor.system("faults"), at=now())
