from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okienko.base.decisions import Missing, Refused
from okienko.features.visits import actions, holding, queries
from okienko.features.visits.actions import Contact
from okienko.features.visits.models import Booking, Service, Waiting
from okienko.features.visits.rush import gate, hours, standing
from okienko.features.visits.rush import queries as lines_of
from okienko.features.visits.rush.actions import draw, set_release
from okienko.features.visits.rush.factories import make_place
from okienko.features.visits.rush.models import Line, Network, Place, Release
from okienko.features.visits.rush.rules import CALL_WAITS, MOST_WITHOUT_WORK, PRESENT, WATCHED, State
from okienko.features.visits.tests.conftest import AT, BY, RESIDENT, Office
from okienko.kernel.consents import retention
from okienko.kernel.history.queries import verify
from okienko.kernel.slots.models import Claim
from okienko.kernel.slots.queries import Free

pytestmark = [pytest.mark.req("BOOK-24"), pytest.mark.django_db]

HOUR, MINUTE, SECOND = AT, timedelta(minutes=1), timedelta(seconds=1)
EARLY = HOUR - 5 * MINUTE
LATE = HOUR + MINUTE


def come(token: str, at: datetime) -> standing.Seen:
    return standing.come(standing.hashed(token), at=at)


def state(token: str, at: datetime) -> State:
    return standing.look(standing.hashed(token), at=at).state


def service_of(office: Office) -> Service:
    found = queries.offered(office.service.code)
    assert found is not None
    return found


def newest(office: Office, at: datetime) -> list[Free]:
    service = service_of(office)
    last = hours.horizon(service, at)[1]
    free = queries.free_times(service, queries.counters_of(service), now=at)
    return [one for one in free if one.start.date() == last]


def hold(office: Office, start: datetime, at: datetime, turn: str | None = "", key: str = "") -> str:
    key = key or holding.new_key()
    holding.hold(service_of(office), start, counters=office.counters, key=key, at=at, turn=turn)
    return key


def book(office: Office, key: str, at: datetime) -> Booking:
    start = Claim.objects.get(key=key).during.lower
    who = Contact("Anonim", f"{key[:10]}@example.org".lower())
    return actions.book(key, by=RESIDENT, at=at, service=service_of(office), start=start, contact=who)


def line() -> Line:
    return Line.objects.get()


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


# --- Turns --------------------------------------------------------------------------------------------------


def waiting_line(release: Release, count: int) -> list[str]:
    """Tokens in the order of their numbers, all of them there at the hour."""
    tokens = [make_place(release, at=EARLY) for _ in range(count)]
    for token in tokens:
        come(token, HOUR)
    return sorted(tokens, key=lambda token: standing.look(standing.hashed(token), at=HOUR).number or 0)


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


# --- Holding ------------------------------------------------------------------------------------------------


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


# --- Many at once -------------------------------------------------------------------------------------------


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
