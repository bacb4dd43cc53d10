from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from okienko.features.faults.joining.actions import bring_rows
from okienko.features.faults.joining.models import Joining, Submission
from okienko.features.faults.joining.sheets import PEOPLE, SHEETS
from okienko.kernel.history.actors import Actor


def make_submission(
    joining: Joining, people: Sequence[Sequence[str]], *, by: Actor, at: datetime, name: str
) -> Submission:
    """The fixed form, filled in with these people alone; questions as they are."""
    fields = [field for _heading, field in SHEETS[0].columns]
    rows = [dict(zip(fields, row, strict=True)) for row in people]
    return bring_rows(joining.pk, {PEOPLE: rows}, by=by, at=at, name=name)
