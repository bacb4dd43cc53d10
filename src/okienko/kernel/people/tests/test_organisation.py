from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from okienko.kernel.history.queries import entries_of
from okienko.kernel.people.models import Grant, OrganisationImport, Person
from okienko.kernel.people.tests.test_actions import City
from okienko.kernel.units.models import Group, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.urls("okienko.kernel.people.tests.urls")]


@pytest.fixture
def city() -> City:
    return City()


@pytest.fixture
def chief(client: Client, city: City) -> Client:
    client.force_login(city.chief)
    return client


def exported(client: Client) -> Workbook:
    return load_workbook(BytesIO(client.get("/organizacja/eksport/xlsx/").content))


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def bring(client: Client, data: bytes, name: str = "o.xlsx") -> str:
    response = client.post(
        "/organizacja/",
        {"file": SimpleUploadedFile(name, data)},
        headers={"accept-language": "en"},
        follow=True,
    )
    return response.content.decode()


def apply(client: Client) -> str:
    made = OrganisationImport.objects.latest("pk")
    response = client.post(f"/organizacja/import/{made.pk}/", headers={"accept-language": "en"}, follow=True)
    return response.content.decode()


@pytest.mark.req("CORE-05")
def test_what_was_exported_says_nothing_new(chief: Client) -> None:
    assert "what the organisation is already" in bring(chief, saved(exported(chief)))
    for sheet in ("Jednostki", "Grupy", "Osoby", "Role"):
        data = chief.get(f"/organizacja/eksport/csv/{sheet}/").content
        assert "what the organisation is already" in bring(chief, data, "o.csv")


@pytest.mark.req("CORE-05", "CORE-66")
def test_no_name_is_a_formula_to_who_opens_the_file(chief: Client, city: City) -> None:
    person = Person.objects.filter(kind=Person.Kind.STAFF).first()
    assert person is not None
    person.first_name, person.phone = "@SUM(1)", "+48 601 234 567"
    person.save()
    data = chief.get("/organizacja/eksport/csv/Osoby/").content
    cells = [cell for line in data.decode("utf-8-sig").splitlines() for cell in line.split(";")]
    assert "'@SUM(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "what the organisation is already" in bring(chief, data, "o.csv")


@pytest.mark.req("CORE-05")
def test_an_import_is_shown_exactly_and_then_applied_whole(chief: Client, city: City) -> None:
    book = exported(chief)
    units, groups, people, roles = (book[name] for name in ("Jednostki", "Grupy", "Osoby", "Role"))
    units.append(["FIL-A", "Filia A", "FIL", *[""] * 8, "tak"])
    units.append(["FIL", "Filia", "UM", *[""] * 8, "tak"])
    groups.append(["FIL-E", "Ekipa filii", "FIL-A", "executors", "tak"])
    people.append(["nowy@okienko.example", "Nowy", "Człowiek", "", "uk", "tak"])
    roles.append(["nowy@okienko.example", "clerk", "FIL-A", "", "2026-11-01 08:00", "2030-01-01 00:00"])
    for row in list(people.iter_rows(min_row=2)):
        if row[0].value == "stranger@okienko.example":
            people.delete_rows(row[0].row)
    for row in list(roles.iter_rows(min_row=2)):
        if row[0].value == "stranger@okienko.example":
            roles.delete_rows(row[0].row)
    for row in list(groups.iter_rows(min_row=2)):
        if row[0].value == "ZZM-E":
            groups.delete_rows(row[0].row)
    units["E2"] = "600"
    shown = bring(chief, saved(book))
    for words in ("Filia A", "– → 600", "nowy@okienko.example", "stranger@okienko.example", "ZZM-E"):
        assert words in shown
    assert (shown.count("badge good"), shown.count("badge info"), shown.count("badge warning")) == (5, 1, 3)
    assert not Unit.objects.filter(symbol="FIL").exists()
    assert "Applied. Rows changed: 9." in apply(chief)
    assert Unit.objects.get(symbol="FIL-A").path.startswith(Unit.objects.get(symbol="FIL").path)
    assert Person.objects.get(email="nowy@okienko.example").must_use_second_factor
    assert Person.objects.get(pk=city.stranger.pk).left_at is not None
    assert not Group.objects.get(symbol="ZZM-E").active
    made = OrganisationImport.objects.get()
    assert [entry.kind for entry in entries_of(made)] == ["organisation.file_read", "organisation.imported"]
    assert "already been applied" in apply(chief)
    assert "what the organisation is already" in bring(chief, saved(exported(chief)))


@pytest.mark.req("CORE-05", "CORE-50")
def test_roles_kinds_and_languages_are_words_in_the_file_and_both_words_and_codes_are_read(
    chief: Client, city: City
) -> None:
    chief.cookies["okienko_language"] = "pl"
    book = exported(chief)
    held = {row[0]: row[1] for row in book["Role"].iter_rows(min_row=2, values_only=True)}
    assert held["clerk@okienko.example"] == "urzędnik"
    assert {row[3] for row in book["Grupy"].iter_rows(min_row=2, values_only=True)} == {"inne"}
    assert {row[4] for row in book["Osoby"].iter_rows(min_row=2, values_only=True)} == {"polski"}
    offered = [one.formula1 for one in book["Role"].data_validations.dataValidation]
    column = offered[0].removeprefix("Listy!").split("$")[1]
    assert "urzędnik" in [cell.value for cell in book["Listy"][column]]
    assert "mówi to samo, co już jest" in shown_in_polish(chief, saved(book))
    book["Grupy"].append(["UM-E", "Ekipa", "UM", "Realizatorzy", "tak"])
    book["Osoby"].append(["nowy@okienko.example", "Nowy", "", "", "ukraiński", ""])
    book["Role"].append(["nowy@okienko.example", "clerk", "UM", "", "2026-11-01 08:00", ""])
    book["Role"].append(["nowy@okienko.example", "службовець", "ZZM", "", "2026-11-01 08:00", ""])
    shown = shown_in_polish(chief, saved(book))
    for words in (
        "Rodzaj: – → realizatorzy",
        "Język: – → ukraiński",
        "Rola: – → urzędnik",
        "· urzędnik · ZZM",
    ):
        assert words in shown, words
    apply(chief)
    assert Group.objects.get(symbol="UM-E").kind == Group.Kind.EXECUTORS
    person = Person.objects.get(email="nowy@okienko.example")
    assert person.language == "uk"
    assert list(person.grants.values_list("role", flat=True)) == ["clerk", "clerk"]
    book["Role"].append(["nowy@okienko.example", "urzędniczka", "ZDM", "", "1.12.2026", ""])
    shown = shown_in_polish(chief, saved(book))
    assert "Rola: Tego nie można tu wpisać: urzędniczka. Możliwe: administrator, " in shown
    assert "Od: Tego nie można tu wpisać: 1.12.2026. Wpisz dzień i godzinę tak: 2026-11-30 08:00." in shown


def shown_in_polish(client: Client, data: bytes) -> str:
    response = client.post("/organizacja/", {"file": SimpleUploadedFile("o.xlsx", data)}, follow=True)
    return response.content.decode()


@pytest.mark.req("CORE-05", "FAULT-20")
def test_a_file_says_which_units_are_outside_the_office(chief: Client) -> None:
    book = exported(chief)
    units = book["Jednostki"]
    assert units.cell(1, 13).value == "Poza urzędem"
    assert units.cell(2, 13).value == "nie"
    units.append(["MPO", "Przedsiębiorstwo", "UM", *[""] * 8, "tak", "tak"])
    units.append(["OK", "Ośrodek", "UM", *[""] * 8, "tak"])
    assert "Poza urzędem: – → tak" in bring(chief, saved(book))
    apply(chief)
    assert Unit.objects.get(symbol="MPO").own_entity
    assert not Unit.objects.get(symbol="OK").own_entity
    book = exported(chief)
    book["Jednostki"]["M2"] = "może"
    shown = bring(chief, saved(book))
    assert "row 2, Poza urzędem" in shown


@pytest.mark.req("CORE-05")
def test_an_import_that_the_rules_refuse_leaves_nothing_behind(chief: Client) -> None:
    book = exported(chief)
    book["Jednostki"].append(["FIL", "Filia", "UM", *[""] * 8, "tak"])
    book["Role"].append(["clerk@okienko.example", "clerk", "", "", "2026-11-01 08:00", ""])
    shown = bring(chief, saved(book))
    assert "Choose the unit" in shown
    assert "Apply all" not in shown
    apply(chief)
    assert not Unit.objects.filter(symbol="FIL").exists()
    assert not Grant.objects.filter(unit=None, role="clerk").exists()


@pytest.mark.req("CORE-05")
def test_an_import_of_yesterdays_organisation_is_refused(chief: Client, city: City) -> None:
    book = exported(chief)
    book["Jednostki"]["B2"] = "Nowa nazwa"
    assert "Nowa nazwa" in bring(chief, saved(book))
    Unit.objects.filter(pk=city.parks.pk).update(phone="1")
    assert "has changed since this list was made" in apply(chief)
    assert not Unit.objects.filter(name="Nowa nazwa").exists()


@pytest.mark.req("CORE-05")
def test_nobody_imports_themselves_away(chief: Client, city: City) -> None:
    book = exported(chief)
    people = book["Osoby"]
    row = next(row[0].row for row in people.iter_rows(min_row=2) if row[0].value == city.chief.email)
    people.delete_rows(row)
    assert "your own account or role" in bring(chief, saved(book))


@pytest.mark.req("CORE-05", "CORE-55")
def test_each_wrong_cell_is_named(chief: Client) -> None:
    book = exported(chief)
    book["Osoby"].append(["not an address", "=1+1", "", "", "xx", "może"])
    book["Jednostki"].append(["UM", "", "", *[""] * 5, "x", "x", "", "tak"])
    shown = bring(chief, saved(book))
    for cell in ("row 6, E-mail", "row 6, Imię", "row 6, Język", "row 6, Drugi składnik", "row 5, Nazwa",
                 "row 5, Symbol", "row 5, Strona BIP", "row 5, Szerokość"):  # fmt: skip
        assert cell in shown, cell
    assert "Apply all" not in shown
    assert "something to correct" in apply(chief)


def _bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 60_000_000)
    return out.getvalue()


def _long() -> bytes:
    lines = "".join(f"x{number};X;;;;;;;;;;tak\r\n" for number in range(100_000))
    head = "Symbol;Nazwa;Należy do;Adres;Telefon;E-mail;Faks;Strona internetowa;Strona BIP;Szerokość;Długość;W użyciu;Poza urzędem"
    return f"{head}\r\n{lines}".encode()


@pytest.mark.req("CORE-05", "CORE-55")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_bomb(), "too large when unpacked"),
        (_long(), "too many rows"),
        (saved(Workbook()), "is missing"),
        (b"PK\x03\x04nonsense", "cannot be read as a spreadsheet"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"a;b\r\n", "fit none of the sheets"),
        (b"x" * 6_000_000, "too large"),
    ],
    ids=["bomb", "100k rows", "other sheets", "broken zip", "not text", "other headings", "6 MB"],
)
def test_hostile_files_are_refused_in_words(chief: Client, data: bytes, words: str) -> None:
    assert words in bring(chief, data)
    assert not OrganisationImport.objects.exists()


@pytest.mark.req("CORE-03")
def test_only_who_may_import_finds_the_pages(client: Client, city: City) -> None:
    for address in ("/organizacja/", "/organizacja/eksport/xlsx/", "/organizacja/import/1/"):
        client.logout()
        assert client.get(address).status_code == 302
        client.force_login(city.local)
        assert client.get(address).status_code == 404
