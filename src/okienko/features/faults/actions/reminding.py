"""Who has a report hears that its time is nearly up, and that it is; then those who watch over the unit hear too."""

from __future__ import annotations

from datetime import datetime

from okienko.features.faults.models import Report
from okienko.features.faults.queries import nearly_due_by
from okienko.features.faults.reactions import tell_of_deadline
from okienko.kernel.cases.queries import lock
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic


@atomic
def remind(case_id: int, *, by: Actor, at: datetime) -> bool:
    """Asked once more under the lock: it may have ended, or been told of, in the meantime."""
    case = lock(case_id, visible_to_person=None)
    if not case.open or case.due_at is None or case.due_at > nearly_due_by(at):
        return False
    stage = Report.Reminded.LATE if case.due_at < at else Report.Reminded.SOON
    if not Report.objects.filter(pk=case.pk, reminded__lt=stage).update(reminded=stage):
        return False
    tell_of_deadline(case, late=stage == Report.Reminded.LATE, at=at)
    kind = "fault.late" if stage == Report.Reminded.LATE else "fault.due_soon"
    record(case, kind, by=by, at=at, after={"due_at": case.due_at})
    return True
