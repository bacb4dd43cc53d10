from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from okienko.features.visits import actions as visits
from okienko.features.visits.desk import actions, statistics
from okienko.features.visits.desk.tests.test_desk import booked, clerk
from okienko.features.visits.tests.conftest import AT, RESIDENT, Office, no_work, office
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff

__all__ = ["no_work", "office"]

pytestmark = pytest.mark.req("BOOK-36", "CORE-65")

BY = Actor.system("tests")
DAY = date(2026, 11, 20)
LATER = AT + timedelta(days=2)


def test_what_visits_come_to(office: Office, django_assert_max_num_queries) -> None:
    anna = clerk(office)
    room = actions.open_room(office.place, by=BY, at=AT, walk_in_minutes=15, late_minutes=10)
    came, missed, cancelled = (booked(office, number) for number in range(3))
    visits.give_back(cancelled, by=RESIDENT, at=AT)
    actions.check_in(room, came, by=BY, at=came.start)
    actions.call_next(came.resource, by=BY, at=came.start)
    actions.finish(came.resource, by=BY, at=came.start + timedelta(minutes=12))
    with django_assert_max_num_queries(5):
        found = statistics.statistics(anna, DAY, DAY, now=LATER)
    assert (found.whole.booked, found.whole.confirmed, found.whole.cancelled, found.whole.absent) == (
        3,
        2,
        1,
        1,
    )
    assert found.whole.served_minutes == pytest.approx(12)
    assert [(row.key, row.booked) for row in found.tables["day"]] == [(DAY, 3)]
    assert [(row.key, row.booked) for row in found.tables["service"]] == [(office.service.pk, 3)]
    assert sum(row.booked for row in found.tables["counter"]) == 3
    assert [(row.key, row.booked) for row in found.tables["source"]] == [("web", 3)]
    # Two visits of half an hour at the first of two counters that receive for four hours each.
    minutes = sum(row.minutes for row in found.tables["counter"])
    assert minutes == 60
    assert {found.occupancy(row) for row in found.tables["counter"]} == {60 / 240, 0}
    assert missed.state == "confirmed"
    assert found.whole.ahead_days == pytest.approx(
        sum((one.start - AT).total_seconds() for one in (came, missed, cancelled)) / 3 / 86400
    )
    assert found.occupancy(found.whole) == pytest.approx(60 / 480)


def test_a_counter_that_nobody_came_to_counts_for_how_busy_they_are(office: Office) -> None:
    visit = booked(office, 0)
    found = statistics.statistics(clerk(office), DAY, DAY, now=LATER)
    shares = {row.key: found.occupancy(row) for row in found.tables["counter"]}
    idle = next(one for one in office.counters if one != visit.resource)
    assert shares == {visit.resource_id: 30 / 240, idle.pk: 0}
    assert found.occupancy(found.whole) == pytest.approx(30 / 480)


def test_what_was_not_confirmed_in_time_is_a_part_of_the_whole(office: Office) -> None:
    booked(office, 0, state="lapsed", claim=None, confirmed_at=None, confirm_until=AT)
    booked(office, 1)
    found = statistics.statistics(clerk(office), DAY, DAY, now=LATER)
    assert (found.whole.booked, found.whole.lapsed, found.whole.share(found.whole.lapsed)) == (2, 1, 0.5)


def test_a_night_at_the_counter_is_no_time_of_service(office: Office) -> None:
    room = actions.open_room(office.place, by=BY, at=AT, walk_in_minutes=15, late_minutes=10)
    evening, quick = booked(office, 0), booked(office, 2)
    counter = evening.resource
    actions.check_in(room, quick, by=BY, at=quick.start)
    actions.call_next(counter, by=BY, at=quick.start)
    actions.finish(counter, by=BY, at=quick.start + timedelta(minutes=8))
    actions.check_in(room, evening, by=BY, at=quick.start + timedelta(minutes=9))
    actions.call_next(counter, by=BY, at=quick.start + timedelta(hours=2))
    actions.finish(counter, by=BY, at=quick.start + timedelta(hours=20))
    found = statistics.statistics(clerk(office), DAY, DAY, now=LATER)
    assert found.whole.served_minutes == pytest.approx(8)


@pytest.mark.req("CORE-03")
def test_in_the_scope_of_whoever_looks(office: Office) -> None:
    booked(office)
    stranger = make_staff("iod@okienko.example", "operator", by=BY, at=AT - timedelta(days=1))
    assert statistics.statistics(stranger, DAY, DAY, now=LATER).whole.booked == 0
    assert statistics.statistics(clerk(office), DAY, DAY, now=LATER).whole.booked == 1


def test_the_page_and_its_files(client: Client, office: Office) -> None:
    booked(office)
    client.force_login(clerk(office))
    query = "?first=20.11.2026&last=20.11.2026"
    shown = client.get(f"/wizyty/statystyki/{query}", headers={"accept-language": "en"}).content.decode()
    assert office.service.title in shown
    assert "Occupancy" in shown
    counters = b"".join(client.get("/wizyty/statystyki/counter.csv?first=2026-11-20&last=2026-11-20"))  # type: ignore[arg-type]
    assert [line.rpartition(";")[2] for line in counters.decode().splitlines()[1:]] == ["12,5%", "0,0%"]
    lines = b"".join(client.get("/wizyty/statystyki/service.csv?first=2026-11-20&last=2026-11-20"))  # type: ignore[arg-type]
    assert office.service.title in lines.decode()
    assert client.get("/wizyty/statystyki/nothing.csv").status_code == 404
    wrong = client.get("/wizyty/statystyki/?first=20.11.2026&last=19.11.2026").content.decode()
    assert 'class="field wrong"' in wrong
