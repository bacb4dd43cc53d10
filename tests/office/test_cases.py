import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.models import Case, SavedView
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.people.models import Person

LIST = reverse("cases:list", args=[PROCEDURE.code])
STAFF = ("administrator", "supernadzorca", "operator", "nadzorca", "koordynator", "realizator")


def taken() -> Case:
    return Case.objects.get(subject="Dziury w jezdni: ul. Próbna 3")


def step_url(case: Case, code: str) -> str:
    return reverse("cases:step", args=[case.number, code])


@pytest.mark.req("CORE-24")
class TestList:
    def test_each_role_has_its_list_in_at_most_eight_questions(self, sign_in):
        for name in STAFF:
            client = sign_in(name)
            client.get(LIST)
            with CaptureQueriesContext(connection) as asked:
                response = client.get(LIST)
            assert response.status_code == 200
            assert len(asked) <= 8, (name, [query["sql"][:100] for query in asked])

    @pytest.mark.req("CORE-03")
    def test_a_list_shows_what_was_ever_passed_to_one(self, sign_in):
        seen = {"operator": 8, "nadzorca": 5, "koordynator": 5, "realizator": 3, "ogrodniczka": 0}
        for name, count in seen.items():
            shown = sign_in(name).get(LIST).context["list"]
            assert (name, len(shown.rows), shown.total.number) == (name, count, count)

    @pytest.mark.req("CORE-03")
    def test_a_list_that_one_may_not_see_does_not_exist(self, sign_in):
        for name, status in {"": 302, "mieszkanka": 404, "urzednik": 404, "iod": 404}.items():
            assert (name, sign_in(name).get(LIST).status_code) == (name, status)

    def test_filters_and_words_narrow_it(self, sign_in):
        client = sign_in("operator")
        found = {
            "?state=new": 2, "?state=new&state=executor": 5, "?category=oswietlenie": 2, "?open=no": 1, "?q=dziura": 3,
            "?q=jezdniach": 3, "?q=zmyslona": 2, "?q=lampa": 1, "?q=nieistniejące": 0, "?time=late": 1, "?mine=yes": 0,
        }  # fmt: skip
        for query, count in found.items():
            assert (query, len(client.get(LIST + query).context["list"].rows)) == (query, count)

    def test_a_number_finds_its_case_however_it_is_typed(self, sign_in):
        case = taken()
        for typed in (case.number, case.spoken_number, f"{case.number[:2]}-{case.number[2:]}"):
            rows = sign_in("operator").get(LIST, {"q": typed}).context["list"].rows
            assert list(rows) == [case]

    def test_pages_follow_one_another_without_gap_or_double(self, sign_in):
        client = sign_in("operator")
        for number in range(47):
            client.post(
                reverse("faults:by_phone"),
                {"category": _category("odpady"), "place": f"ul. Fikcyjna {number}", "description": "Śmieci"},
            )
        for sort in ("received", "-received", "due", "-due", "number", "-changed"):
            seen: list[int] = []
            address = f"{LIST}?size=25&sort={sort}"
            while address:
                page = client.get(address).context["list"]
                seen += [case.pk for case in page.rows]
                address = f"{LIST}{page.next_url}" if page.next else ""
            back = client.get(f"{LIST}{page.previous_url}").context["list"]
            assert sorted(seen) == sorted(Case.objects.values_list("pk", flat=True))
            assert len(seen) == len(set(seen)) == 55
            assert [case.pk for case in back.rows] == seen[25:50]

    def test_an_address_that_makes_no_sense_shows_the_list_and_says_so(self, sign_in):
        client = sign_in("operator")
        for query in ("?after=zzz", "?sort=haslo", "?group=0x", "?received_from=kiedyś", "?size=9e9&x=1"):
            response = client.get(LIST + query)
            assert response.status_code == 200
            assert len(response.context["list"].rows) == 8
        assert client.get(LIST, {"q": "\x00'"}).status_code == 200

    def test_a_view_is_saved_under_a_name_and_shared(self, sign_in):
        client = sign_in("operator")
        client.post(
            reverse("cases:save_view", args=[PROCEDURE.code]),
            {"name": "Nowe", "view": "?state=new", "shared": "1"},
        )
        assert SavedView.objects.get().query == "?state=new"
        assert "Nowe" in client.get(LIST).content.decode()
        other = sign_in("koordynator")
        assert "Nowe" in other.get(LIST).content.decode()
        removed = reverse("cases:forget_view", args=[PROCEDURE.code, SavedView.objects.get().pk])
        assert removed in client.get(LIST).content.decode()
        assert removed not in other.get(LIST).content.decode()
        assert other.post(removed).status_code == 404
        client.get(removed)
        assert SavedView.objects.exists()
        assert client.post(removed)["Location"] == LIST
        assert not SavedView.objects.exists()

    def test_an_export_holds_what_the_filter_shows_in_the_columns_chosen(self, sign_in):
        query = "?category=nawierzchnia&column=number&column=state"
        text = b"".join(sign_in("koordynator").get(_export("csv") + query).streaming_content).decode(
            "utf-8-sig"
        )
        rows = list(csv.reader(StringIO(text), delimiter=";"))
        assert len(rows) == 3
        assert len(rows[0]) == 3
        sheet = openpyxl.load_workbook(
            BytesIO(b"".join(sign_in("operator").get(_export("xlsx")).streaming_content))
        ).active
        assert sheet.max_row == 9
        assert sign_in("operator").get(_export("pdf")).content.startswith(b"%PDF")
        assert sign_in("urzednik").get(_export("csv")).status_code == 404

    def test_many_are_handed_over_at_once_after_a_page_that_says_how_many(self, sign_in):
        client, target = sign_in("operator"), Person.objects.get(email="realizator@okienko.example")
        case = Case.objects.get(subject="Dziury w jezdni: ul. Umowna 21")
        address = reverse("cases:bulk", args=[PROCEDURE.code])
        page = client.post(address, {"action": "assign", "selected": [case.pk], "view": "?"})
        assert page.context["count"] == 1
        client.post(address, {"confirmed": "1", "selected": [case.pk], "view": "?", "person": target.pk})
        case.refresh_from_db()
        assert case.person == target


def _export(form: str) -> str:
    return reverse("cases:export", args=[PROCEDURE.code, form])


def _category(code: str) -> int:
    from okienko.features.faults.models import Category

    return Category.objects.get(code=code).pk


class TestCase:
    @pytest.mark.req("CORE-15")
    def test_one_page_says_everything(self, sign_in):
        case = taken()
        page = sign_in("realizator").get(reverse("cases:case", args=[case.number])).content.decode()
        for words in (
            case.subject,
            case.spoken_number,
            "Remigiusz Realizacki",
            "Brygada nawierzchni",
            "§ 18",
            "600000000",
        ):
            assert words in page

    @pytest.mark.req("CORE-03")
    def test_a_case_that_one_may_not_see_does_not_exist(self, sign_in):
        case = taken()
        for name, status in {"": 302, "mieszkanka": 404, "ogrodniczka": 404, "operator": 200}.items():
            for url in ("case", "attach", "link"):
                response = sign_in(name).get(reverse(f"cases:{url}", args=[case.number]))
                assert (name, url, response.status_code) == (name, url, status)

    def test_a_step_is_a_form_that_keeps_what_was_typed(self, sign_in):
        case = taken()
        response = sign_in("realizator").post(
            step_url(case, "resolve"), {"version": case.version, "done": "Załatano", "rpw": "RPW/1/2026"}
        )
        assert response.status_code == 200
        assert "answer" in response.context["form"].errors  # the caller wanted one
        assert "Załatano" in response.content.decode()
        case.refresh_from_db()
        assert case.state == "executor"

    @pytest.mark.req("FAULT-29")
    def test_a_report_whose_caller_wants_an_answer_ends_with_one(self, sign_in):
        case = taken()
        given = {"version": case.version, "done": "Załatano", "rpw": "RPW/1/2026", "answer": "Zadzwoniono"}
        assert sign_in("realizator").post(step_url(case, "resolve"), given).status_code == 302
        case.refresh_from_db()
        assert (case.state, case.open) == ("resolved", False)

    @pytest.mark.req("CORE-25")
    def test_the_second_of_two_sees_both_versions_and_loses_nothing(self, sign_in, actor):
        case, client = taken(), sign_in("realizator")
        seen = case.version
        take_step(case.pk, "note", by=actor("realizator"), at=timezone.now(), done="Byłem na miejscu")
        response = client.post(
            step_url(case, "resolve"),
            {"version": seen, "done": "Załatano wyrwę", "rpw": "RPW/1/2026", "answer": "List"},
        )
        page = response.content.decode()
        assert response.status_code == 409
        assert "Byłem na miejscu" in page
        assert "Załatano wyrwę" in page
        again = {**response.context["form"].data, "version": response.context["form"]["version"].value()}
        assert client.post(step_url(case, "resolve"), again).status_code == 302

    @pytest.mark.req("CORE-25")
    def test_corrections_at_once_show_what_stands_there_now(self, sign_in):
        case, client = taken(), sign_in("operator")
        address = reverse("cases:change", args=[case.number])
        given = {"version": case.version, "subject": "Pierwsza poprawka", "description": case.description}
        assert client.post(address, given).status_code == 302
        response = client.post(address, {**given, "subject": "Druga poprawka"})
        page = response.content.decode()
        assert response.status_code == 409
        assert "Pierwsza poprawka" in page
        assert "Druga poprawka" in page

    @pytest.mark.req("CORE-23")
    def test_files_come_all_or_none_and_only_who_sees_the_case_gets_them(self, sign_in):
        case, client = taken(), sign_in("realizator")
        address = reverse("cases:attach", args=[case.number])
        good, bad = (
            SimpleUploadedFile(name, body) for name, body in (("a.txt", b"Notatka"), ("b.exe", b"MZ\x90"))
        )
        assert client.post(address, {"attachments": [good, bad]}).status_code == 200
        assert not documents_of(case).exists()
        good.seek(0)
        assert client.post(address, {"attachments": [good]}).status_code == 302
        (document,) = documents_of(case)
        download = reverse("documents:download", args=[document.pk])
        assert b"".join(client.get(download).streaming_content) == b"Notatka"
        assert sign_in("ogrodniczka").get(download).status_code == 404
        assert sign_in("").get(download).status_code == 404

    @pytest.mark.req("FAULT-01")
    def test_who_only_sees_a_case_adds_no_files_to_it(self, sign_in):
        case, client = taken(), sign_in("nadzorca")
        address = reverse("cases:attach", args=[case.number])
        assert address not in client.get(reverse("cases:case", args=[case.number])).content.decode()
        assert (
            client.post(address, {"attachments": [SimpleUploadedFile("a.txt", b"Notatka")]}).status_code
            == 404
        )
        assert not documents_of(case).exists()

    def test_split_link_and_merge_by_their_pages(self, sign_in):
        case, client = taken(), sign_in("operator")
        client.post(reverse("cases:split", args=[case.number]), {"subject": "Latarnia obok"})
        part = Case.objects.get(subject="Latarnia obok")
        response = client.post(reverse("cases:link", args=[case.number]), {"number": "1", "kind": "related"})
        assert "number" in response.context["form"].errors
        client.post(reverse("cases:merge", args=[part.number]), {"number": case.spoken_number})
        part.refresh_from_db()
        assert part.merged_into == case

    @pytest.mark.req("CORE-21")
    def test_the_procedure_is_read_beside_its_document(self, sign_in):
        page = sign_in("realizator").get(reverse("cases:procedure", args=[PROCEDURE.code])).content.decode()
        for row in PROCEDURE.steps:
            assert row.basis in page


@pytest.mark.req("CORE-53", "FAULT-13")
class TestResident:
    @pytest.mark.req("FAULT-14")
    def test_what_is_handled_elsewhere_is_told_and_not_registered(self, sign_in):
        before = Case.objects.count()
        given = {"category": _category("snieg"), "place": "ul. Zmyślona", "description": "Lód"}
        response = sign_in("").post(reverse("faults:report"), given)
        assert "+48 00 000 00 01" in response.content.decode()
        assert Case.objects.count() == before
