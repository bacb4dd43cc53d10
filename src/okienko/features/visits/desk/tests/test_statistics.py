from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client

from okienko.base.time import WARSAW
from okienko.features.visits import actions as visits
from okienko.features.visits import mass
from okienko.features.visits.desk import actions, statistics
from okienko.features.visits.desk.tests.test_desk import booked, clerk
from okienko.features.visits.tests.conftest import AT, RESIDENT, Office, no_work, office
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots.models import Resource

__all__ = ["no_work", "office"]

pytestmark = pytest.mark.req("BOOK-36", "CORE-65")

BY = Actor.system("tests")
DAY = date(2026, 11, 20)
LATER = AT + timedelta(days=2)


def hours(first: int, last: int) -> tuple[datetime, datetime]:
    return tuple(datetime.combine(DAY, time(hour), WARSAW) for hour in (first, last))  # type: ignore[return-value]


def by_counter(found: statistics.Statistics) -> dict[int, float | None]:
    return {row.key: found.occupancy(row) for row in found.tables["counter"]}


def test_what_visits_come_to(office: Office, django_assert_max_num_queries) -> None:
    anna = clerk(office)
    room = actions.open_room(office.place, by=BY, at=AT, walk_in_minutes=15, late_minutes=10)
    came, missed, cancelled = (booked(office, number) for number in range(3))
    visits.give_back(cancelled, by=RESIDENT, at=AT)
    actions.check_in(room, came, by=BY, at=came.start)
    actions.call_next(came.resource, by=BY, at=came.start)
    actions.finish(came.resource, by=BY, at=came.start + timedelta(minutes=12))
    with django_assert_max_num_queries(6):
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
    assert [(row.key, row.booked) for row in found.tables["place"]] == [(office.place.pk, 3)]
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
    idle = next(one for one in office.counters if one != visit.resource)
    assert by_counter(found) == {visit.resource_id: 30 / 240, idle.pk: 0}
    assert found.occupancy(found.whole) == pytest.approx(30 / 480)


def test_closed_times_are_not_offered(office: Office) -> None:
    busy = booked(office, 0).resource
    idle = next(one for one in office.counters if one != busy)
    slots.close(busy, *hours(10, 14), by=BY, at=AT, note="narada")
    found = statistics.statistics(clerk(office), DAY, DAY, now=LATER)
    assert by_counter(found) == {busy.pk: 30 / 120, idle.pk: 0}
    assert found.occupancy(found.whole) == pytest.approx(30 / 360)
    slots.close(idle, *hours(0, 23), by=BY, at=AT, note="awaria")
    found = statistics.statistics(Person.objects.get(), DAY, DAY, now=LATER)
    assert by_counter(found) == {busy.pk: 30 / 120, idle.pk: None}
    assert found.occupancy(found.whole) == pytest.approx(30 / 120)


def test_the_office_closed_in_one_step_offers_nothing_and_its_cancelled_visits_fill_nothing(
    office: Office,
) -> None:
    gone = booked(office, 2)
    change = visits.close_office(office.counters, *hours(9, 12), by=BY, at=AT, why="Awaria prądu.")
    mass.carry_out(change, clock=lambda: AT)
    gone.refresh_from_db()
    assert gone.state == "cancelled"
    kept = booked(office, 0)
    found = statistics.statistics(clerk(office), DAY, DAY, now=LATER)
    assert by_counter(found)[kept.resource_id] == 30 / 60
    assert found.occupancy(found.whole) == pytest.approx(30 / 120)


def test_a_counter_that_is_no_longer_in_use_does_not_make_the_others_busier(office: Office) -> None:
    visit = booked(office, 0)
    Resource.objects.filter(pk=visit.resource_id).update(active=False)
    found = statistics.statistics(clerk(office), DAY, DAY, now=LATER)
    assert by_counter(found)[visit.resource_id] is None
    assert found.occupancy(found.whole) == 0


def test_days_without_visits_stand_between_the_others_with_nothing(client: Client, office: Office) -> None:
    booked(office, 0)
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=2)
    found = statistics.statistics(clerk(office), before, after, now=LATER)
    days = [before + timedelta(days=number) for number in range(4)]
    assert [(row.key, row.booked) for row in found.tables["day"]] == list(
        zip(days, [0, 1, 0, 0], strict=True)
    )
    client.force_login(Person.objects.get())
    query = f"?first={before}&last={after}"
    lines = b"".join(client.get(f"/wizyty/statystyki/day.csv{query}")).decode().splitlines()[1:]  # type: ignore[arg-type]
    assert [line.split(";")[:3] for line in lines] == [
        ["19.11.2026", "0", "–"],
        ["20.11.2026", "1", "100,0%"],
        ["21.11.2026", "0", "–"],
        ["22.11.2026", "0", "–"],
    ]
    page = client.get(f"/wizyty/statystyki/{query}", headers={"accept-language": "en"})
    (visits_line, *_others) = page.context["days"]
    assert [number for _day, number in visits_line[1]] == [0, 1, 0, 0]


def test_who_was_called_in_vain_is_absent_and_who_came_back_is_not(office: Office) -> None:
    anna = clerk(office)
    room = actions.open_room(office.place, by=BY, at=AT, walk_in_minutes=15, late_minutes=10)
    visit = booked(office)
    actions.check_in(room, visit, by=BY, at=visit.start)
    actions.call_next(visit.resource, by=BY, at=visit.start)
    actions.mark_gone(visit.resource, by=BY, at=visit.start + timedelta(minutes=2))
    assert statistics.statistics(anna, DAY, DAY, now=LATER).whole.absent == 1
    actions.check_in(room, visit, by=BY, at=visit.start + timedelta(minutes=5))
    assert statistics.statistics(anna, DAY, DAY, now=LATER).whole.absent == 0


def test_who_booked_by_what_way(office: Office) -> None:
    booked(office, 0, source="staff")
    booked(office, 1, source="staff")
    booked(office, 2, source="embedded", site="https://bip.example.pl")
    booked(office, 3)
    found = statistics.statistics(clerk(office), DAY, DAY, now=LATER)
    assert {row.key: row.booked for row in found.tables["source"]} == {"staff": 2, "embedded": 1, "web": 1}


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
    page = client.get(f"/wizyty/statystyki/{query}", headers={"accept-language": "en"})
    shown = page.content.decode()
    assert office.service.title in shown
    assert "Occupancy" in shown
    counters = b"".join(client.get("/wizyty/statystyki/counter.csv?first=2026-11-20&last=2026-11-20"))  # type: ignore[arg-type]
    assert [line.rpartition(";")[2] for line in counters.decode().splitlines()[1:]] == ["12,5%", "0,0%"]
    lines = b"".join(client.get("/wizyty/statystyki/service.csv?first=2026-11-20&last=2026-11-20"))  # type: ignore[arg-type]
    assert office.service.title in lines.decode()
    assert client.get("/wizyty/statystyki/nothing.csv").status_code == 404
    # Each table stands below its chart, and the chart tells its numbers in words and as a table of its own.
    for title, named in (
        ("Matter", office.service.title),
        ("Place", "Ratusz"),
        ("Counter", "Okienko 1"),
        ("Booked by", "page"),
    ):
        assert f"{named}: 1" in shown
        section = shown[shown.index(f">{title}</h2>") :].partition("</section>")[0]
        assert 'class="chart"' in section
        assert f'<th scope="row">{named}</th><td class="end">1</td>' in section
    by_day = shown.partition("Visits day by day")[2].partition("</figure>")[0]
    assert "Visits: 20/11/2026 1" in by_day
    numbers = [number for _name, number in page.context["totals"]]
    assert numbers[:5] == [1, "100.0%", "0.0%", "0.0%", "0.0%"]
    assert numbers[-1] == "6.2%"
    wrong = client.get("/wizyty/statystyki/?first=20.11.2026&last=19.11.2026").content.decode()
    assert 'class="field wrong"' in wrong
