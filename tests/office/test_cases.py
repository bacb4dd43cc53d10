import csv
from datetime import datetime, time, timedelta
from html import unescape
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from okienko.features.faults.rules import PROCEDURE
from okienko.kernel.calendars.actions import resume_clock, stop_clock
from okienko.kernel.calendars.queries import clocks_of, tell
from okienko.kernel.calendars.words import rule
from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.clocks import rule_of
from okienko.kernel.cases.models import Case, SavedView
from okienko.kernel.cases.sentences import MOVES, TOLD
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.people.roles import roles_that_may
from okienko.kernel.units.models import Group

LIST = reverse("cases:list", args=[PROCEDURE.code])
STAFF = ("administrator", "supernadzorca", "operator", "nadzorca", "koordynator", "realizator")


def taken() -> Case:
    return Case.objects.get(subject="Dziury w jezdni: ul. Próbna 3")


@pytest.mark.req("FAULT-02", "FAULT-20")
def test_every_unit_of_the_city_that_gets_reports_has_groups_of_both_kinds(sign_in):
    """Whoever tries the city out can go the whole way with a report."""
    kinds: dict[int, set[str]] = {}
    for group in Group.objects.filter(active=True):
        kinds.setdefault(group.unit_id, set()).add(group.kind)
    assert len(kinds) > 3
    assert set(map(frozenset, kinds.values())) == {frozenset({"coordinators", "executors"})}
    executors = Case.objects.filter(state__in=["executor", "contractor"])
    assert set(executors.values_list("group__kind", flat=True)) == {"executors"}


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

    def test_units_people_and_the_last_change_narrow_it_too(self, sign_in):
        client = sign_in("operator")
        day = timezone.localdate(Case.objects.latest("changed_at").changed_at)
        on_that_day = {"changed_at__gte": timezone.make_aware(datetime.combine(day, time()))}
        narrowed = {
            "unit=zdm": {"unit__symbol": "ZDM"}, "unit=dróg miejskich": {"unit__symbol": "ZDM"}, "unit=nikt": {"pk": 0},
            "person=realizacki": {"person__last_name": "Realizacki"}, "person=remigiusz real": {"person__last_name": "Realizacki"},
            "person=Realizator@okienko.example": {"person__last_name": "Realizacki"}, "person=realizacki nikt": {"pk": 0},
            f"changed_from={day}": on_that_day,
        }  # fmt: skip
        for query, meant in narrowed.items():
            rows = client.get(f"{LIST}?{query}").context["list"].rows
            assert {case.pk for case in rows} == set(
                Case.objects.filter(**meant).values_list("pk", flat=True)
            ), query
            assert rows or "pk" in meant, query

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
        fields = {"received": "received_at", "due": "due_order", "number": "pk", "changed": "changed_at"}
        for sort in ("received", "-received", "due", "-due", "number", "-changed"):
            seen: list[int] = []
            sign, name = sort[: sort.startswith("-")], sort.removeprefix("-")
            address = f"{LIST}?size=25&sort={sort}"
            while address:
                assert len(seen) < 55, "the same rows come again"
                page = client.get(address).context["list"]
                seen += [case.pk for case in page.rows]
                address = f"{LIST}{page.next_url}" if page.next else ""
            back = client.get(f"{LIST}{page.previous_url}").context["list"]
            assert len(seen) == 55
            assert seen == list(
                Case.objects.order_by(f"{sign}{fields[name]}", f"{sign}pk").values_list("pk", flat=True)
            )
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
            {"name": "Tydzień dróg", "view": "?state=new", "shared": "1"},
        )
        assert SavedView.objects.get().query == "?state=new"
        assert "Tydzień dróg" in client.get(LIST).content.decode()
        other = sign_in("koordynator")
        assert "Tydzień dróg" in other.get(LIST).content.decode()
        removed = reverse("cases:forget_view", args=[PROCEDURE.code, SavedView.objects.get().pk])
        assert removed in client.get(LIST).content.decode()
        assert removed not in other.get(LIST).content.decode()
        assert other.post(removed).status_code == 404
        client.get(removed)
        assert SavedView.objects.exists()
        assert client.post(removed)["Location"] == LIST
        assert not SavedView.objects.exists()

    def test_an_export_holds_what_the_filter_shows_in_the_columns_chosen(self, sign_in):
        query, client = (
            "?category=nawierzchnia&column=state&column=number&sort=received",
            sign_in("koordynator"),
        )
        text = b"".join(client.get(_export("csv") + query).streaming_content).decode("utf-8-sig")
        titles, *rows = list(csv.reader(StringIO(text), delimiter=";"))
        shown = client.get(LIST + query).context["list"]
        assert titles == [str(column.title) for column in shown.request.columns] == ["Temat", "Stan", "Numer"]
        assert [row[2] for row in rows] == [case.spoken_number for case in shown.rows]
        assert [case.received_at for case in shown.rows] == sorted(case.received_at for case in shown.rows)
        assert len(rows) == 2
        sheet = openpyxl.load_workbook(
            BytesIO(b"".join(sign_in("operator").get(_export("xlsx")).streaming_content))
        ).active
        assert sheet.max_row == 9
        assert sign_in("operator").get(_export("pdf")).content.startswith(b"%PDF")
        assert sign_in("urzednik").get(_export("csv")).status_code == 404


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

    @pytest.mark.req("CORE-15")
    def test_a_deadline_explains_itself_on_the_page_and_on_paper(self, sign_in, actor):
        """From which event, by which rule and law, which days counted, which did not and why, which stops moved it."""
        case, client = taken(), sign_in("realizator")
        clock = clocks_of(case).get(code="finish")
        stopped = clock.started_at + timedelta(hours=1)
        stop_clock(clock, by=actor("realizator"), at=stopped)
        resume_clock(clock, by=actor("realizator"), at=stopped + timedelta(days=7))
        with translation.override("en"):
            told = tell(clocks_of(case).get(code="finish"))
        assert len(told.stops) == 1
        pages = {}
        for name in ("case", "deadlines"):
            address = reverse(f"cases:{name}", args=[case.number])
            pages[name] = unescape(client.get(address, headers={"accept-language": "en"}).content.decode())
            for words in (
                "It came on",
                "10 working days",
                "§ 18",
                "Sunday: does not count",
                "The clock stood from",
            ):
                assert words in pages[name], name
            for sentence in (*told.asked, *told.stops, *told.result, *(words for _day, words in told.steps)):
                assert sentence in pages[name], name
        assert reverse("cases:deadlines", args=[case.number]) in pages["case"]

    @pytest.mark.req("CORE-03")
    def test_a_case_that_one_may_not_see_does_not_exist(self, sign_in):
        case = taken()
        for name, status in {"": 302, "mieszkanka": 404, "ogrodniczka": 404, "operator": 200}.items():
            for url in ("case", "deadlines", "attach", "link"):
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

    @pytest.mark.req("CORE-55", "CORE-60")
    def test_what_is_said_to_have_happened_in_the_future_is_refused_beside_its_field(self, sign_in):
        case, tomorrow = taken(), timezone.localdate() + timedelta(days=1)
        typed = {
            "version": case.version,
            "done": "Byłem",
            "happened_at_day": str(tomorrow),
            "happened_at_hour": "9:00",
        }
        response = sign_in("realizator").post(step_url(case, "note"), typed)
        assert response.status_code == 200
        assert response.context["form"].has_error("happened_at", "happened-in-future")
        assert "Byłem" in response.content.decode()

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
        assert "Pierwsza poprawka" in str(response.context["differing"])
        assert "Druga poprawka" in page

    @pytest.mark.req("CORE-55")
    def test_a_phone_that_cannot_be_called_is_refused_beside_its_field(self, sign_in):
        case, client = taken(), sign_in("operator")
        address = reverse("cases:change", args=[case.number])
        given = {"version": case.version, "subject": "Poprawka", "contact_phone": "wieczorem"}
        form = client.post(address, given).context["form"]
        assert list(form.errors) == ["contact_phone"]
        assert (form["contact_phone"].value(), form["subject"].value()) == ("wieczorem", "Poprawka")
        assert client.post(address, {**given, "contact_phone": "(22) 000 00 00"}).status_code == 302
        case.refresh_from_db()
        assert case.contact_phone == "220000000"

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
        answer = client.get(download)
        assert b"".join(answer.streaming_content) == b"Notatka"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
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
        address = reverse("cases:procedure", args=[PROCEDURE.code])
        page = unescape(sign_in("realizator").get(address).content.decode())
        assert str(PROCEDURE.source) in page
        rows = page.partition("<tbody")[2].partition("</tbody>")[0].split("<tr")[1:]
        states = {state.code: str(state.name) for state in PROCEDURE.states}
        for step, row in zip(PROCEDURE.steps, rows, strict=True):
            told = [states[step.target]] if step.target else []
            told += [states[code] for code in step.sources]
            told += [str(need.label) for need in step.needs if need.required]
            if not step.by_system:
                told += [str(role.name) for role in roles_that_may(step.permission)]
            told += [f"{PROCEDURE.clock(one.clock).name}: {MOVES[one.move]}" for one in step.clocks]
            told += [str(TOLD[code]) for code in step.tells]
            for words in (step.basis, str(step.name), *told):
                assert words in row, step.code
        for clock in PROCEDURE.clocks:
            assert f"<dt>{clock.name}</dt><dd>{rule(rule_of(clock))}, {clock.basis}</dd>" in page


@pytest.mark.req("CORE-53", "FAULT-13")
class TestResident:
    @pytest.mark.req("FAULT-14")
    def test_what_is_handled_elsewhere_is_told_and_not_registered(self, sign_in):
        before = Case.objects.count()
        given = {"category": _category("snieg"), "place": "ul. Zmyślona", "description": "Lód"}
        response = sign_in("").post(reverse("faults:report"), given)
        assert "+48 00 000 00 01" in response.content.decode()
        assert Case.objects.count() == before
