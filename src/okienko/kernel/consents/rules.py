"""Groups that are always there, whose data a look is at, and when data have lived long enough. Plain Python."""

from __future__ import annotations

import calendar
from datetime import datetime, time

from okienko.base.numbers.phones import plain_phone
from okienko.base.time import WARSAW

ACCOUNT, BOOKING, CONTACT, NEWSLETTER = "account", "booking", "contact", "newsletter"
BUILT_IN = (ACCOUNT, BOOKING, CONTACT, NEWSLETTER)


def whose(typed: str) -> str:
    """Whose data somebody looked at: one phone is one, however it is written, and so is an e-mail."""
    return plain_phone(typed) or typed.strip().lower()


def cutoff(at: datetime, months: int, *, whole_months: bool = False) -> datetime:
    """What ended before this moment has lived its months.

    With `whole_months` the month of the end itself does not count: what ended on 15 January and lives
    three months goes on 1 May.
    """
    local = at.astimezone(WARSAW)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    if whole_months:
        return datetime(year, month + 1, 1, tzinfo=WARSAW)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return datetime.combine(local.date().replace(year=year, month=month + 1, day=day), time(), WARSAW)
