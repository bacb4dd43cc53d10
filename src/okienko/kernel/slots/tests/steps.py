"""Counters, days and holds that the tests of this module share."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from okienko.kernel.calendars.factories import OFFICE
from okienko.kernel.history.actors import Actor
from okienko.kernel.slots import actions, queries, taking
from okienko.kernel.slots.models import Resource

WARSAW = ZoneInfo("Europe/Warsaw")
AT = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
BY = Actor.system("test")
MONDAY = date(2026, 11, 23)
LATER = AT + timedelta(minutes=5)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), WARSAW)


def make_counter(unit, name, *, week=OFFICE, step=30, places=1, pause=0, **details) -> Resource:
    counter = actions.add_resource(by=BY, at=AT, kind="counter", name=name, unit=unit, **details)
    actions.set_hours(
        counter,
        by=BY,
        at=AT,
        first=date(2026, 1, 1),
        last=None,
        week=week,
        step=step,
        places=places,
        pause=pause,
    )
    return counter


def hold(counters, start, key, *, minutes=30, at=AT, until=LATER, **more):
    return taking.hold(
        [one.pk for one in counters], start, minutes=minutes, key=key, at=at, until=until, **more
    )


def free(counters, day=MONDAY, *, minutes=30, now=AT, **more):
    return queries.free_times(
        [one.pk for one in counters], day, day, minutes=minutes, not_before=now, now=now, **more
    )
