"""What was suspended comes back by itself on its date (§ 19(3))."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from okienko.features.faults.models import Report
from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.queries import lock
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic


@atomic
def resume_on_its_date(case_id: int, *, by: Actor, at: datetime) -> bool:
    """Asked once more under the lock: somebody may have resumed it, or suspended it anew, in the meantime."""
    case = lock(case_id, visible_to_person=None)
    still = Report.objects.filter(pk=case.pk, returns_on__lte=timezone.localdate(at)).exists()
    if not (still and case.open and case.state == "suspended"):
        return False
    take_step(case.pk, "resume-by-date", by=by, at=at)
    return True
