"""From the clock on the wall to instants and back, exact on the days when the clock is changed.

Instants are whole microseconds since 1970 (UTC): integers add up exactly and compare fast.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from .wrong import WrongQuestion

Instant = int

MICROSECONDS = 1_000_000
DAY = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

Segment = tuple[int, int, int]
"""A stretch of time with one offset from UTC: from, to (seconds since 1970, UTC), offset in seconds."""


def to_instant(moment: datetime) -> Instant:
    passed = moment - EPOCH
    return (passed.days * DAY + passed.seconds) * MICROSECONDS + passed.microseconds


def to_datetime(instant: Instant) -> datetime:
    return EPOCH + timedelta(microseconds=instant)


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    if name not in _known():
        raise WrongQuestion("timezone", f"no such time zone: {name[:40]!r}", where="timezone")
    return ZoneInfo(name)


def _offset(zone: ZoneInfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, zone).utcoffset()
    assert offset is not None, "an aware datetime has an offset"  # noqa: S101
    return offset.days * DAY + offset.seconds


@lru_cache(maxsize=4096)
def _changes(name: str, year: int) -> tuple[tuple[int, int], ...]:
    """Instants of one UTC year at which the clock was changed, each with the offset from then on.

    Looking once a day is enough: no zone ever changed its clock twice within a day and back."""
    zone = zone_named(name)
    start = (date(year, 1, 1).toordinal() - EPOCH_ORDINAL) * DAY
    end = (date(year + 1, 1, 1).toordinal() - EPOCH_ORDINAL) * DAY
    found: list[tuple[int, int]] = []
    before = _offset(zone, start)
    for midnight in range(start + DAY, end + 1, DAY):
        after = _offset(zone, midnight)
        if after != before:
            low, high = midnight - DAY, midnight
            while high - low > 1:
                middle = (low + high) // 2
                if _offset(zone, middle) == before:
                    low = middle
                else:
                    high = middle
            found.append((high, after))
            before = after
    return tuple(found)


@lru_cache(maxsize=1024)
def segments(name: str, first_year: int, last_year: int) -> tuple[Segment, ...]:
    """All stretches of one offset from the day before the first year to the day after the last."""
    start = (date(first_year, 1, 1).toordinal() - EPOCH_ORDINAL - 2) * DAY
    end = (date(last_year + 1, 1, 1).toordinal() - EPOCH_ORDINAL + 2) * DAY
    offset = _offset(zone_named(name), start)
    found: list[Segment] = []
    for year in range(first_year - 1, last_year + 2):
        for second, after in _changes(name, year):
            if start < second < end:
                found.append((start, second, offset))
                start, offset = second, after
    found.append((start, end, offset))
    return tuple(found)


def first_reaching(wall: int, parts: tuple[Segment, ...]) -> int:
    """The first second at which the clock on the wall shows `wall` or later.

    `wall` is counted like an instant, as if the wall stood in UTC. A time that is skipped is reached by the
    change itself; of a time shown twice the first one is meant."""
    for start, end, offset in parts:
        if wall < end + offset:
            return max(start, wall - offset)
    raise WrongQuestion("range", "the time is out of range")


def showing(opens: int, closes: int, parts: tuple[Segment, ...]) -> list[tuple[int, int]]:
    """When the clock on the wall shows a time from `opens` to before `closes`: usually one stretch, none if
    the change skips it, and two if the change repeats a part of it that does not touch the rest."""
    found: list[tuple[int, int]] = []
    for start, end, offset in parts:
        low, high = max(start, opens - offset), min(end, closes - offset)
        if low < high:
            if found and found[-1][1] == low:
                low = found.pop()[0]
            found.append((low, high))
    return found
