from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okienko.features.visits.rush import queries as lines_of
from okienko.features.visits.rush import standing
from okienko.features.visits.rush.factories import make_place
from okienko.features.visits.rush.models import Place, Release
from okienko.features.visits.rush.rules import CALL_WAITS, PRESENT, State
from okienko.features.visits.tests.conftest import Office
from okienko.kernel.slots.models import Claim

from .steps import (
    HOUR,
    LATE,
    MINUTE,
    SECOND,
    come,
    hold,
    line,
    newest,
    state,
    waiting_line,
)

pytestmark = [pytest.mark.req("BOOK-24"), pytest.mark.django_db]


def test_as_many_as_may_choose_are_called_the_lowest_numbers_first(release: Release) -> None:
    tokens = waiting_line(release, 7)
    assert [state(token, HOUR) for token in tokens] == [State.TURN] * 3 + [State.WAITING] * 4
    assert [come(token, HOUR).ahead for token in tokens[3:]] == [0, 1, 2, 3]
    standing.leave(standing.hashed(tokens[1]), at=LATE)
    assert state(tokens[1], LATE) == State.LEFT
    assert come(tokens[5], LATE).state == State.WAITING  # whoever looks moves the line on, for the one before
    assert come(tokens[3], LATE).state == State.TURN
    assert not lines_of.record_of(line(), now=LATE).wrong


def test_those_who_left_are_no_longer_before_anybody(release: Release) -> None:
    tokens = waiting_line(release, 8)
    assert come(tokens[7], LATE).ahead == 4
    standing.leave(standing.hashed(tokens[4]), at=LATE)
    standing.leave(standing.hashed(tokens[6]), at=LATE)
    standing.leave(standing.hashed(tokens[0]), at=LATE)  # who has been called is before nobody
    assert [come(tokens[number], LATE).ahead for number in (5, 7)] == [0, 1]


def test_no_more_are_called_than_there_are_times(office: Office, release: Release) -> None:
    new = newest(office, HOUR)
    times = [one.start for one in new for _ in range(one.places)]
    for start in times[:-2]:
        hold(office, start, HOUR, None)
    release.at_once = 10
    release.save()
    tokens = waiting_line(release, 9)
    assert [state(token, HOUR) for token in tokens].count(State.TURN) == 2
    later = HOUR + timedelta(seconds=4)
    assert come(tokens[8], later).state == State.WAITING
    assert Place.objects.filter(called_at__isnull=False).count() == 2


def test_a_turn_runs_out_by_its_time_and_the_next_are_called_by_whoever_looks(release: Release) -> None:
    tokens = waiting_line(release, 5)
    for token in tokens[:3]:
        come(token, HOUR)
    over = HOUR + release.choosing + SECOND
    assert {state(token, over) for token in tokens[:3]} == {State.OVER}
    assert come(tokens[3], over).state == State.TURN
    assert come(tokens[4], over).state == State.TURN
    assert come(tokens[0], over).state == State.OVER


def test_who_misses_the_call_is_called_again_when_back(release: Release) -> None:
    tokens = waiting_line(release, 5)
    Place.objects.filter(arrived_at__isnull=False).update(arrived_at=None)  # called, but nobody came
    missed = HOUR + release.choosing + CALL_WAITS
    assert come(tokens[3], missed).state == State.TURN
    assert come(tokens[4], missed).state == State.TURN
    assert come(tokens[0], missed + SECOND).state in (State.WAITING, State.TURN)
    assert come(tokens[0], missed + MINUTE + SECOND).state == State.TURN
    assert not lines_of.record_of(line(), now=missed + MINUTE).wrong


def test_who_is_away_is_passed_by_and_keeps_the_number(release: Release) -> None:
    tokens = waiting_line(release, 6)
    later = HOUR + PRESENT + MINUTE
    assert come(tokens[5], later).state == State.WAITING or state(tokens[5], later) == State.TURN
    come(tokens[5], later + MINUTE)
    assert state(tokens[5], later + MINUTE) == State.TURN
    assert Place.objects.filter(passed_at__isnull=False).count() == 2
    come(tokens[3], later + 2 * MINUTE)
    assert come(tokens[3], later + 3 * MINUTE + SECOND).state == State.TURN
    record = lines_of.record_of(line(), now=later + 4 * MINUTE)
    assert not record.wrong


def test_nobody_is_called_while_nothing_is_free(office: Office, release: Release) -> None:
    release.at_once = 2
    release.save()
    tokens = waiting_line(release, 4)
    for one in newest(office, HOUR):
        for _ in range(one.places):
            hold(office, one.start, HOUR, None)
    for token in tokens[:2]:
        standing.leave(standing.hashed(token), at=LATE)
    seen = come(tokens[2], LATE)
    assert (seen.state, seen.gone) == (State.WAITING, True)
    Claim.objects.filter(pk=Claim.objects.latest("pk").pk).delete()
    assert come(tokens[2], LATE + 4 * SECOND).state == State.TURN


def test_looking_costs_one_statement_and_joining_two(release: Release) -> None:
    tokens = waiting_line(release, 6)
    come(tokens[5], LATE)
    with CaptureQueriesContext(connection) as asked:
        come(tokens[5], LATE + 5 * SECOND)
    assert (
        len([one for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]) > 1
    )  # counts free times
    with CaptureQueriesContext(connection) as asked:
        come(tokens[5], LATE + 6 * SECOND)
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        make_place(release, at=LATE)
    assert len(asked) == 2  # which line it is, and the place
