from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from okienko.features.faults.models import Question, Report
from okienko.features.faults.tests.conftest import City
from okienko.features.faults.tests.test_open311 import _png
from okienko.kernel.documents.queries import of as documents_of

PAGE = "/zgloszenia/na-jednej-stronie/"
TOKEN = "k" * 36


def told(city: City, **more: Any) -> dict[str, Any]:
    return {"category": city.holes.pk, "description": "Dziura", "place": "przy moście", "token": TOKEN} | more


@pytest.mark.req("FAULT-13", "CORE-53")
@pytest.mark.django_db
class TestWholeReport:
    def test_a_report_on_one_page_comes_in_with_answers_photos_and_contact(
        self, client: Client, city: City
    ) -> None:
        question = Question.objects.filter(category=city.holes)[0]
        photo = SimpleUploadedFile("dziura.png", _png(), "image/png")
        given = told(
            city,
            attachments=[photo],
            contact_email="anna@okienko.example",
            **{f"question_{question.pk}": "po kostki"},
        )
        answer = client.post(PAGE, given)
        report = Report.objects.select_related("case").get(token=TOKEN)
        assert (
            answer.headers["Location"] == reverse("faults:follow", args=[report.case.follow_key]) + "?nowe=1"
        )
        assert (report.place, report.case.channel, report.waiting) == ("przy moście", "page", True)
        assert report.answers.get().said == "po kostki"
        assert [one.media_type for one in documents_of(report.case)] == ["image/png"]
        assert report.case.contact_email == "anna@okienko.example"

    def test_a_phone_that_sends_twice_has_sent_once(self, client: Client, city: City) -> None:
        first, again = client.post(PAGE, told(city)), client.post(PAGE, told(city, description="Inaczej"))
        assert first.headers["Location"] == again.headers["Location"]
        assert Report.objects.count() == 1

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"description": ""}, "description"),
            ({"place": ""}, "street"),
            ({"category": "0"}, "category"),
            ({"token": "krótki"}, "token"),
            ({"wants_answer": "on"}, "contact_email"),
        ],
    )
    def test_what_cannot_be_taken_is_said_beside_its_field(
        self, client: Client, city: City, wrong: dict[str, str], field: str
    ) -> None:
        answer = client.post(PAGE, told(city, **wrong))
        assert answer.status_code == 200
        assert field in answer.context["form"].errors
        assert Report.objects.count() == 0


@pytest.mark.django_db
def test_what_keeps_the_page_reaches_reports_alone(client: Client) -> None:
    answer = client.get("/zgloszenia/bez-sieci.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer.headers
    assert PAGE in answer.content.decode()
