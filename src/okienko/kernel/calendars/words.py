"""What the rules have to say, in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from okienko.kernel.calendars.rules import (
    CountsFrom,
    Day,
    Explanation,
    Kind,
    Reason,
    Rule,
    Status,
    Step,
    Stop,
    WrongQuestion,
    clock,
)
from okienko.ui.moments import hours_and_minutes

DAYS_OFF = {
    "new_year": gettext_lazy("New Year's Day"),
    "epiphany": gettext_lazy("Epiphany"),
    "easter_sunday": gettext_lazy("Easter Sunday"),
    "easter_monday": gettext_lazy("Easter Monday"),
    "may_1": gettext_lazy("May Day"),
    "may_3": gettext_lazy("Third of May Constitution Day"),
    "pentecost": gettext_lazy("Pentecost"),
    "corpus_christi": gettext_lazy("Corpus Christi"),
    "assumption": gettext_lazy("Assumption Day"),
    "all_saints": gettext_lazy("All Saints' Day"),
    "independence": gettext_lazy("Independence Day"),
    "independence_centenary": gettext_lazy("Centenary of Independence"),
    "christmas_eve": gettext_lazy("Christmas Eve"),
    "christmas_1": gettext_lazy("Christmas Day"),
    "christmas_2": gettext_lazy("Second Day of Christmas"),
}

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)

STATUSES = {
    Status.WORKING: gettext_lazy("working day"),
    Status.OTHER_HOURS: gettext_lazy("other hours"),
    Status.CLOSED_BY_OFFICE: gettext_lazy("office closed"),
    Status.STATUTORY: gettext_lazy("day off by statute"),
    Status.SATURDAY: gettext_lazy("Saturday"),
    Status.SUNDAY: gettext_lazy("Sunday"),
    Status.CLOSED_WEEKDAY: gettext_lazy("closed on this day of the week"),
}

REASONS = {
    Reason.EVENT_DAY: gettext_lazy("the day of the event"),
    Reason.CAME_OUTSIDE: gettext_lazy(
        "it came outside working hours, so it counts from the next working day"
    ),
    Reason.WORKING: gettext_lazy("working day"),
    Reason.OTHER_HOURS: gettext_lazy("working day with other hours"),
    Reason.CALENDAR_DAY: gettext_lazy("calendar day"),
    Reason.CLOCK: gettext_lazy("hours of the clock"),
    Reason.PARTLY_STOPPED: gettext_lazy("the clock stood for a part of the day"),
    Reason.STOPPED: gettext_lazy("the clock stood"),
    Reason.NO_TIME_LEFT: gettext_lazy("no working time was left on this day"),
    Reason.CLOSED_BY_OFFICE: gettext_lazy("office closed"),
    Reason.SATURDAY: gettext_lazy("Saturday"),
    Reason.SUNDAY: gettext_lazy("Sunday"),
    Reason.CLOSED_WEEKDAY: gettext_lazy("closed on this day of the week"),
}

COUNTS_FROM = {
    CountsFrom.AS_IT_CAME: gettext_lazy("It counts from when it came."),
    CountsFrom.LATE_IS_NEXT_DAY: gettext_lazy(
        "What comes after closing or on a day off counts from the next working day."
    ),
    CountsFrom.OUTSIDE_IS_NEXT_DAY: gettext_lazy(
        "What comes outside working hours or on a day off counts from the next working day."
    ),
}

KINDS = {
    Kind.WORKING_DAYS: gettext_lazy("working days"),
    Kind.WORKING_HOURS: gettext_lazy("working hours"),
    Kind.WORKING_MINUTES: gettext_lazy("working minutes"),
    Kind.HOURS: gettext_lazy("hours of the clock"),
    Kind.CALENDAR_DAYS: gettext_lazy("calendar days"),
    Kind.NTH_WORKING_DAY_OF_NEXT_MONTH: gettext_lazy("working day of the next month, which one"),
}

_WRONG = {
    "clock": gettext_lazy("Write times as 08:00-16:00, from 00:00 to 24:00."),
    "hours": gettext_lazy("Write hours as 08:00-12:00, 12:30-16:00."),
    "interval": gettext_lazy("Write hours as 08:00-12:00, 12:30-16:00."),
    "reversed": gettext_lazy("It must end later than it begins."),
    "overlap": gettext_lazy("Hours of one day must not overlap."),
    "timezone": gettext_lazy("There is no such time zone. Write it as Europe/Warsaw."),
    "amount": gettext_lazy("Write a whole number, at least 1."),
    "range": gettext_lazy("This is too far away: only the years 1990 to 2199 can be reckoned with."),
    "never_works": gettext_lazy("This calendar has no working time left to count. Check its hours."),
    "month_too_short": gettext_lazy("The next month has fewer working days than that."),
}


def wrong(refused: WrongQuestion) -> str:
    return str(_WRONG.get(refused.code, _("This cannot be reckoned with. Check what was entered.")))


def reason(step: Step, note: str = "") -> str:
    said = str(DAYS_OFF[step.day_off]) if step.reason is Reason.STATUTORY else str(REASONS[step.reason])
    return f"{said} ({note})" if note else said


def sentence(step: Step, note: str = "") -> str:
    """“11 November, Independence Day: does not count”."""
    values = {"date": formats.date_format(step.date, "j E"), "reason": reason(step, note)}
    if step.counted:
        return _("%(date)s, %(reason)s: counts") % values
    return _("%(date)s, %(reason)s: does not count") % values


def rule(of: Rule) -> str:
    count = of.amount
    match of.kind:
        case Kind.WORKING_DAYS:
            said = ngettext("%(count)s working day", "%(count)s working days", count)
        case Kind.WORKING_HOURS:
            said = ngettext("%(count)s working hour", "%(count)s working hours", count)
        case Kind.WORKING_MINUTES:
            said = ngettext("%(count)s working minute", "%(count)s working minutes", count)
        case Kind.HOURS:
            said = ngettext("%(count)s hour of the clock", "%(count)s hours of the clock", count)
        case Kind.CALENDAR_DAYS:
            said = ngettext("%(count)s calendar day", "%(count)s calendar days", count)
        case Kind.NTH_WORKING_DAY_OF_NEXT_MONTH:
            said = _("working day number %(count)s of the next month")
    return said % {"count": count}


def duration(microseconds: int) -> str:
    return hours_and_minutes(round(timedelta(microseconds=microseconds) / timedelta(minutes=1)))


def hours(day: Day) -> str:
    return ", ".join(f"{clock(opens)}–{clock(closes)}" for opens, closes in day.hours)


def why(day: Day, note: str = "") -> str:
    """Why a date of the calendar is as it is."""
    said = str(DAYS_OFF[day.day_off.code]) if day.day_off else str(STATUSES[day.status])
    return f"{said} ({note})" if note else said


@dataclass(frozen=True, slots=True)
class Told:
    """A deadline told in sentences: what was asked, each date, what came out."""

    asked: list[str]
    steps: list[tuple[Step, str]]
    stops: list[str]
    result: list[str]


def tell(
    explanation: Explanation,
    of: Rule | None,
    counts_from: CountsFrom,
    stops: Sequence[Stop],
    notes: Mapping[date, str],
    zone: ZoneInfo,
) -> Told:
    def said(moment: datetime) -> str:
        return str(formats.date_format(timezone.localtime(moment, zone), "DATETIME_FORMAT"))

    asked = [
        _("It came on %(moment)s.") % {"moment": said(explanation.event)},
        str(COUNTS_FROM[counts_from]),
    ]
    if of is not None:
        asked.append(_("The deadline: %(rule)s.") % {"rule": rule(of)})
    if explanation.counted_from != explanation.event:
        asked.insert(
            2, _("It counts as if it had come on %(moment)s.") % {"moment": said(explanation.counted_from)}
        )
    if of is not None and of.basis:
        asked.append(_("Legal basis: %(basis)s.") % {"basis": of.basis})
    stood = [
        _("The clock stood from %(start)s to %(end)s.") % {"start": said(start), "end": said(end)}
        if end
        else _("The clock has stood since %(start)s.") % {"start": said(start)}
        for start, end in sorted(stops, key=lambda stop: stop[0])
    ]
    result: list[str] = []
    if explanation.worked is not None:
        result.append(_("Working time: %(time)s.") % {"time": duration(explanation.worked)})
    elif explanation.due is None:
        result.append(_("The clock stands now, so there is no due time."))
        left = duration(explanation.remaining or 0)
        if of is not None and of.by_the_clock:
            result.append(_("When it goes on, %(left)s will be left.") % {"left": left})
        else:
            result.append(_("When it goes on, %(left)s of working time will be left.") % {"left": left})
    else:
        result.append(_("Due on %(moment)s.") % {"moment": said(explanation.due)})
        if explanation.moved_by and explanation.due_without_stops:
            without = said(explanation.due_without_stops)
            result.append(_("Without the stops it would have been due on %(moment)s.") % {"moment": without})
    steps = [(step, sentence(step, notes.get(step.date, ""))) for step in explanation.steps]
    return Told(asked, steps, stood, result)
