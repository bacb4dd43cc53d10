from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from okienko.base.time import now
from okienko.features.faults.models import Category, Question, Report
from okienko.features.faults.open311 import asking, wire
from okienko.features.faults.tests.conftest import BY, HERE, LONG_AGO, City
from okienko.kernel.cases import actions as cases
from okienko.kernel.people.actions import create_token
from okienko.kernel.people.factories import make_staff

pytestmark = pytest.mark.req("FAULT-90")

V2 = "/open311/v2/"
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def key(city: City) -> str:
    program = make_staff("program@okienko.example", "reporting-program", by=BY, at=LONG_AGO)
    _token, secret = create_token(program, by=BY, at=now(), name="Aplikacja miejska", scopes=["faults.send"])
    return secret


def parsed(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)  # noqa: S314 - our own answer


def xml(client: Client, path: str, status: int = 200, **more: str) -> ElementTree.Element:
    answer = client.get(V2 + path, more)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return parsed(answer.content)


def texts(element: ElementTree.Element) -> dict[str, str]:
    return {child.tag: child.text or "" for child in element}


def needed(city: City) -> Question:
    return Question.objects.get(category=city.holes, required=True)


def send(client: Client, key: str, form: str = "json", **given: Any) -> Any:
    return client.post(f"{V2}requests.{form}", {"api_key": key, **given})


class TestReading:
    @pytest.mark.parametrize(
        ("given", "span"),
        [
            ({}, (AT - timedelta(days=90), AT)),
            ({"start_date": "", "end_date": " "}, (AT - timedelta(days=90), AT)),
            (
                {"start_date": "2026-01-01T00:00:00Z"},
                (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)),
            ),
            (
                {"end_date": "2026-04-01T02:00:00+02:00"},
                (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)),
            ),
            (
                {"start_date": "2026-01-01T00:00:00 01:00", "end_date": "2026-01-02T00:00:00Z"},
                (datetime(2025, 12, 31, 23, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
            ),
        ],
    )
    def test_the_span_is_ninety_days_unless_said(
        self, given: dict[str, str], span: tuple[datetime, datetime]
    ) -> None:
        assert asking.span(given, at=AT) == span

    @pytest.mark.parametrize(
        "given",
        [
            {"start_date": "2026-01-01"},
            {"start_date": "2026-01-01T00:00:00"},
            {"start_date": "yesterday"},
            {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-01T00:00:01Z"},
            {"start_date": "2026-01-02T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
            {"status": "open,lost"},
            {"page": "0"},
            {"page_size": "1001"},
            {"page_size": "٣"},
            {"updated_after": "31.12.2026"},
        ],
    )
    def test_what_is_wrong_is_named(self, given: dict[str, str]) -> None:
        with pytest.raises(asking.Wrong) as wrong:
            asking.question(given, at=AT)
        assert wrong.value.status == 400
        assert any(name in wrong.value.mistakes[0] for name in given)

    @given(
        st.dictionaries(
            st.sampled_from(["start_date", "end_date", "page", "status", "lat", "long"]), st.text()
        )
    )
    @settings(max_examples=200)
    def test_whatever_is_sent_is_understood_or_refused(self, given: dict[str, str]) -> None:
        for read in (lambda: asking.question(given, at=AT), lambda: asking.position(given)):
            with contextlib.suppress(asking.Wrong):
                read()

    @given(st.text())
    def test_any_words_make_well_formed_answers(self, words: str) -> None:
        answer = wire.Answer("service_requests", [{"description": words, "lat": None}], "request")
        assert parsed(wire.written(answer, "xml"))[0][1].text is None
        assert wire.written(answer, "json").decode()


@pytest.mark.django_db
def test_the_way_in_is_described(client: Client) -> None:
    root = xml(client, "discovery.xml")
    assert root.tag == "discovery"
    endpoint = texts(next(root.iter("endpoint")))
    assert endpoint["url"].endswith("/open311/v2")
    assert [one.text for one in root.iter("format")] == [
        "text/xml",
        "application/json",
    ]
    assert client.get(f"{V2}discovery.json").json()["endpoints"][0]["specification"].endswith("GeoReport_v2")


def test_services_with_their_questions(client: Client, city: City) -> None:
    question = needed(city)
    Category.objects.filter(pk=city.lamps.pk).update(handled_elsewhere="Dzwoń do energetyków.")
    told = {one["service_code"]: one for one in client.get(f"{V2}services.json").json()}
    assert city.lamps.code not in told
    assert told[city.holes.code]["metadata"] is True
    assert texts(xml(client, "services.xml")[0]).keys() == {
        "service_code", "service_name", "description", "metadata", "type", "keywords", "group",
    }  # fmt: skip
    definition = xml(client, f"services/{city.holes.code}.xml")
    assert definition.tag == "service_definition"
    assert texts(next(definition.iter("attribute"))) == {
        "variable": "true", "code": f"q{question.pk}", "datatype": "string", "required": "true",
        "datatype_description": "", "order": "1", "description": question.text,
    }  # fmt: skip
    error = xml(client, "services/nothing.xml", 404)
    assert (error.tag, error[0].tag, texts(error[0])["code"]) == ("errors", "error", "404")


def test_a_report_is_sent_and_found_again(client: Client, city: City, key: str) -> None:
    question = needed(city)
    picture = SimpleUploadedFile("dziura.png", _png(), "image/png")
    answer = send(
        client, key, service_code=city.holes.code, lat=str(HERE[0]), long=str(HERE[1]), description="Dziura",
        first_name="Ola", last_name="Próbna", email="ola@example.org", media=picture,
        media_url="https://pictures.example/1.png", **{f"attribute[q{question.pk}]": "po kostki"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    [row] = answer.json()
    report = Report.objects.select_related("case").get(case__number=row["service_request_id"])
    assert (report.case.channel, report.case.contact_email) == ("api", "ola@example.org")
    assert report.waiting
    assert report.answers.get(asked=question.text).said == "po kostki"
    [found] = client.get(f"{V2}tokens/{row['token']}.json").json()
    assert found == {"service_request_id": report.case.number, "token": row["token"]}
    shown = texts(xml(client, f"requests/{report.case.number}.xml")[0])
    assert (shown["status"], shown["service_code"]) == ("open", city.holes.code)
    assert shown["requested_datetime"].endswith("Z")
    assert "ola@" not in str(shown)
    assert "Próbna" not in str(shown)


def _png() -> bytes:
    from io import BytesIO

    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return content.getvalue()


@pytest.mark.parametrize(
    ("given", "status", "named"),
    [
        ({"api_key": ""}, 403, "api_key"),
        ({"api_key": "okn_nonsense"}, 403, "api_key"),
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "nothing"}, 404, "service_code"),
        ({"lat": "", "long": ""}, 400, "address_string"),
        ({"long": ""}, 400, "lat"),
        ({"lat": "x"}, 400, "lat"),
        ({"lat": "95"}, 400, "lat"),
        ({"email": "nobody"}, 400, "email"),
        ({"email": f"anna@{'.'.join(letter * 60 for letter in 'bcde')}.example.pl"}, 400, "email"),
        ({"description": "x" * 4001}, 400, "description"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({"missing": "attribute"}, 400, "attribute[q"),
    ],
)
def test_what_cannot_be_taken_is_told_and_not_kept(
    client: Client, city: City, key: str, given: dict[str, str], status: int, named: str
) -> None:
    if not given.pop("missing", ""):
        given = {f"attribute[q{needed(city).pk}]": "po kostki", **given}
    whole = {"service_code": city.holes.code, "lat": "50.1", "long": "19.0"}
    before = Report.objects.count()
    answer = send(client, key, "xml", **{**whole, **given})
    assert answer.status_code == status, answer.content
    told = texts(parsed(answer.content)[0])
    assert told["code"] == str(status)
    assert named in told["description"]
    assert Report.objects.count() == before


@pytest.mark.req("FAULT-90")
@pytest.mark.django_db
def test_a_report_with_all_that_follows_from_it_comes_in_with_few_statements(
    client: Client, city: City, key: str, django_assert_max_num_queries: Any
) -> None:
    """Number, clock, words, answers, source, history and the message to whoever reports: none of it asked for twice."""
    told = {
        "service_code": city.holes.code, "lat": "50.05", "long": "19.94", "description": "Dziura",
        "email": "anna@okienko.example", f"attribute[q{needed(city).pk}]": "tak",
    }  # fmt: skip
    assert send(client, key, **told).status_code == 200
    with django_assert_max_num_queries(22):
        answer = send(client, key, **told)
    assert answer.status_code == 200, answer.content


def test_a_phone_that_nobody_can_read_keeps_no_report_away(client: Client, city: City, key: str) -> None:
    """The standard asks for none of a form; what it comes to is the operator's to correct."""
    given = {"service_code": city.lamps.code, "lat": "50.1", "long": "19.0", "phone": "po 16, u brata"}
    assert send(client, key, **given).status_code == 200
    assert Report.objects.get().case.contact_phone == "po 16, u brata"


def test_what_is_sent_is_kept_as_what_is_typed_on_pages(client: Client, city: City, key: str) -> None:
    """A phone as every other, so that it is found when its owner calls; nothing that cannot be seen."""
    given = {"service_code": city.holes.code, "lat": "50.1", "long": "19.0", "phone": "+48 600-100-200"}
    said = {"description": "Dziura\x0b w\x00 jezdni", f"attribute[q{needed(city).pk}]": "po\x1f kostki"}
    assert send(client, key, **given, **said).status_code == 200
    report = Report.objects.select_related("case").get()
    assert (report.case.contact_phone, report.case.description) == ("600100200", "Dziura w jezdni")
    assert report.answers.get().said == "po kostki"


def test_programs_read_the_state_in_the_words_of_the_public_page(client: Client, city: City) -> None:
    case = city.reported(at=now())
    cases.take_step(case.pk, "pass-to-coordinator", by=BY, at=now(), group=city.roads)
    cases.take_step(case.pk, "return-to-operator", by=BY, at=now(), addressee="ZZM", reason="Park")
    [told] = client.get(f"{V2}requests/{case.number}.json", headers={"accept-language": "en"}).json()
    assert told["status_notes"] == "we are finding out who will deal with it"


def test_a_key_without_the_right_sends_nothing(client: Client, city: City) -> None:
    _token, secret = create_token(city.operator, by=BY, at=now(), name="x", scopes=["faults.see"])
    assert send(client, secret, service_code=city.holes.code, lat="50.1", long="19").status_code == 403


def test_which_requests_are_told(client: Client, city: City) -> None:
    def numbers(**given: str) -> set[str]:
        return {one["service_request_id"] for one in client.get(f"{V2}requests.json", given).json()}

    recent = city.reported(at=now() - timedelta(days=3))
    old = city.reported(at=now() - timedelta(days=100))
    lamp = city.reported(at=now() - timedelta(days=2), category=city.lamps)
    closed = city.reported(at=now() - timedelta(days=1))
    cases.take_step(
        closed.pk, "unit-outside", by=BY, at=now(), version=1, rpw="RPW/1/2026", body="Powiat Zmyślony"
    )
    assert numbers() == {recent.number, lamp.number, closed.number}
    assert numbers(status="closed") == {closed.number}
    assert numbers(status="open,closed", service_code=f"{city.lamps.code},none") == {lamp.number}
    assert numbers(service_request_id=f"{old.number},{lamp.number}", status="closed") == {
        old.number,
        lamp.number,
    }
    assert numbers(page_size="1") == {closed.number}
    assert numbers(page_size="1", page="2") == {lamp.number}
    start, end = (f"{now() - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (101, 99))
    assert numbers(start_date=start, end_date=end) == {old.number}
    [update] = client.get(f"{V2}servicerequestupdates.json").json()
    assert (update["service_request_id"], update["status"]) == (closed.number, "closed")
    assert xml(client, "servicerequestupdates.xml", service_request_id=lamp.number).tag == (
        "service_requests_updates"
    )


def test_only_what_is_released_is_told(client: Client, city: City) -> None:
    case = city.reported(
        at=now(), street="Próbna", house_number="7", latitude=HERE[0] + 0.00012, longitude=HERE[1], description="tajne",
        contact_name="Ola",
    )  # fmt: skip
    [told] = client.get(f"{V2}requests/{case.number}.json").json()
    assert (told["description"], told["address"]) == ("", "Próbna")
    assert (told["lat"], told["long"]) == (round(HERE[0], 3), round(HERE[1], 3))
    Report.objects.update(public_text="Dziura", place_released=True)
    [told] = client.get(f"{V2}requests/{case.number}.json").json()
    assert (told["description"], told["address"], told["lat"]) == ("Dziura", "Próbna 7", HERE[0] + 0.00012)
    Report.objects.update(forgotten_at=now())
    assert client.get(f"{V2}requests/{case.number}.json").status_code == 404


def test_forms_methods_and_jurisdiction(client: Client, city: City, settings: Any) -> None:
    assert client.get(f"{V2}services").content.startswith(b"<?xml")
    assert client.get(f"{V2}services", headers={"accept": "application/json"}).json()
    assert client.get(f"{V2}services.html").status_code == 404
    assert client.post(f"{V2}services.json").json()[0]["code"] == 400
    settings.OPEN311_JURISDICTION = "miasto.example"
    assert client.get(f"{V2}services.json?jurisdiction_id=miasto.example").status_code == 200
    assert client.get(f"{V2}services.json?jurisdiction_id=").status_code == 200
    assert client.get(f"{V2}services.json?jurisdiction_id=elsewhere").status_code == 404
