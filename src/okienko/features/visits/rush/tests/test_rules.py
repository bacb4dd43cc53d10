from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.time import WARSAW
from okienko.features.visits.rush import rules
from okienko.features.visits.rush.rules import State, Stood, Wrong

pytestmark = pytest.mark.req("BOOK-24")

EIGHT = time(8)
HOUR = datetime(2026, 11, 20, 7, tzinfo=UTC)
SECOND = timedelta(seconds=1)
moments = st.integers(0, 730 * 86400).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + seconds * SECOND)
weeks = st.sets(st.integers(1, 7), min_size=1)


@pytest.mark.parametrize(
    ("day", "in_utc"),
    [(date(2026, 3, 28), 7), (date(2026, 3, 29), 6), (date(2026, 10, 25), 7), (date(2026, 7, 1), 6)],
)
def test_eight_stays_eight_across_the_change_of_time(day: date, in_utc: int) -> None:
    assert rules.moment(day, EIGHT) == datetime(day.year, day.month, day.day, in_utc, tzinfo=UTC)
    before = rules.moment(day, EIGHT) - SECOND
    assert rules.last_release(before, EIGHT, rules.WEEK) == day - timedelta(days=1)
    assert rules.last_release(before + SECOND, EIGHT, rules.WEEK) == day


@given(moments, st.times(), weeks)
def test_one_release_follows_another_without_a_gap(at: datetime, hour: time, weekdays: set[int]) -> None:
    hour = hour.replace(microsecond=0)
    last, following = (find(at, hour, weekdays) for find in (rules.last_release, rules.next_release))
    assert rules.moment(last, hour) <= at < rules.moment(following, hour)
    assert {last.isoweekday(), following.isoweekday()} <= weekdays
    one, other = (rules.opening(day, hour, weekdays, 20) for day in (last, following))
    assert one.last_day + timedelta(days=1) == other.first_day <= other.last_day


def test_a_week_opens_at_once_where_only_one_day_is_chosen() -> None:
    monday = date(2026, 11, 23)
    opened = rules.opening(monday, EIGHT, [1], 14)
    assert (opened.first_day, opened.last_day) == (date(2026, 12, 1), date(2026, 12, 7))
    assert opened.hour_at == datetime(2026, 11, 23, 8, tzinfo=WARSAW)


@given(st.text("0123456789abcdef", min_size=64, max_size=64), st.sets(st.integers(1, 10**9)))
def test_the_lot_is_a_permutation(seed: str, places: set[int]) -> None:
    drawn = rules.drawn_order(seed, places)
    assert sorted(drawn) == sorted(places)
    assert drawn == rules.drawn_order(seed, sorted(places, reverse=True))


def test_the_lot_favours_nobody() -> None:
    """In 4,000 lots among ten every place gets every number about as often: chi-squared of 81 degrees of freedom."""
    source, rounds, count = Random(7), 4000, 10
    got = [[0] * count for _ in range(count)]
    for _ in range(rounds):
        for number, place in enumerate(rules.drawn_order(source.randbytes(32).hex(), range(count))):
            got[place][number] += 1
    expected = rounds / count
    assert sum((cell - expected) ** 2 / expected for row in got for cell in row) < 126


@pytest.mark.parametrize(
    ("place", "state"),
    [
        ({}, State.EARLY),
        ({"number": 5}, State.WAITING),
        ({"number": 5, "until": HOUR + SECOND}, State.TURN),
        ({"number": 5, "until": HOUR}, State.WAITING),
        ({"number": 5, "until": HOUR, "arrived": True}, State.OVER),
        ({"number": 5, "until": HOUR + SECOND, "arrived": True, "end": "booked"}, State.BOOKED),
    ],
)
def test_how_it_is_with_a_place(place: dict[str, object], state: State) -> None:
    given: dict[str, object] = {"number": None, "arrived": False, "until": None, "end": "", **place}
    assert rules.state(**given, at=HOUR) == state  # type: ignore[arg-type]


def test_the_wait_is_told_by_the_pace_of_this_line() -> None:
    known = {"at_once": 20, "choose_minutes": 5}
    assert rules.expected_wait(39, called=0, since=SECOND, **known) == timedelta(minutes=5)
    after_ten = rules.expected_wait(100, called=220, since=timedelta(minutes=10), **known)
    assert after_ten == timedelta(minutes=5)  # two hundred went on in ten minutes


@given(st.integers(0, 10**4), st.integers(1, 1000))
def test_browsers_ask_seldom_and_never_stop(ahead: int, at_once: int) -> None:
    again = rules.look_again(ahead, at_once)
    assert rules.SOONEST_LOOK <= again <= rules.LATEST_LOOK < rules.CALL_WAITS.total_seconds()
    assert again <= rules.look_again(ahead + 1, at_once)


@given(st.integers(1, 1000))
def test_five_thousand_who_wait_ask_no_oftener_than_a_small_machine_can_answer(at_once: int) -> None:
    assert rules.look_again(min(at_once, rules.MOST_ASK_SOON) // 2, at_once) == rules.SOONEST_LOOK
    assert rules.look_again(5000, at_once) == rules.LATEST_LOOK
    assert sum(1 / rules.look_again(ahead, at_once) for ahead in range(5000)) < 200


def record(*places: Stood) -> list[Wrong]:
    return rules.wrong_in("a" * 64, 2, places)


def test_the_record_tells_when_the_order_did_not_hold() -> None:
    first, second = rules.drawn_order("a" * 64, [1, 2])

    def stood(pk: int, number: int, called: int | None) -> Stood:
        at = None if called is None else HOUR + called * SECOND
        return Stood(pk, number, HOUR, at, None, None, "")

    one, two, three, four = stood(first, 1, 0), stood(second, 2, 0), stood(3, 3, 5), stood(4, 4, 9)
    assert record(one, two, three, four) == []
    assert record(replace(one, number=2), replace(two, number=1), three) == [Wrong.LOT]
    assert record(one, two, replace(three, pk=9), four) == [Wrong.COMING]
    assert record(one, two, replace(three, called_at=HOUR + 10 * SECOND), four) == [Wrong.CALLS]
    assert record(one, two, replace(three, called_at=None), four) == [Wrong.CALLS]
    away = replace(three, called_at=HOUR + 20 * SECOND, passed_at=HOUR + 9 * SECOND)
    assert record(one, two, away, four) == []
    assert record(one, two, replace(away, passed_at=HOUR + 10 * SECOND), four) == [Wrong.CALLS]
    left = replace(three, called_at=None, ended_at=HOUR + SECOND, end="left")
    assert record(one, two, left, four) == []
    assert record(one, replace(two, number=1), three) == [Wrong.NUMBERS]
