"""Deadlines per second on one core beside two peers, and 50,000 running ones reckoned anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from time import perf_counter
from typing import Any

from okienko.kernel.calendars import rules
from okienko.kernel.calendars.rules import Calendar, Kind, Rule, Week

WEEK = {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
EVENTS = 100_000
CLOCKS = 50_000
FIRST = dt.datetime(2026, 1, 5, 6, tzinfo=dt.UTC)


def measure() -> list[dict[str, Any]]:
    return [_working_days(), _working_minutes(), _reckoned_anew()]


def _result(
    name: str, value: float, unit: str, peer: str, peer_value: float | None, limit: float, *, ok: bool
) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": peer,
        "peer_value": peer_value,
        "limit": limit,
        "ok": ok,
    }


def _events(count: int = EVENTS) -> list[dt.datetime]:
    return [FIRST + dt.timedelta(minutes=5 * number) for number in range(count)]


def _per_second(count: int, work: Callable[[], object]) -> float:
    """The best of three, since what disturbs a machine only ever slows it down."""
    best = float("inf")
    for _ in range(3):
        start = perf_counter()
        work()
        best = min(best, perf_counter() - start)
    return count / best


def _one_by_one(rule: Rule) -> float:
    calendar = Calendar("Europe/Warsaw", Week.parse(WEEK), "PL")
    events = _events()
    return _per_second(EVENTS, lambda: [rules.due(calendar, rule, event) for event in events])


def _working_days() -> dict[str, Any]:
    import numpy as np

    days_off = [day for year in range(2026, 2029) for day in rules.days_off("PL", year)]
    hours = np.busdaycalendar(holidays=np.array(days_off, dtype="datetime64[D]"))
    dates = np.array([event.date() for event in _events()], dtype="datetime64[D]")
    bare = _per_second(EVENTS, lambda: np.busday_offset(dates, 10, roll="forward", busdaycal=hours))
    value = _one_by_one(Rule(Kind.WORKING_DAYS, 10))
    peer = "numpy busday_offset (dates only, no hours, no zones)"
    return _result("working-day deadlines", value, "/s", peer, bare, 200_000, ok=value >= 200_000)


def _working_minutes() -> dict[str, Any]:
    import businesstimedelta as business
    import holidays

    workday = business.WorkDayRule(start_time=dt.time(8), end_time=dt.time(16), working_days=[0, 1, 2, 3, 4])
    days_off = business.HolidayRule(holidays.country_holidays("PL", years=(2026, 2027)))
    delta = business.BusinessTimeDelta(business.Rules([workday, days_off]), hours=16)
    few = [event.replace(tzinfo=None) for event in _events(200)]
    theirs = _per_second(len(few), lambda: [event + delta for event in few])
    value = _one_by_one(Rule(Kind.WORKING_MINUTES, 960))
    return _result(
        "working-minute deadlines", value, "/s", "businesstimedelta", theirs, 100_000, ok=value >= 100_000
    )


def _reckoned_anew() -> dict[str, Any]:
    """Everything that a clerk waits for: the new hours, 50,000 due times, 50,000 entries of history."""
    from django.db import transaction

    from okienko.kernel.calendars import actions
    from okienko.kernel.calendars.factories import make_calendar
    from okienko.kernel.calendars.models import Clock
    from okienko.kernel.calendars.queries import OwnDay
    from okienko.kernel.history.actors import Actor

    by = Actor.system("bench")
    with transaction.atomic():
        calendar = make_calendar(by=by, at=FIRST, code="bench")
        reckoned = Calendar("Europe/Warsaw", Week.parse(WEEK), "PL")
        rule = Rule(Kind.WORKING_DAYS, 10, "KPA art. 35")
        Clock.objects.bulk_create(
            (
                Clock(
                    subject_type="bench.subject",
                    subject_id=number,
                    code="answer",
                    calendar=calendar,
                    calendar_version=1,
                    rule=rule.as_json(),
                    started_at=event,
                    due_at=rules.due(reckoned, rule, event),
                    stops=[],
                )
                for number, event in ((n, FIRST + dt.timedelta(seconds=10 * n)) for n in range(CLOCKS))
            ),
            batch_size=5000,
        )
        closed = {dt.date(2026, 1, 16): OwnDay((), "closed")}
        start = perf_counter()
        moves = actions.change_calendar(
            calendar, by=by, at=FIRST, version=1, running="recompute", own_days=closed
        )
        took = perf_counter() - start
        transaction.set_rollback(True)
    return _result(
        f"{CLOCKS:,} deadlines reckoned anew, {len(moves):,} moved, each with its history",
        took,
        "s",
        "",
        None,
        5,
        ok=took <= 5,
    )
