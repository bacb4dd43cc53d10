"""Whoever opens a case with somebody's data has looked at them, on its page or by a program."""

from __future__ import annotations

from datetime import datetime

from okienko.kernel.cases.models import Case
from okienko.kernel.consents import looks
from okienko.kernel.history.actors import Actor


def note(case: Case, *, by: Actor, at: datetime) -> None:
    """Found by each address that the case has of the person, since any of them may be asked about."""
    addresses = [address for address in (case.contact_email, case.contact_phone) if address]
    for about in addresses or filter(None, [case.contact_name]):
        looks.note(case, by=by, at=at, about=about)
