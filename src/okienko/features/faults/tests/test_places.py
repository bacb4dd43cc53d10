"""Where a report lies: areas and streets from files, the national register beside them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from werkzeug import Response

from okienko.base.coordinates import to_pl1992
from okienko.base.decisions import Missing, Refused
from okienko.features.faults import jobs
from okienko.features.faults.factories import districts, streets
from okienko.features.faults.models import Area, RegisterAnswer, Report, Street
from okienko.features.faults.places import queries, register
from okienko.features.faults.places.actions import change_place, load_areas, load_streets
from okienko.features.faults.tests.conftest import AT, BY, HERE, acting
from okienko.features.faults.tests.test_taking_up import taken_up

SMALL = b"""{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Nowa", "unit": "ZDM"},
"geometry": {"type": "Polygon", "coordinates": [[[19, 50], [20, 50], [20, 51], [19, 51], [19, 50]]]}}]}"""


@pytest.mark.req("FAULT-16", "FAULT-17")
def test_the_district_is_found_from_the_point(city):
    case = city.reported(latitude=HERE[0], longitude=HERE[1])
    assert Report.objects.get(case=case).area.name == "Stare Niebyłe"
    assert queries.district_at(0, 0) is None


def test_a_file_is_the_whole_truth_about_its_kind(city):
    again = load_areas(districts(), Area.Kind.DISTRICT, by=BY, at=AT)
    assert (again.added, again.changed, again.switched_off) == (0, 0, 0)
    loaded = load_areas(SMALL, Area.Kind.DISTRICT, by=BY, at=AT)
    assert (loaded.added, loaded.changed, loaded.switched_off) == (1, 0, 6)
    assert [area.name for area in queries.areas_at(*HERE)] == ["Nowa"]
    back = load_areas(districts(), Area.Kind.DISTRICT, by=BY, at=AT)
    assert (back.added, back.changed, back.switched_off) == (0, 6, 1)


def test_a_territory_of_nobody_is_refused(city):
    with pytest.raises(Refused, match="XYZ"):
        load_areas(SMALL.replace(b"ZDM", b"XYZ"), Area.Kind.TERRITORY, by=BY, at=AT)
    assert not Area.objects.filter(kind=Area.Kind.TERRITORY).exists()


@pytest.mark.req("FAULT-13")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zmyslona", "ul. Zmyślona"),
        ("ul. Zmyśl", "ul. Zmyślona"),
        ("NIEBYŁA 12", "al. Niebyła"),
        ("myslona", None),
        ("ul.", None),
        ("", None),
    ],
)
def test_a_street_is_found_as_people_in_a_hurry_type_it(city, typed, found):
    assert [street.name for street in queries.streets_like(typed)] == ([found] if found else [])


def test_areas_are_loaded_in_the_browser_by_who_may(city):
    client = Client()
    client.force_login(city.operator)
    assert client.get(reverse("faults:areas")).status_code == 404
    client.force_login(city.administrator)
    file = SimpleUploadedFile("obszary.geojson", SMALL, "application/geo+json")
    done = client.post(reverse("faults:load_areas"), {"kind": "territory", "file": file}, follow=True)
    assert "Nowa" in done.content.decode()
    wrong = SimpleUploadedFile("obszary.geojson", b"{}", "application/geo+json")
    refused = client.post(reverse("faults:load_areas"), {"kind": "streets", "file": wrong})
    assert refused.context["form"].errors["file"]
    assert Street.objects.filter(active=True).count() == len(streets().split(b'"Feature"')) - 1
    with pytest.raises(Missing):
        load_streets(streets(), by=acting(city.operator), at=AT)


@pytest.mark.req("FAULT-17")
def test_a_number_in_quotation_marks_is_none(city):
    """Kept as it came, it would be measured with numbers by every report that comes in near it."""
    wrong = SMALL.replace(b"[19, 50]", b'["19", "50"]')
    with pytest.raises(Refused) as refused:
        load_areas(wrong, Area.Kind.DISTRICT, by=BY, at=AT)
    assert refused.value.code == "bad-geojson"


@pytest.mark.req("FAULT-16")
def test_an_operator_writes_the_place_anew_and_the_district_follows(city):
    case = city.reported()
    client = Client()
    client.force_login(city.operator)
    given = {
        "street": "ul. Zmyślona",
        "house_number": "4",
        "latitude": "50,125",
        "longitude": "19,06",
        "parcel": "12/3",
    }
    assert client.post(reverse("faults:change_place", args=[case.number]), given).status_code == 302
    report = Report.objects.get(case=case)
    assert (report.address, report.parcel, report.area.name) == ("ul. Zmyślona 4", "12/3", "Stare Niebyłe")
    assert "12/3" in client.get(reverse("cases:case", args=[case.number])).content.decode()


def asked_aside():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->'case_id' FROM procrastinate_jobs WHERE task_name LIKE '%ask_register' ORDER BY id"
        )
        return [int(case_id) for (case_id,) in cursor]


@pytest.mark.req("FAULT-16")
class TestRegister:
    @pytest.fixture
    def double(self, httpserver, settings):
        """The national service on this machine: what it is asked, and what it answers."""
        settings.PARCELS_URL = settings.ADDRESSES_URL = httpserver.url_for("/")
        self.asked = []

        def answer(request):
            self.asked.append(request.args.to_dict())
            known = {"GetParcelByXY": "0\n12/3|Obręb Próbny\n", "GetAddress": "0\nul. Zmyślona|4\n"}
            return Response(known[request.args["request"]])

        httpserver.expect_request("/").respond_with_handler(answer)
        return httpserver

    def test_what_nobody_has_written_is_filled_in(self, city, double):
        case = city.reported(latitude=HERE[0], longitude=HERE[1], street="ul. Własna")
        jobs.ask_register(case.pk)
        report = Report.objects.get(case=case)
        assert (report.parcel, report.cadastral_district) == ("12/3", "Obręb Próbny")
        assert (report.street, report.house_number) == ("ul. Własna", "4")
        east, north = to_pl1992(*HERE)
        assert self.asked[0]["xy"] == f"{east:.2f},{north:.2f}"

    def test_it_is_asked_by_a_worker_once_a_report_has_a_point(self, city, settings):
        settings.PARCELS_URL = "http://localhost/"
        here = {"latitude": HERE[0], "longitude": HERE[1]}
        placed, elsewhere, nowhere = city.reported(**here), city.reported(), city.reported(channel="page")
        city.reported(**here, parcel="12/3")
        assert asked_aside() == [placed.pk]
        change_place(elsewhere.pk, by=BY, at=AT, person=city.operator, **here)
        assert asked_aside() == [placed.pk, elsewhere.pk]
        taken_up(city, nowhere, place={"place": "", **here})
        assert asked_aside() == [placed.pk, elsewhere.pk, nowhere.pk]

    def test_the_same_place_is_asked_about_once(self, city, double):
        for _ in range(3):
            assert register.tell_of(*HERE, at=AT).parcel == "12/3"
        assert len(self.asked) == 2

    @pytest.mark.parametrize("status", [500, 200])
    def test_who_gets_no_answer_goes_on_and_asks_again_later(self, city, httpserver, settings, status):
        settings.PARCELS_URL = httpserver.url_for("/")
        httpserver.expect_request("/").respond_with_data("what?", status=status)
        case = city.reported(latitude=HERE[0], longitude=HERE[1])
        jobs.ask_register(case.pk)
        assert Report.objects.get(case=case).parcel == ""
        assert not RegisterAnswer.objects.exists()

    def test_off_unless_an_address_is_set(self, city):
        assert not register.tell_of(*HERE, at=AT)
        case = city.reported(latitude=HERE[0], longitude=HERE[1])
        assert not change_place(case.pk, by=BY, at=AT, person=city.operator, parcel="").parcel
        assert asked_aside() == []

    def test_nothing_there_is_an_answer_too(self):
        assert register.parse("-1 brak wyników") is None
        assert register.parse("0\n1|a\n2|b") == ["1", "a"]
        for wrong in ("", "0", "1 error", "<html>"):
            with pytest.raises(register.NoAnswer):
                register.parse(wrong)
