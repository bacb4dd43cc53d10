from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from okienko.features.faults.joining import queries
from okienko.features.faults.joining.actions import bring
from okienko.features.faults.joining.models import Joining, Submission
from okienko.features.faults.joining.sheets import PEOPLE, SHEETS, workbook
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.organisation.sheets import Content


def make_submission(
    joining: Joining, people: Sequence[Sequence[str]], *, by: Actor, at: datetime, name: str
) -> Submission:
    """The fixed form, filled in with these people alone; questions as they are."""
    sheet = SHEETS[0]
    rows = [dict(zip((field for _heading, field in sheet.columns), row, strict=True)) for row in people]
    content: Content = queries.in_force(joining.unit, at) | {PEOPLE: {sheet.key_of(row): row for row in rows}}
    return bring(joining.pk, name, workbook(queries.known(joining.unit), content, ()), by=by, at=at)
