"""One question about a deadline as JSON, one answer as JSON: for the command line and for the API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import IO, Any, NoReturn

from .rules import (
    POLAND,
    Calendar,
    CountsFrom,
    Exceptions,
    Explanation,
    Reason,
    Rule,
    Step,
    Stop,
    Week,
    WrongQuestion,
    explain,
    explain_until,
    parse_exceptions,
)

__all__ = ["WrongQuestion", "answer", "answer_lines", "converse", "read"]

_KNOWN = frozenset(
    ("timezone", "week", "statutory", "exceptions", "from", "rule", "until", "counts_from", "stops")
)
_SECOND = 1_000_000

_DAYS_OFF = {day.code: day.name for day in POLAND}
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_REASONS = {
    Reason.EVENT_DAY: "day of the event",
    Reason.CAME_OUTSIDE: "came outside working hours, counts from the next working day",
    Reason.WORKING: "working day",
    Reason.OTHER_HOURS: "working day with other hours",
    Reason.CALENDAR_DAY: "calendar day",
    Reason.CLOCK: "hours of the clock",
    Reason.PARTLY_STOPPED: "clock stopped for a part of the day",
    Reason.STOPPED: "clock stopped",
    Reason.NO_TIME_LEFT: "no working time left on this day",
    Reason.CLOSED_BY_OFFICE: "office closed",
    Reason.SATURDAY: "Saturday",
    Reason.SUNDAY: "Sunday",
}


def answer(question: object) -> dict[str, Any]:
    """The answer to a question, both as deadlines are laid down; a wrong question raises WrongQuestion."""
    if not isinstance(question, Mapping):
        raise WrongQuestion("question", "a question must be a JSON object")
    unknown = next((key for key in question if key not in _KNOWN), None)
    if unknown is not None:
        raise WrongQuestion("unknown", f"no such key: {str(unknown)[:40]!r}")
    for key in ("timezone", "week", "from"):
        if key not in question:
            raise WrongQuestion("missing", "is missing", where=key)
    if ("rule" in question) == ("until" in question):
        raise WrongQuestion("rule_or_until", "there must be either a rule or until")
    calendar = _calendar(
        _text(question["timezone"], "timezone"),
        Week.parse(question["week"]),
        _optional_text(question.get("statutory"), "statutory"),
        parse_exceptions(question.get("exceptions")),
    )
    event = _moment(question["from"], "from")
    counts_from = _counts_from(question.get("counts_from"))
    stops = _stops(question.get("stops"))
    if "until" in question:
        return _as_json(
            explain_until(calendar, event, _moment(question["until"], "until"), counts_from, stops)
        )
    return _as_json(explain(calendar, Rule.parse(question["rule"]), event, counts_from, stops))


def answer_lines(lines: Iterable[bytes]) -> Iterator[str]:
    """One line of JSON out for each line in, in order. A wrong line gets an error and stops nothing."""
    for line in lines:
        try:
            reply = answer(read(line))
        except WrongQuestion as wrong:
            reply = {"error": str(wrong)}
        yield json.dumps(reply)


def converse(source: Iterable[bytes], sink: IO[str]) -> None:
    """Answers each line as soon as it has come, so that a program can ask and wait."""
    for line in answer_lines(source):
        sink.write(line + "\n")
        sink.flush()


def read(line: bytes) -> object:
    """JSON as strict as it must be: no NaN, no key twice, no bytes that are not UTF-8."""
    if not line.strip():
        raise WrongQuestion("empty", "the line is empty")
    try:
        return json.loads(
            line.decode("utf-8-sig"), parse_constant=_no_such_number, object_pairs_hook=_without_repetition
        )
    except UnicodeDecodeError:
        raise WrongQuestion("encoding", "the line is not UTF-8") from None
    except RecursionError:
        raise WrongQuestion("nesting", "the line is nested too deeply") from None
    except WrongQuestion:
        raise
    except json.JSONDecodeError as wrong:
        raise WrongQuestion("json", f"the line is not JSON: {wrong}") from None
    except ValueError:
        raise WrongQuestion("number", "a number is too long") from None


def _no_such_number(name: str) -> NoReturn:
    raise WrongQuestion("number", f"{name} is not a number in JSON")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise WrongQuestion("repeated", "a key is given twice in one object")
    return found


@lru_cache(maxsize=16)
def _calendar(timezone: str, week: Week, statutory: str | None, exceptions: Exceptions) -> Calendar:
    """Few are kept: a question from outside may name hours nobody has, and ask two centuries ahead."""
    return Calendar(timezone, week, statutory, exceptions)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise WrongQuestion("text", "must be a text", where=where)
    return value


def _optional_text(value: Any, where: str) -> str | None:
    return None if value is None else _text(value, where)


def _moment(value: Any, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value, where))
    except ValueError as wrong:
        if isinstance(wrong, WrongQuestion):
            raise
        raise WrongQuestion("moment", "must be a time in ISO 8601", where=where) from None
    if moment.tzinfo is None:
        raise WrongQuestion("naive", "must have an offset from UTC, such as +01:00 or Z", where=where)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise WrongQuestion("range", "is out of range", where=where) from None


def _counts_from(value: Any) -> CountsFrom:
    if value is None:
        return CountsFrom.AS_IT_CAME
    if not isinstance(value, str) or value not in set(CountsFrom):
        raise WrongQuestion("counts_from", "must be one of " + ", ".join(CountsFrom), where="counts_from")
    return CountsFrom(value)


def _stops(value: Any) -> list[Stop]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise WrongQuestion("stops", "must be a list of [from, to]", where="stops")
    found: list[Stop] = []
    for number, pair in enumerate(value):
        where = f"stops[{number}]"
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise WrongQuestion("stops", "must be a pair [from, to]", where=where)
        start = _moment(pair[0], where)
        end = None if pair[1] is None else _moment(pair[1], where)
        if end is not None and end < start:
            raise WrongQuestion("reversed", "must not end before it begins", where=where)
        found.append((start, end))
    return found


def _as_json(found: Explanation) -> dict[str, Any]:
    steps = [
        {"date": step.date.isoformat(), "counted": step.counted, "reason": _reason(step)}
        for step in found.steps
    ]
    if found.worked is not None:
        return {"working_seconds": _seconds(found.worked), "steps": steps}
    if found.due is None:
        return {"due": None, "steps": steps, "moved_by": None, "remaining": _seconds(found.remaining or 0)}
    return {
        "due": found.due.isoformat().replace("+00:00", "Z"),
        "steps": steps,
        "moved_by": _seconds(found.moved_by or 0),
    }


def _reason(step: Step) -> str:
    if step.reason is Reason.STATUTORY:
        return _DAYS_OFF[step.day_off]
    if step.reason is Reason.CLOSED_WEEKDAY:
        return f"closed on {_WEEKDAYS[step.date.weekday()]}"
    return _REASONS[step.reason]


def _seconds(microseconds: int) -> int | float:
    whole, rest = divmod(microseconds, _SECOND)
    return whole if rest == 0 else microseconds / _SECOND
