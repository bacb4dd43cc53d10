from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from okienko.features.faults.actions import add_category, change_category
from okienko.features.faults.models import Category, Report
from okienko.features.faults.tests.conftest import AT, BY, City, answer_to
from okienko.features.faults.tests.test_open311 import _png
from okienko.kernel.documents.queries import of as documents_of

PAGE = "/zgloszenia/na-jednej-stronie/"
TOKEN = "k" * 36


def told(city: City, **more: Any) -> dict[str, Any]:
    said = {"category": city.holes.pk, "description": "Dziura", "place": "przy moście", "token": TOKEN}
    return {**said, answer_to("Jak duża?"): "po kostki", **more}


@pytest.mark.req("FAULT-13", "CORE-53")
@pytest.mark.django_db
class TestWholeReport:
    def test_a_report_on_one_page_comes_in_with_answers_photos_and_contact(
        self, client: Client, city: City
    ) -> None:
        photo = SimpleUploadedFile("dziura.png", _png(), "image/png")
        given = told(city, attachments=[photo], contact_email="anna@okienko.example")
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

    def test_what_the_category_must_know_is_demanded_and_nothing_typed_is_lost(
        self, client: Client, city: City
    ) -> None:
        """Also of who runs no scripts, and sees the questions only then."""
        must, may = answer_to("Jak duża?"), answer_to("Na pasie ruchu?")
        typed = told(city, **{must: " ", may: "tak"}, contact_phone="600 100 200")
        answer = client.post(PAGE, typed)
        form = answer.context["form"]
        assert list(form.errors) == [must]
        page = answer.content.decode().partition("<template data-category")[0]
        for name, value in typed.items():
            if name != must:
                assert f'name="{name}"' in page
                assert str(form[name].value()) == str(value)
        assert f'href="#id_{must}"' in page
        assert not Report.objects.exists()
        sent = client.post(PAGE, {**typed, must: "po kostki"})
        assert sent.status_code == 302
        said = Report.objects.get().answers.values_list("asked", "said")
        assert list(said) == [("Jak duża?", "po kostki"), ("Na pasie ruchu?", "tak")]

    @pytest.mark.req("FAULT-14")
    def test_what_is_not_handled_here_is_said_and_not_offered(self, client: Client, city: City) -> None:
        snow = add_category(
            by=BY, at=AT, code="snieg", shortcut="SN", name="Śnieg", handled_elsewhere="Zadzwoń do służb zimowych.",
            elsewhere_phone="600 100 300",
        )  # fmt: skip
        answer = client.get(PAGE)
        page = answer.content.decode()
        assert "Zadzwoń do służb zimowych." in page
        assert 'href="tel:600100300"' in page
        assert snow not in answer.context["form"].fields["category"].queryset
        assert "category" in client.post(PAGE, told(city, category=snow.pk)).context["form"].errors

    def test_other_categories_demand_nothing_of_it(self, client: Client, city: City) -> None:
        given = told(city, category=city.lamps.pk)
        del given[answer_to("Jak duża?")]
        assert client.post(PAGE, given).status_code == 302

    def test_a_browser_without_a_network_knows_what_must_be_said(self, client: Client, city: City) -> None:
        page = client.get(PAGE).content.decode()
        asked = page.partition(f'<template data-category="{city.holes.pk}">')[2].partition("</template>")[0]
        fields = {
            name: "required" in tag for tag, name in re.findall(r'(<input[^>]*name="([^"]+)"[^>]*>)', asked)
        }
        assert fields == {answer_to("Jak duża?"): True, answer_to("Na pasie ruchu?"): False}

    def test_it_asks_the_database_as_often_however_many_kinds_it_offers(
        self, client: Client, city: City
    ) -> None:
        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                page = client.get(PAGE).content.decode()
            assert page.count("<template data-category=") == kinds
            return len(queries)

        kinds = Category.objects.filter(questions__isnull=False).distinct().count()
        before = asked()
        for number in range(5):
            more = {"code": f"k{number}", "shortcut": f"K{'VWXYZ'[number]}", "parent": city.lamps}
            add_category(by=BY, at=AT, name=f"Rodzaj {number}", questions=[("Gdzie?", True)], **more)
        kinds += 5
        assert asked() == before

    def test_a_question_in_the_same_words_takes_the_answer_that_was_written_before(
        self, client: Client, city: City
    ) -> None:
        """A report waits on a phone while the office puts its questions in another order."""
        given, category = told(city), city.holes
        change_category(
            category, by=BY, at=AT, version=category.version, shortcut="NA", name="Dziury",
            questions=[("Jak głęboka?", False), ("Jak duża?", True)],
        )  # fmt: skip
        assert client.post(PAGE, given).status_code == 302
        assert [(one.asked, one.said) for one in Report.objects.get().answers.all()] == [
            ("Jak duża?", "po kostki")
        ]


@pytest.mark.django_db
def test_what_keeps_the_page_reaches_reports_alone(client: Client) -> None:
    answer = client.get("/zgloszenia/bez-sieci.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer.headers
    assert PAGE in answer.content.decode()
