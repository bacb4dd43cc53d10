"""When new days open, whose turn it is, and how long one waits: plain reckoning for the rush at the release hour."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from okienko.base.time import WARSAW

# So long after the hour a turn is needed even when nobody waits; a line that still stands then goes on, but not for ever.
WATCHED, LONGEST = timedelta(hours=1), timedelta(hours=8)
# Who is called has so long to come; who has not been seen for so long is passed by until they are back.
CALL_WAITS, PRESENT = timedelta(minutes=2), timedelta(minutes=10)
# How old what is known of free times and of who is there may be.
FREE_KNOWN, SEEN_KNOWN = timedelta(seconds=3), timedelta(minutes=1)
# Places from one address of the network for browsers that have not done their piece of work.
MOST_WITHOUT_WORK = 5
SOONEST_LOOK, LATEST_LOOK = 5, 60
# However many choose at once, those who wait ask as seldom as behind so many.
MOST_ASK_SOON = 300

WEEK = (1, 2, 3, 4, 5, 6, 7)
_DAY = timedelta(days=1)


class State(StrEnum):
    """How it is with a place in the line."""

    EARLY = "early"
    WAITING = "waiting"
    TURN = "turn"
    OVER = "over"
    BOOKED = "booked"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Opening:
    """One release: the moment, and the days that can be booked from then on."""

    hour_at: datetime
    first_day: date
    last_day: date


def moment(day: date, hour: time) -> datetime:
    """Local eight o'clock stays eight o'clock, whatever the clocks did in the night."""
    return datetime.combine(day, hour, WARSAW).astimezone(UTC)


def last_release(at: datetime, hour: time, weekdays: Collection[int]) -> date:
    day = at.astimezone(WARSAW).date()
    while day.isoweekday() not in weekdays or moment(day, hour) > at:
        day -= _DAY
    return day


def next_release(at: datetime, hour: time, weekdays: Collection[int]) -> date:
    day = at.astimezone(WARSAW).date()
    while day.isoweekday() not in weekdays or moment(day, hour) <= at:
        day += _DAY
    return day


def opening(day: date, hour: time, weekdays: Collection[int], farthest_days: int) -> Opening:
    """What the release of this day adds to the one before: one day, or as many as lie between two releases."""
    hour_at, far = moment(day, hour), timedelta(days=farthest_days)
    before = last_release(hour_at - timedelta(microseconds=1), hour, weekdays)
    return Opening(hour_at, before + far + _DAY, day + far)


def state(
    *, number: int | None, arrived: bool, until: datetime | None, end: str, at: datetime
) -> State:  # fmt: skip
    """Who was called and did not come still waits, before all others: only a turn that was taken up runs out."""
    if end:
        return State(end)
    if number is None:
        return State.EARLY
    if until is not None and until > at:
        return State.TURN
    return State.OVER if arrived else State.WAITING


def drawn_order(seed: str, places: Collection[int]) -> list[int]:
    """The lot: places in the order of a hash that nobody could know before the seed was drawn."""
    return sorted(places, key=lambda pk: (sha256(f"{seed}:{pk}".encode()).digest(), pk))


def expected_wait(
    ahead: int, *, called: int, since: timedelta, at_once: int, choose_minutes: int
) -> timedelta:
    """By the pace of this line so far; before there is one, as if everybody took all of their time."""
    went_on = called - at_once
    if went_on > 0 and since >= timedelta(minutes=1):
        return since * (ahead / went_on)
    return timedelta(minutes=choose_minutes) * (ahead // at_once)


def look_again(ahead: int, at_once: int) -> float:
    """Seconds until a browser asks again: soon where the next may be called, else longer by each such group ahead."""
    return min(max(SOONEST_LOOK, 2 * SOONEST_LOOK * ahead / min(at_once, MOST_ASK_SOON)), LATEST_LOOK)


def look_at_the_hour(left: timedelta) -> float:
    return min(max(left.total_seconds() + 1, 1), LATEST_LOOK)


# --- The record ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stood:
    """One place as the record keeps it."""

    pk: int
    number: int | None
    came_at: datetime
    called_at: datetime | None
    passed_at: datetime | None
    ended_at: datetime | None
    end: str


class Wrong(StrEnum):
    LOT = "lot"
    COMING = "coming"
    CALLS = "calls"
    NUMBERS = "numbers"


def wrong_in(seed: str, drawn: int, places: Sequence[Stood]) -> list[Wrong]:
    """What in the record is not as promised: drawn numbers follow the lot, later ones the order of coming, and
    nobody who was there was called after somebody with a higher number.
    """
    numbered = sorted((one for one in places if one.number is not None), key=lambda one: one.number or 0)
    lot = [one.pk for one in numbered[:drawn]]
    later = [one.pk for one in numbered[drawn:]]
    numbers = [one.number for one in numbered]
    wrong = []
    if numbers[:drawn] != list(range(1, drawn + 1)) or len(set(numbers)) != len(numbers):
        wrong.append(Wrong.NUMBERS)
    if lot != drawn_order(seed, lot):
        wrong.append(Wrong.LOT)
    if later != sorted(later):
        wrong.append(Wrong.COMING)
    if not _called_in_order(numbered):
        wrong.append(Wrong.CALLS)
    return wrong


def _called_in_order(numbered: Sequence[Stood]) -> bool:
    """Seen from the last number: who was called before a lower number is only there if that one was away or gone."""
    soonest: datetime | None = None
    for one in reversed(numbered):
        excused = one.passed_at or (one.ended_at if one.called_at is None else None)
        if soonest is not None and (one.called_at is None or one.called_at > soonest):
            if excused is None or excused > soonest:
                return False
        elif one.called_at is not None:
            soonest = one.called_at
    return True


def waited(one: Stood, hour_at: datetime) -> timedelta:
    """From the hour, or from coming after it, to the call."""
    return (one.called_at or hour_at) - max(one.came_at, hour_at)
