"""Reports in numbers, in the scope of whoever looks."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from okienko.features.faults.models import Area
from okienko.features.faults.statistics.density import drawing, ground
from okienko.features.faults.statistics.queries import statistics
from okienko.features.faults.tests.conftest import AT, BY, HERE, LONG_AGO
from okienko.kernel.cases.actions import take_step
from okienko.kernel.people.factories import make_staff

pytestmark = pytest.mark.req("FAULT-51", "CORE-65")

DAY = date(2026, 11, 20)
LATER = AT + timedelta(days=40)


@pytest.fixture
def ended(city):
    """One in time after two hours and a return, one late with its reason, one open with nobody."""
    for at, rpw in ((AT + timedelta(hours=4), "RPW/1/2026"), (LATER, "RPW/2/2026")):
        case = city.reported(latitude=HERE[0], longitude=HERE[1], rpw=rpw)
        take_step(case.pk, "pass-to-coordinator", by=BY, at=AT + timedelta(minutes=30), group=city.roads)
        take_step(case.pk, "coordinator-takes-up", by=BY, at=AT + timedelta(hours=2))
        if at != LATER:
            take_step(
                case.pk,
                "return-to-operator",
                by=BY,
                at=AT + timedelta(hours=3),
                addressee="Inni",
                reason="Nie nasze",
            )
            take_step(case.pk, "pass-to-coordinator", by=BY, at=AT + timedelta(hours=3), group=city.roads)
        take_step(case.pk, "pass-to-executor", by=BY, at=at, group=city.crew)
        if at == LATER:
            take_step(case.pk, "delay", by=BY, at=at, reason="Mróz", planned=at.date())
        take_step(case.pk, "resolve", by=BY, at=at, done="Naprawiono")
    city.reported(category=city.lamps, channel="letter")


def test_what_reports_come_to(city, ended, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        found = statistics(city.operator, DAY, DAY)
    whole = found.whole
    assert (whole.reports, whole.finished, whole.in_time, whole.share_in_time) == (3, 2, 1, 0.5)
    assert (whole.returned, whole.rejected) == (1, 0)
    assert whole.hours_to_take_up == pytest.approx(1.5)  # from when it was passed on, not from when it came
    assert whole.days_to_finish == pytest.approx((4 / 24 + 40) / 2)
    keyed = {name: {row.key: row.reports for row in rows} for name, rows in found.tables.items()}
    assert keyed["category"] == {"dziury": 2, "lampy": 1}
    assert keyed["unit"] == {city.roads.unit_id: 2, None: 1}
    assert keyed["group"] == {city.crew.pk: 2, None: 1}
    assert keyed["channel"] == {"phone": 2, "letter": 1}
    assert sorted(keyed["district"].values()) == [1, 2]
    assert statistics(city.operator, DAY + timedelta(days=1), DAY + timedelta(days=9)).whole.reports == 0


@pytest.mark.req("CORE-03")
def test_in_the_scope_of_whoever_looks(city, ended):
    coordinator = make_staff("k@okienko.example", "coordinator", by=BY, at=LONG_AGO, group=city.roads)
    assert statistics(coordinator, DAY, DAY).whole.reports == 2
    clerk = make_staff("u@okienko.example", "clerk", by=BY, at=LONG_AGO, unit=city.roads.unit)
    assert statistics(clerk, DAY, DAY).whole.reports == 0


def test_the_page_its_files_and_the_statement(city, ended):
    client, url = Client(), reverse("faults:statistics")
    client.force_login(city.operator)
    query = "?first=2026-11-20&last=2026-11-20"
    assert "Lampy" in client.get(url + query).content.decode()
    assert "field wrong" in client.get(url + "?first=2026-11-20&last=2026-11-19").content.decode()
    file = client.get(reverse("faults:statistics_file", args=["category", "csv"]) + query)
    assert "Dziury" in b"".join(file).decode()
    statement = client.get(reverse("faults:statistics_file", args=["zestawienie", "pdf"]) + query)
    assert statement.content.startswith(b"%PDF")
    assert client.get(reverse("faults:statistics_file", args=["nothing", "csv"])).status_code == 404


def test_the_map_is_strongest_in_colour_where_most_reports_are_to_the_ground(city, ended):
    client = Client()
    client.force_login(city.operator)
    address = reverse("faults:statistics")
    drawn = client.get(address, {"first": "2026-11-20", "last": "2026-11-20"}).context["density"]
    shades = {one.name: (one.reports, one.shade) for one in drawn.districts}
    assert len(drawn.districts) == Area.objects.filter(kind=Area.Kind.DISTRICT).count()
    (full,) = [one for one in shades.values() if one[0]]
    assert full == (2, "0.75")
    page = client.get(address, {"first": "2026-11-20", "last": "2026-11-20"}).content.decode()
    figure = page.partition('class="density"')[2].partition("</figure>")[0]
    assert (figure.count(">2</text>"), figure.count(">0</text>")) == (1, len(drawn.districts) - 1)
    assert "Stare Niebyłe: 2" in figure
    assert {one[1] for one in shades.values() if not one[0]} == {"0.06"}
    assert client.get(address, {"first": "2026-11-22", "last": "2026-11-22"}).context["density"] is None
    stranger = make_staff("z@okienko.example", "coordinator", by=BY, at=LONG_AGO, group=city.greens)
    client.force_login(stranger)
    assert client.get(address, {"first": "2026-11-20", "last": "2026-11-20"}).context["density"] is None


def test_of_districts_with_as_many_reports_the_smallest_is_the_darkest(city):
    corners = [[19.0, 50.0], [19.01, 50.0], [19.01, 50.01], [19.0, 50.01], [19.0, 50.0]]
    box = {"shape": [[corners]], "south": 50.0, "west": 19.0, "north": 50.01, "east": 19.01}
    Area.objects.create(name="Mała", sort_key="mala", **box)
    Area.objects.create(name="Teren", sort_key="teren", kind=Area.Kind.TERRITORY, **box)
    drawn = drawing(dict.fromkeys(Area.objects.values_list("pk", flat=True), 1))
    shades = {one.name: one.shade for one in drawn.districts}
    assert shades.pop("Mała") == "0.75"
    assert max(shades.values()) < "0.75"
    assert "Teren" not in shades


def test_ground_is_without_its_holes():
    square, hole = [(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)], [(1, 1), (1, 2), (2, 2), (2, 1), (1, 1)]
    assert ground([[square, hole]]) == 15
    assert ground([[square], [hole]]) == 17


def test_the_statement_for_the_record_holds_all_tables_with_their_sum(city, ended):
    client = Client()
    client.force_login(city.operator)
    address = reverse("faults:statistics_file", args=["zestawienie", "csv"])
    response = client.get(address, {"first": "2026-11-20", "last": "2026-11-20"})
    told = b"".join(response.streaming_content).decode("utf-8-sig")
    lines = [line.replace('"', "").split(";")[:3] for line in told.splitlines()]
    assert ["Wszystkie zgłoszenia", "", "3"] in lines
    for line in (["Kategoria", "Dziury", "2"], ["Grupa", "Brygada 1", "2"], ["Jak wpłynęło", "telefon", "2"]):
        assert line in lines
    month = client.get(reverse("faults:statistics")).context["month_query"]
    assert month.startswith("first=")
    assert "-01&last=" in month
