from __future__ import annotations

from datetime import datetime

from okienko.base.decisions import Missing
from okienko.features.faults.letters import printing, queries
from okienko.features.faults.letters.actions import print_letter
from okienko.features.faults.letters.models import Letter
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.models import Person


def make_letter(case: Case, *, by: Actor, at: datetime, person: Person) -> Letter:
    """The first letter that the step which it left by asks for, as it is proposed; on paper only."""
    case.refresh_from_db()
    found = queries.printable(case, person)
    if found is None:
        raise Missing
    paper = found.papers[0]
    told = printing.draft(case, found, paper, person)
    del told["email"]
    return print_letter(case.pk, paper, by=by, at=at, person=person, **told)
