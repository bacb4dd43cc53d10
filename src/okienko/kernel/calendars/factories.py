"""Calendars as the sources describe them, made by the same action as any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from okienko.kernel.calendars.actions import create_calendar
from okienko.kernel.calendars.models import Calendar
from okienko.kernel.history.actors import Actor
from okienko.kernel.units.models import Unit


def _every_working_day(opens: str, closes: str) -> dict[str, list[list[str]]]:
    return {day: [[opens, closes]] for day in ("mon", "tue", "wed", "thu", "fri")}


OFFICE = _every_working_day("08:00", "16:00")
CITY = {**OFFICE, "tue": [["08:00", "17:00"]]}
HELPDESK = _every_working_day("07:30", "16:00")
SUPPORT = _every_working_day("08:00", "15:30")


def make_calendar(
    *,
    by: Actor,
    at: datetime,
    code: str = "office",
    name: str = "Godziny pracy urzędu",
    week: Mapping[str, Any] = OFFICE,
    unit: Unit | None = None,
) -> Calendar:
    return create_calendar(by=by, at=at, code=code, name=name, week=week, unit=unit)
