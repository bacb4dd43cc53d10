from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic

import pytest
from django.db import connection

from okienko.base.decisions import Refused
from okienko.features.visits import holding
from okienko.features.visits.rush import queries as lines_of
from okienko.features.visits.rush import standing
from okienko.features.visits.rush.factories import make_place
from okienko.features.visits.rush.models import Network, Place, Release
from okienko.features.visits.rush.rules import MOST_WITHOUT_WORK, State
from okienko.features.visits.tests.conftest import BY, Office
from okienko.kernel.consents import retention

from .steps import (
    EARLY,
    HOUR,
    LATE,
    MINUTE,
    SECOND,
    come,
    line,
    state,
)

pytestmark = [pytest.mark.req("BOOK-24"), pytest.mark.django_db]


@pytest.mark.django_db(transaction=True)
def test_real_threads_never_let_in_more_than_may_be_and_never_out_of_turn(
    office: Office, release: Release
) -> None:
    tokens = [make_place(release, at=EARLY) for _ in range(30)]

    began = monotonic()

    def visit(token: str) -> list[int]:
        inside = []
        try:
            for step in range(12):
                at = HOUR + (monotonic() - began) * 20 * SECOND
                come(token, at)
                there = Place.objects.filter(called_at__isnull=False, ended_at__isnull=True, until__gt=at)
                inside.append(there.count())
                if state(token, at) == State.TURN and step % 3 == 2:
                    standing.leave(standing.hashed(token), at=at)
                standing.join(release, holding.new_key(), network=token, worked=True, at=at)
        finally:
            connection.close()
        return inside

    with ThreadPoolExecutor(6) as threads:
        inside = [count for counts in threads.map(visit, tokens) for count in counts]
    assert 0 < max(inside) <= release.at_once
    record = lines_of.record_of(line(), now=HOUR + 2 * MINUTE)
    assert record.called > release.at_once
    assert record.wrong == []
    assert Place.objects.count() == 30 * 13


@pytest.mark.django_db(transaction=True)
def test_those_who_come_while_the_lot_is_drawn_are_all_numbered_once(release: Release) -> None:
    first = [make_place(release, at=EARLY) for _ in range(10)]

    def visit(number: int) -> None:
        try:
            at = HOUR + (number - 20) * timedelta(milliseconds=1)
            token = make_place(release, at=at)
            come(token, HOUR + SECOND)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(visit, range(40)))
    come(first[0], HOUR + SECOND)
    numbers = sorted(Place.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 51))
    assert lines_of.record_of(line(), now=LATE).wrong == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", [EARLY, LATE])
def test_the_limit_of_a_network_holds_exactly_however_many_come_at_once(
    release: Release, at: datetime
) -> None:
    release.most_per_network = 8
    make_place(release, at=at, network="home")

    def visit(number: int) -> int:
        try:
            make_place(release, at=at, network="school", worked=number % 2 == 0)
        except Refused:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(8) as threads:
        given = sum(threads.map(visit, range(60)))
    school = Network.objects.get(mark="school")
    assert given == school.places == Place.objects.count() - 1 == 8
    assert school.without_work <= MOST_WITHOUT_WORK


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", [EARLY, LATE])
def test_the_same_token_from_many_windows_at_once_counts_once(release: Release, at: datetime) -> None:
    token = holding.new_key()

    def visit(_number: int) -> None:
        try:
            standing.join(release, token, network="home", worked=True, at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(visit, range(24)))
    assert Network.objects.get().places == Place.objects.count() == 1
    assert line().last_number == (0 if at == EARLY else 1)


def test_from_where_they_came_is_forgotten_after_a_month(release: Release) -> None:
    make_place(release, at=EARLY, network="school")
    assert Network.objects.get().mark == "school"
    rule = next(one for one in retention.all_rules() if one.code == "visits-lines")
    assert not rule.due(HOUR + timedelta(days=20)).exists()
    rule.forget(rule.due(HOUR + timedelta(days=40)).get(), BY, HOUR + timedelta(days=40))
    assert not Network.objects.exists()
    assert Place.objects.exists()
    assert not rule.due(HOUR + timedelta(days=40)).exists()
