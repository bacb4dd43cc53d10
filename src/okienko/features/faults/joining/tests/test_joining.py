"""A unit joins: its dates, the fixed form, the exact difference, and the agreement before anything changes."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from okienko.base.decisions import Missing, Refused, Stale
from okienko.features.faults.joining import actions, queries
from okienko.features.faults.joining.models import Joining, Submission
from okienko.features.faults.joining.rules import in_time
from okienko.features.faults.joining.sheets import SHEETS, workbook
from okienko.features.faults.tests.conftest import AT, BY, LONG_AGO, acting
from okienko.kernel.history.queries import entries_of
from okienko.kernel.messages.models import Message
from okienko.kernel.people.access import may
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Grant, Person
from okienko.kernel.people.organisation.writing import csv_of
from okienko.kernel.units.actions import add_unit, change_group
from okienko.kernel.units.models import Group

pytestmark = pytest.mark.req("FAULT-80")
TODAY = AT.date()
START = TODAY + timedelta(days=10)
TITLES = {sheet.name: sheet.headings for sheet in SHEETS}
PEOPLE = [
    ["nad@okienko.example", "Nadia", "Nowa", "MPO", "", "", "nadzorca"],
    ["kor@okienko.example", "Kora", "Nowa", "MPO", "MPO-K", "Koordynatorzy MPO", "koordynator"],
    ["rea@okienko.example", "Rea", "Nowa", "MPO-1", "MPO-R", "", "realizator"],
]


@given(st.integers(min_value=-30, max_value=30))
def test_five_days_are_in_time_and_four_are_not(days):
    assert in_time(TODAY, TODAY + timedelta(days=days)) == (days >= 5)


@pytest.fixture
def unit(city):
    made = add_unit(by=BY, at=LONG_AGO, symbol="MPO", name="Przedsiębiorstwo Próbne", own_entity=True)
    add_unit(by=BY, at=LONG_AGO, symbol="MPO-1", name="Oddział Próbny", parent=made)
    return made


@pytest.fixture
def chief(city):
    return make_staff("super@okienko.example", "super-overseer", by=BY, at=LONG_AGO, first_name="Sabina")


@pytest.fixture
def preparer(city):
    return make_staff("przygotowuje@okienko.example", "fault-administrator", by=BY, at=LONG_AGO)


@pytest.fixture
def joining(unit, chief):
    told = {"asked_by": "Jan Próbny, dyrektor", "agreed_on": TODAY, "starts_on": START}
    return actions.join(unit, by=acting(chief), at=AT, **told)


def file_of(people=PEOPLE, questions=()):
    book = load_workbook(BytesIO(workbook(queries.Known([], {}, [], frozenset()), {}, ["Instrukcja"])))
    for name, rows in (("Osoby", people), ("Minimum informacji", questions)):
        for row in rows:
            book[name].append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def brought(joining, by, data=None, **more):
    return actions.bring(joining.pk, "mpo.xlsx", data or file_of(), by=acting(by), at=AT, **more)


def roles():
    held = Grant.objects.filter(valid_until__isnull=True, person__last_name="Nowa")
    return {(one.person.email, one.role, str(one.unit or ""), one.group and one.group.symbol) for one in held}


def test_nothing_changes_before_the_agreement_and_then_all_of_it(joining, preparer, chief):
    submission = brought(joining, preparer)
    assert not Person.objects.filter(last_name="Nowa").exists()
    assert not Group.objects.filter(symbol__startswith="MPO").exists()
    with pytest.raises(Missing):
        actions.agree(submission.pk, by=acting(preparer), at=AT)
    done = actions.agree(submission.pk, by=acting(chief), at=AT)
    assert [one.what for one in done] == ["added"] * 3
    assert roles() == {
        ("nad@okienko.example", "overseer", "Przedsiębiorstwo Próbne", None),
        ("kor@okienko.example", "coordinator", "", "MPO-K"),
        ("rea@okienko.example", "executor", "", "MPO-R"),
    }
    made = Group.objects.get(symbol="MPO-R")
    assert (made.unit.symbol, made.kind, made.name) == ("MPO-1", "executors", "MPO-R")
    assert Group.objects.get(symbol="MPO-K").name == "Koordynatorzy MPO"
    assert {
        timezone.localtime(one.valid_from).date() for one in Grant.objects.filter(person__last_name="Nowa")
    } == {START}
    invited = Message.objects.filter(notice="people.invited", address__in=[row[0] for row in PEOPLE])
    assert invited.count() == 3
    kinds = [entry.kind for entry in entries_of(joining)]
    assert kinds == ["joining.asked", "joining.file_brought", "joining.agreed"]
    assert entries_of(joining).last().person_id == chief.pk
    with pytest.raises(Refused):
        actions.agree(submission.pk, by=acting(chief), at=AT)


def test_changes_are_exact_additions_and_removals(joining, preparer, chief):
    actions.agree(brought(joining, preparer).pk, by=acting(chief), at=AT)
    later = [PEOPLE[0], PEOPLE[1], ["zen@okienko.example", "Zen", "Nowa", "MPO", "MPO-K", "", "koordynator"]]
    submission = brought(joining, preparer, file_of(later))
    _file, wrong, differences = actions.compared(submission, AT)
    assert not wrong
    assert {(one.what, one.key[0]) for one in differences} == {
        ("added", "zen@okienko.example"), ("removed", "rea@okienko.example"),
    }  # fmt: skip
    actions.agree(submission.pk, by=acting(chief), at=AT)
    assert {email for email, *_rest in roles()} == {
        "nad@okienko.example", "kor@okienko.example", "zen@okienko.example",
    }  # fmt: skip
    assert not Group.objects.get(symbol="MPO-R").active
    assert Group.objects.get(symbol="MPO-K").active
    again = brought(joining, preparer, file_of(later))
    assert actions.compared(again, AT)[2] == []


def test_people_of_other_units_and_other_roles_stay_as_they_are(city, joining, preparer, chief):
    before = list(Grant.objects.order_by("pk").values_list("pk", "valid_until"))
    actions.agree(brought(joining, preparer).pk, by=acting(chief), at=AT)
    kept = Grant.objects.filter(pk__in=[pk for pk, _until in before]).order_by("pk")
    assert list(kept.values_list("pk", "valid_until")) == before
    assert Group.objects.get(pk=city.roads.pk).active


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["nie", "A", "B", "MPO", "", "", "nadzorca"], "E-mail"),
        (["a@okienko.example", "", "B", "MPO", "", "", "nadzorca"], "Imię"),
        (["a@okienko.example", "A", "B", "ZDM", "", "", "nadzorca"], "Komórka"),
        (["a@okienko.example", "A", "B", "MPO", "", "", "szef"], "Grupa uprawnień"),
        (["a@okienko.example", "A", "B", "MPO", "", "", "realizator"], "Symbol grupy"),
        (["a@okienko.example", "A", "B", "MPO", "X", "", "nadzorca"], "Symbol grupy"),
        (["a@okienko.example", "A", "B", "MPO", "DROGI", "", "koordynator"], "Symbol grupy"),
        (["mieszkanka@example.org", "A", "B", "MPO", "", "", "nadzorca"], "E-mail"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(joining, preparer, chief, row, column):
    Person.objects.create(email="mieszkanka@example.org", joined_at=LONG_AGO)
    submission = brought(joining, preparer, file_of([PEOPLE[0], row]))
    ((wrong,),) = [actions.compared(submission, AT)[1]]
    assert (wrong.sheet, wrong.row, wrong.column) == ("Osoby", 3, column)
    assert wrong.says
    with pytest.raises(Refused) as refused:
        actions.agree(submission.pk, by=acting(chief), at=AT)
    assert refused.value.code == "wrong-cells"
    assert not roles()


def test_what_the_rules_refuse_leaves_nothing(joining, preparer, chief, monkeypatch):
    submission = brought(joining, preparer)

    def fail(*_args, **_told):
        raise Refused("Nie można", code="no")

    monkeypatch.setattr("okienko.features.faults.joining.applying.people.give_role", fail)
    with pytest.raises(Refused):
        actions.agree(submission.pk, by=acting(chief), at=AT)
    assert not Person.objects.filter(last_name="Nowa").exists()
    assert not Group.objects.filter(symbol__startswith="MPO").exists()


def test_a_unit_that_has_changed_since_is_noticed(joining, preparer, chief):
    actions.agree(brought(joining, preparer).pk, by=acting(chief), at=AT)
    submission = brought(joining, preparer, file_of(PEOPLE[:2]))
    group = Group.objects.get(symbol="MPO-K")
    change_group(group, by=BY, at=AT, version=group.version, name="Inna nazwa")
    with pytest.raises(Stale):
        actions.agree(submission.pk, by=acting(chief), at=AT)
    assert len(roles()) == 3


def test_too_late_unless_the_super_overseer_says_why(unit, preparer, chief):
    soon = TODAY + timedelta(days=4)
    told = {"asked_by": "Jan Próbny", "agreed_on": TODAY, "starts_on": soon}
    joining = actions.join(unit, by=acting(chief), at=AT, **told)
    for more in ({}, {"exception": "Pilne"}):
        with pytest.raises((Refused, Missing)):
            brought(joining, preparer, **more)
    assert brought(joining, chief, exception="Pilne: decyzja prezydenta").exception
    submission = Submission.objects.get()
    actions.agree(submission.pk, by=acting(chief), at=AT)
    # What comes after that is a change, and may come any day.
    assert brought(joining, preparer).exception == ""


def test_sent_back_with_a_reason_and_nothing_else(joining, preparer, chief):
    submission = brought(joining, preparer)
    actions.refuse(submission.pk, "Brak realizatorów", by=acting(chief), at=AT)
    assert not roles()
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(reason="")


def test_the_minimum_of_information_comes_with_it(city, joining, preparer, chief):
    rows = [["lampy", "Numer na słupie?", "tak"], ["lampy", "Od kiedy?", "nie"]]
    submission = brought(joining, preparer, file_of(questions=rows))
    actions.agree(submission.pk, by=acting(chief), at=AT)
    assert list(city.lamps.questions.values_list("text", "required")) == [
        ("Numer na słupie?", True),
        ("Od kiedy?", False),
    ]
    assert city.holes.questions.count() == 2
    theirs = brought(joining, preparer, file_of(questions=[["dziury", "Jak duża?", "tak"]]))
    (wrong,) = actions.compared(theirs, AT)[1]
    assert (wrong.sheet, wrong.row, wrong.column) == ("Minimum informacji", 2, "Kategoria")


def test_csv_changes_people_alone(joining, preparer, chief):
    people = SHEETS[0]
    rows = {
        tuple(row): dict(zip((field for _h, field in people.columns), row, strict=True)) for row in PEOPLE
    }
    data = csv_of(people, {people.name: rows}).encode()
    submission = actions.bring(joining.pk, "o.csv", data, by=acting(preparer), at=AT)
    actions.agree(submission.pk, by=acting(chief), at=AT)
    assert len(roles()) == 3


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_the_form_has_instructions_choices_and_who_works_now(joining, preparer, chief):
    actions.agree(brought(joining, preparer).pk, by=acting(chief), at=AT)
    client = signed_in(preparer)
    address = reverse("joining:form", args=[joining.pk, "xlsx"])
    book = load_workbook(BytesIO(client.get(address).content))
    assert book.sheetnames[:3] == ["Instrukcja", "Osoby", "Minimum informacji"]
    page = book["Osoby"]
    assert [cell.value for cell in page[1]] == TITLES["Osoby"]
    assert {row[0].value for row in page.iter_rows(min_row=2)} == {row[0] for row in PEOPLE}
    assert {str(one.sqref)[0] for one in page.data_validations.dataValidation} == {"D", "G"}
    empty = load_workbook(BytesIO(client.get(f"{address}?pusty").content))
    assert empty["Osoby"].max_row == 1
    data = BytesIO(client.get(address).content).getvalue()
    assert actions.compared(brought(joining, preparer, data), AT)[1:] == ([], [])


def test_pages_from_asking_to_agreeing(unit, preparer, chief):
    at = timezone.localdate()
    client = signed_in(chief)
    told = {
        "unit": unit.pk, "asked_by": "Jan Próbny", "agreed_on": at.isoformat(),
        "starts_on": (at + timedelta(days=8)).isoformat(),
    }  # fmt: skip
    agreement = SimpleUploadedFile("porozumienie.pdf", b"%PDF-1.7\n%%EOF")
    made = client.post(reverse("joining:join"), told | {"agreement": agreement}, follow=True)
    joining = Joining.objects.get()
    assert "porozumienie.pdf" in made.content.decode()
    other = signed_in(preparer)
    page = reverse("joining:joining", args=[joining.pk])
    file = SimpleUploadedFile("mpo.xlsx", file_of())
    shown = other.post(page, {"file": file}, follow=True).content.decode()
    assert "kor@okienko.example" in shown
    assert "Uzgodnij" not in shown
    here = reverse("joining:submission", args=[Submission.objects.get().pk])
    assert other.post(here).status_code == 404
    assert "Uzgodnij" in client.get(here).content.decode()
    assert not roles()
    assert client.post(here).status_code == 302
    assert len(roles()) == 3


@pytest.mark.req("CORE-03")
def test_an_overseer_prepares_for_their_unit_alone(city, unit, joining, chief):
    mine = make_staff("n1@okienko.example", "overseer", by=BY, at=LONG_AGO, unit=unit)
    other = make_staff("n2@okienko.example", "overseer", by=BY, at=LONG_AGO, unit=city.roads.unit)
    submission = brought(joining, mine)
    assert not may(mine, "faults.agree")
    for person, status in ((mine, 200), (other, 404), (city.operator, 404)):
        client = signed_in(person)
        for name, key in (("joining", joining.pk), ("submission", submission.pk)):
            assert client.get(reverse(f"joining:{name}", args=[key])).status_code == status
        assert client.get(reverse("joining:form", args=[joining.pk, "csv"])).status_code == status
    assert "Przedsiębiorstwo" not in signed_in(other).get(reverse("joining:joinings")).content.decode()
    with pytest.raises(Missing):
        brought(joining, other)


@pytest.mark.req("FAULT-71")
class TestControllers:
    def test_the_register_says_who_joined_when_and_until_when(self, joining, chief):
        client = signed_in(chief)
        ended = START + timedelta(days=30)
        actions.change_joining(joining.pk, by=acting(chief), at=AT, version=1, ended_on=ended)
        shown = client.get(reverse("joining:register", args=["csv"]))
        text = b"".join(shown.streaming_content).decode()
        for told in ("Przedsiębiorstwo Próbne", TODAY.isoformat(), ended.isoformat(), "Jan Próbny"):
            assert told in text
        printed = client.get(reverse("joining:register", args=["pdf"]))
        content = printed.content if not printed.streaming else b"".join(printed.streaming_content)
        assert content.startswith(b"%PDF")
        assert "Przedsiębiorstwo Próbne" in client.get(reverse("joining:joinings")).content.decode()

    def test_the_page_of_the_unit_says_so_while_it_lasts(self, unit, chief):
        today, asked = timezone.localdate(), {"asked_by": "Jan Próbny"}
        since = {"agreed_on": today - timedelta(days=30), "starts_on": today - timedelta(days=9)}
        made = actions.join(unit, by=acting(chief), at=AT, **asked, **since)
        page = reverse("people:unit", args=[unit.pk])
        client = signed_in(chief)
        assert "Współadministrator danych od" in client.get(page).content.decode()
        ended = today - timedelta(days=1)
        actions.change_joining(made.pk, by=acting(chief), at=AT, version=1, ended_on=ended)
        assert "Współadministrator danych od" not in client.get(page).content.decode()

    def test_a_unit_joins_once_at_a_time(self, unit, joining, chief):
        told = {"asked_by": "Jan", "agreed_on": date(2026, 12, 1), "starts_on": date(2026, 12, 10)}
        with pytest.raises(Refused):
            actions.join(unit, by=acting(chief), at=AT, **told)
        with pytest.raises(IntegrityError), transaction.atomic():
            Joining.objects.create(unit=unit, **told)
        actions.change_joining(joining.pk, by=acting(chief), at=AT, version=1, ended_on=START)
        with pytest.raises(Refused):
            brought(joining, chief)
        assert actions.join(unit, by=acting(chief), at=AT, **told)

    def test_two_who_change_it_at_once(self, joining, chief):
        actions.change_joining(joining.pk, by=acting(chief), at=AT, version=1, asked_by="Ktoś")
        with pytest.raises(Stale):
            actions.change_joining(joining.pk, by=acting(chief), at=AT, version=1, asked_by="Inny")

    def test_the_agreement_is_for_those_who_see_the_unit(self, city, joining, chief):
        file = SimpleUploadedFile("porozumienie.pdf", b"%PDF-1.7\n%%EOF")
        actions.change_joining(joining.pk, by=acting(chief), at=AT, version=1, agreement=[file])
        from okienko.kernel.documents.queries import of as documents_of

        address = reverse("documents:download", args=[documents_of(joining).get().pk])
        assert signed_in(city.operator).get(address).status_code == 404
        assert b"".join(signed_in(chief).get(address).streaming_content).startswith(b"%PDF")
