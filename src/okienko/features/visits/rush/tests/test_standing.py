from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okienko.base.decisions import Missing, Refused
from okienko.features.visits import actions, holding
from okienko.features.visits.actions import Contact
from okienko.features.visits.rush import gate, hours, standing
from okienko.features.visits.rush import queries as lines_of
from okienko.features.visits.rush.actions import draw, set_release
from okienko.features.visits.rush.factories import make_place
from okienko.features.visits.rush.models import Place, Release
from okienko.features.visits.rush.rules import State
from okienko.features.visits.tests.conftest import AT, BY, RESIDENT, Office
from okienko.kernel.history.queries import verify

from .steps import (
    EARLY,
    HOUR,
    LATE,
    MINUTE,
    SECOND,
    come,
    hold,
    line,
    newest,
    service_of,
    state,
)

pytestmark = [pytest.mark.req("BOOK-24"), pytest.mark.django_db]


# --- The hour -----------------------------------------------------------------------------------------------


def test_before_the_hour_the_newest_day_is_there_for_nobody(office: Office, release: Release) -> None:
    assert hours.horizon(service_of(office), HOUR - SECOND)[1].isoformat() == "2026-12-09"
    assert hours.horizon(service_of(office), HOUR)[1].isoformat() == "2026-12-10"
    start = newest(office, HOUR)[0].start
    for turn in ("", None):
        with pytest.raises(Refused) as told:
            hold(office, start, HOUR - SECOND, turn)
        assert told.value.code == "not-offered"
    with pytest.raises(Refused):
        actions.book_for_resident(
            holding.new_key(), by=BY, at=HOUR - SECOND, service=service_of(office), start=start,
            counters=office.counters, contact=Contact("Anonim", "anonim@example.org"),
        )  # fmt: skip
    assert hold(office, start, HOUR)


def test_switched_off_it_changes_nothing(office: Office, release: Release) -> None:
    set_release(office.service, by=BY, at=AT, version=1, active=False)
    assert hours.horizon(service_of(office), HOUR - SECOND)[1].isoformat() == "2026-12-10"
    assert hours.next_hour(service_of(office), AT) is None
    with CaptureQueriesContext(connection) as asked:
        assert gate.sight(service_of(office), at=HOUR).state == "open"
    assert len(asked) == 1  # the service itself


def test_settings_are_the_offices_and_stand_in_the_history(office: Office, release: Release) -> None:
    with pytest.raises(Missing):
        set_release(office.service, by=RESIDENT, at=AT, version=1, at_once=9)
    with pytest.raises(Refused):
        set_release(office.service, by=BY, at=AT, version=7, at_once=9)
    changed = set_release(office.service, by=BY, at=AT, version=1, at_once=9)
    assert (changed.at_once, changed.version) == (9, 2)
    assert not list(verify(office.service))


# --- The lot and the order of coming ------------------------------------------------------------------------


def test_those_who_came_before_the_hour_are_drawn_and_later_ones_follow(release: Release) -> None:
    early = [make_place(release, at=EARLY + number * SECOND) for number in range(40)]
    assert {state(token, EARLY + MINUTE) for token in early} == {State.EARLY}
    assert come(early[0], HOUR - SECOND).state == State.EARLY
    come(early[7], HOUR)
    numbers = {token: standing.look(standing.hashed(token), at=HOUR).number for token in early}
    assert sorted(number for number in numbers.values() if number) == list(range(1, 41))
    assert list(numbers.values()) != list(range(1, 41))
    seed = line().seed
    later = [make_place(release, at=HOUR + number * SECOND) for number in range(1, 4)]
    assert [standing.look(standing.hashed(token), at=LATE).number for token in later] == [41, 42, 43]
    draw(line(), by=BY, at=LATE)
    assert line().seed == seed
    assert not lines_of.record_of(line(), now=LATE).wrong
    assert not list(verify(line()))


def test_a_number_changed_afterwards_is_found(release: Release) -> None:
    tokens = [make_place(release, at=EARLY) for _ in range(6)]
    come(tokens[0], HOUR)
    one, other = Place.objects.order_by("number")[:2]
    Place.objects.filter(pk=one.pk).update(number=99)
    Place.objects.filter(pk=other.pk).update(number=1)
    Place.objects.filter(pk=one.pk).update(number=2)
    assert "lot" in lines_of.record_of(line(), now=LATE).wrong


def test_the_same_token_is_the_same_place(release: Release) -> None:
    token = make_place(release, at=EARLY)
    for at in (EARLY, LATE):
        standing.join(release, token, network="x", worked=True, at=at)
    assert Place.objects.count() == 1


def test_a_guessed_token_opens_nothing(office: Office, release: Release) -> None:
    token = make_place(release, at=EARLY)
    come(token, HOUR)
    with pytest.raises(Missing):
        come(token[:-1] + ("A" if token[-1] != "A" else "B"), HOUR)
    [make_place(release, at=HOUR) for _ in range(5)]
    # What the address of the page's questions names is the hash; it is no turn.
    for turn in (holding.new_key(), standing.hashed(token)):
        with pytest.raises(Refused) as told:
            hold(office, newest(office, HOUR)[0].start, HOUR, turn)
        assert told.value.code == "in-line"


def test_places_from_one_network_are_limited(release: Release) -> None:
    release.most_per_network = 8
    for _ in range(5):
        make_place(release, at=EARLY, network="school", worked=False)
    with pytest.raises(Refused) as told:
        make_place(release, at=EARLY, network="school", worked=False)
    assert told.value.code == "line-network-full"
    for _ in range(3):
        make_place(release, at=EARLY, network="school")
    with pytest.raises(Refused):
        make_place(release, at=EARLY, network="school")
    assert make_place(release, at=EARLY, network="home")
