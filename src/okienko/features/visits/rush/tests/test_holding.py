from __future__ import annotations

import pytest

from okienko.base.decisions import Refused
from okienko.features.visits import actions, queries
from okienko.features.visits.actions import Contact
from okienko.features.visits.models import Service, Waiting
from okienko.features.visits.rush import gate, hours
from okienko.features.visits.rush import queries as lines_of
from okienko.features.visits.rush.models import Release
from okienko.features.visits.rush.rules import PRESENT, WATCHED, State
from okienko.features.visits.tests.conftest import BY, RESIDENT, Office
from okienko.kernel.slots.models import Claim

from .steps import (
    HOUR,
    LATE,
    MINUTE,
    SECOND,
    book,
    come,
    hold,
    line,
    newest,
    service_of,
    state,
    waiting_line,
)

pytestmark = [pytest.mark.req("BOOK-24"), pytest.mark.django_db]


def test_without_a_turn_the_newest_times_are_refused_and_others_are_not(
    office: Office, release: Release
) -> None:
    tokens = waiting_line(release, 5)
    new, free = newest(office, HOUR), queries.free_times(service_of(office), office.counters, now=HOUR)
    for turn in ("", tokens[3], tokens[4]):
        with pytest.raises(Refused) as told:
            hold(office, new[0].start, HOUR, turn)
        assert told.value.code == "in-line"
    assert hold(office, free[0].start, HOUR)
    assert hold(office, new[0].start, HOUR, tokens[0])
    assert hold(office, new[0].start, HOUR, None)  # the office needs no turn


def test_a_place_holds_one_time_and_books_one(office: Office, release: Release) -> None:
    token = waiting_line(release, 5)[0]
    new = newest(office, HOUR)
    key = hold(office, new[0].start, HOUR, token)
    with pytest.raises(Refused) as told:
        hold(office, new[1].start, HOUR, token)
    assert told.value.code == "turn-used"
    hold(office, new[1].start, HOUR, token, key)  # another time instead
    assert Claim.objects.filter(key=key).count() == 1
    book(office, key, LATE)
    assert state(token, LATE) == State.BOOKED
    with pytest.raises(Refused) as told:
        hold(office, new[0].start, LATE, token)
    assert told.value.code == "in-line"


def test_after_the_turn_the_form_may_be_finished_but_nothing_new_chosen(
    office: Office, release: Release
) -> None:
    tokens = waiting_line(release, 9)
    new = newest(office, HOUR)
    almost = HOUR + release.choosing - SECOND
    come(tokens[0], HOUR)
    key = hold(office, new[0].start, almost, tokens[0])
    over = almost + MINUTE
    come(tokens[3], over)
    with pytest.raises(Refused):
        hold(office, new[1].start, over, tokens[0], key)
    assert Claim.objects.get(key=key).during.lower == new[0].start
    assert book(office, key, over).start == new[0].start
    assert state(tokens[0], over) == State.BOOKED


@pytest.mark.req("BOOK-15")
def test_who_has_stood_in_the_line_is_not_counted_with_all_who_come_by_one_network(
    office: Office, release: Release
) -> None:
    Service.objects.update(most_holds=1)
    tokens, new = waiting_line(release, 3), newest(office, HOUR)
    for token, free in zip(tokens, new, strict=False):
        assert hold(office, free.start, HOUR, token, network="of a carrier")


@pytest.mark.req("BOOK-15")
def test_who_goes_straight_through_is_counted(office: Office, release: Release) -> None:
    Service.objects.update(most_holds=1)
    new = newest(office, HOUR)
    hold(office, new[0].start, HOUR, network="of a carrier")
    with pytest.raises(Refused) as told:
        hold(office, new[1].start, HOUR, "no such token", network="of a carrier")
    assert told.value.code == "too-many-holds"


def test_where_nobody_waits_one_goes_straight_through(office: Office, release: Release) -> None:
    new = newest(office, HOUR)
    assert gate.sight(service_of(office), at=HOUR).state == "open"
    keys = [hold(office, new[number].start, HOUR) for number in range(3)]
    assert gate.sight(service_of(office), at=HOUR).state == "line"
    with pytest.raises(Refused) as told:
        hold(office, new[3].start, HOUR)
    assert told.value.code == "in-line"
    book(office, keys[0], LATE)
    assert hold(office, new[3].start, LATE)
    record = lines_of.record_of(line(), now=LATE)
    assert (record.came, record.wrong) == (4, [])


def test_the_line_ends_when_nobody_stands_in_it_any_more(office: Office, release: Release) -> None:
    tokens = waiting_line(release, 5)
    start = newest(office, HOUR)[0].start
    after = HOUR + WATCHED + SECOND
    Release.objects.update(at_once=1)
    for token in tokens[3:]:
        come(token, after - 2 * MINUTE)
    with pytest.raises(Refused):
        hold(office, start, after)
    assert gate.without_turn(service_of(office), at=after).isoformat() == "2026-12-09"
    assert hold(office, start, after + PRESENT)
    assert gate.without_turn(service_of(office), at=after + PRESENT).isoformat() == "2026-12-10"


def test_the_waiting_list_does_not_take_what_goes_by_turns(office: Office, release: Release) -> None:
    service = service_of(office)
    last = hours.horizon(service, HOUR)[1]
    old = [one for one in queries.free_times(service, office.counters, now=HOUR) if one.start.date() < last]
    for one in old:
        for _ in range(one.places):
            hold(office, one.start, HOUR - SECOND, None)
    contact = Contact("Anonim", "anonim@example.org")
    actions.leave_word(service, by=RESIDENT, at=HOUR - SECOND, contact=contact, last_day=last)
    assert actions.offer_next(service, by=BY, at=HOUR) is None
    assert Waiting.objects.get().state == Waiting.State.WAITING


def test_a_visit_is_not_moved_past_the_line(office: Office, release: Release) -> None:
    waiting_line(release, 5)
    key = hold(office, queries.free_times(service_of(office), office.counters, now=HOUR)[0].start, HOUR)
    booking = book(office, key, HOUR)
    start = newest(office, HOUR)[0].start
    with pytest.raises(Refused) as told:
        actions.move(booking, start, counters=office.counters, by=RESIDENT, at=LATE)
    assert told.value.code == "in-line"
    assert (
        actions.move_by_office(booking, start, counters=office.counters, by=BY, at=LATE, why="Prośba").start
        == start
    )
