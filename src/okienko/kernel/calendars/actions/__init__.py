from okienko.kernel.calendars.actions.clocks import (
    cancel_clock,
    meet_clock,
    resume_clock,
    start_clock,
    stop_clock,
)
from okienko.kernel.calendars.actions.hours import Running, change_calendar, create_calendar, proposed
from okienko.kernel.calendars.actions.moving import change_rule, change_rule_of

__all__ = [
    "Running", "cancel_clock", "change_calendar", "change_rule", "change_rule_of", "create_calendar", "meet_clock", "proposed",
    "resume_clock", "start_clock", "stop_clock",
]  # fmt: skip
