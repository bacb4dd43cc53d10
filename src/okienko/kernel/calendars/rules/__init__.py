"""Working time and deadlines, exactly: plain Python, of use without the rest of Okienko."""

from .calendar import Calendar, Day, Status
from .deadlines import AT_LEAST_ONE, CountsFrom, Kind, Outcome, Rule, Stop, due, due_for_all, merged, solve
from .explanation import Explanation, Reason, Step, explain, explain_until
from .statutory import FIRST_YEAR, LAST_YEAR, POLAND, DayOff, days_off, easter
from .week import (
    WEEKDAYS,
    Exceptions,
    Hours,
    Week,
    as_exceptions,
    clock,
    hours_as_json,
    parse_date,
    parse_exceptions,
    parse_hours,
)
from .wrong import WrongQuestion
from .zones import to_datetime, to_instant

__all__ = [
    "AT_LEAST_ONE",
    "FIRST_YEAR",
    "LAST_YEAR",
    "POLAND",
    "WEEKDAYS",
    "Calendar",
    "CountsFrom",
    "Day",
    "DayOff",
    "Exceptions",
    "Explanation",
    "Hours",
    "Kind",
    "Outcome",
    "Reason",
    "Rule",
    "Status",
    "Step",
    "Stop",
    "Week",
    "WrongQuestion",
    "as_exceptions",
    "clock",
    "days_off",
    "due",
    "due_for_all",
    "easter",
    "explain",
    "explain_until",
    "hours_as_json",
    "merged",
    "parse_date",
    "parse_exceptions",
    "parse_hours",
    "solve",
    "to_datetime",
    "to_instant",
]
