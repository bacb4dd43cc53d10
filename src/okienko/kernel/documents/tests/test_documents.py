import socket
import struct
import threading
import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from time import process_time

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.translation import gettext_lazy
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from okienko.base.decisions import Missing, Refused
from okienko.kernel.documents import (
    actions,
    exports,
    queries,
    responses,
    rules,
    scanning,
    workbooks,
)
from okienko.kernel.documents.tests.test_pictures import DATA, photo
from okienko.kernel.history.actors import Actor
from okienko.kernel.units.actions import add_unit

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BY = Actor.system("test")
BY_THE_WALL = (datetime(1950, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001  (a spreadsheet knows no zones)


def eicar_like_daemon(answer: bytes):
    """A daemon that reads one stream to its end and says what it was told to say."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        with connection, server:
            connection.recv(10)
            while length := struct.unpack("!I", connection.recv(4, socket.MSG_WAITALL))[0]:
                connection.recv(length, socket.MSG_WAITALL)
            connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.req("CORE-23")
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("Zażółć gęślą jaźń".encode(), "text/plain"),
        ("Zażółć gęślą jaźń".encode("cp1250"), "text/plain"),
        (b"MZ\x90\x00", None),
        (b"\x7fELF\x02", None),
        (b"#!/bin/sh\n", None),
        (b"<svg xmlns='x'><script/></svg>", None),
        (b"<!DOCTYPE html><script>", None),
        (b"PK\x03\x04 not really", None),
        (b"", None),
    ],
)
def test_the_type_is_read_from_the_content(content, kind):
    assert rules.type_of(content) == kind


@given(st.binary(max_size=300))
def test_no_content_breaks_the_reading_of_its_type(content):
    assert rules.type_of(content) in {None, *rules.ENDINGS}


def archive(*names) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, name * 9)
    return out.getvalue()


@given(st.dictionaries(st.integers(4, len(archive("mimetype", "xl/a")) - 1), st.integers(0, 255), max_size=6))
@example({40: 255, 50: 255})
def test_no_spoilt_archive_breaks_the_reading_of_its_type(places):
    whole = archive("mimetype", "xl/a")
    spoilt = bytes(places.get(number, octet) for number, octet in enumerate(whole))
    assert rules.type_of(spoilt) in {None, *rules.ENDINGS}


@pytest.mark.req("CORE-66")
def test_a_long_text_is_known_at_once():
    began = process_time()
    assert rules.type_of(b"ab " * 5_000_000) == "text/plain"
    assert rules.type_of(b"ab " * 5_000_000 + b"\x1b") is None
    assert process_time() - began < 2


@given(st.text(max_size=200))
def test_a_name_never_leads_out_of_its_folder(given_name):
    name = rules.safe_name(given_name, "application/pdf")
    assert name.endswith(".pdf")
    assert not set(name) & set('/\\\x00\n"')


@pytest.mark.req("CORE-23")
def test_a_document_with_programs_in_it_is_not_taken():
    for macros, kind in ((False, True), (True, False)):
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr("word/document.xml", "<w/>")
            if macros:
                packed.writestr("word/vbaProject.bin", "x")
        assert bool(rules.type_of(out.getvalue())) is kind


@pytest.mark.req("CORE-23")
def test_a_program_that_calls_itself_a_picture_is_named_for_what_it_is():
    assert rules.safe_name("../../zdjęcie z wakacji.exe", "image/jpeg") == "zdjęcie z wakacji.jpg"


@pytest.mark.req("CORE-23")
@pytest.mark.parametrize(
    ("answer", "clean"), [(b"stream: OK\0", True), (b"stream: Test-Signature FOUND\0", False)]
)
def test_the_virus_daemon_is_asked(answer, clean):
    assert scanning.scan(b"x" * 200_000, eicar_like_daemon(answer)).clean is clean


@pytest.mark.django_db
@pytest.mark.req("CORE-23")
class TestAttaching:
    @pytest.fixture(autouse=True)
    def place(self, folder):
        self.folder = folder
        self.unit = add_unit(by=BY, at=AT, symbol="UM", name="Urząd Miasta Przykładowego")

    def files(self):
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def test_a_photo_of_a_phone_is_kept_under_what_it_has_become(self):
        document = actions.attach(
            self.unit, (DATA / "photo.heic").read_bytes(), by=BY, at=AT, name="IMG_0001.HEIC"
        )
        assert (document.name, document.media_type) == ("IMG_0001.jpg", "image/jpeg")
        assert document.is_picture

    def test_a_file_is_kept_and_recorded(self):
        document = actions.attach(self.unit, photo(), by=BY, at=AT, name="dziura.png")
        assert document.name == "dziura.jpg"
        assert len(self.files()) == 2
        assert [known.pk for known in queries.of(self.unit)] == [document.pk]
        for stored in self.files():
            with Image.open(stored) as picture:
                assert dict(picture.getexif()) == {}, "what is kept says where and by what it was taken"

    @pytest.mark.parametrize(
        ("content", "code"),
        [(b"", "file-empty"), (b"MZ program", "file-type"), (b"a" * 15_000_001, "file-too-large")],
    )
    def test_what_is_refused_says_why_and_leaves_nothing(self, content, code):
        with pytest.raises(Refused) as refused:
            actions.attach(self.unit, content, by=BY, at=AT, name="plik.pdf")
        assert refused.value.code == code
        assert "plik.pdf" in str(refused.value)
        assert self.files() == []

    def test_too_many_at_once_are_refused_and_none_is_kept(self):
        sent = [SimpleUploadedFile(f"{number}.txt", b"tekst") for number in range(11)]
        with pytest.raises(Refused) as refused:
            actions.attach_all(self.unit, sent, by=BY, at=AT)
        assert refused.value.code == "too-many-files"
        assert len(actions.attach_all(self.unit, sent[:10], by=BY, at=AT)) == 10
        assert len(self.files()) == 10

    def test_the_limit_is_the_administrators(self):
        actions.change_limits(by=BY, at=AT, most_megabytes=1, most_files=3)
        with pytest.raises(Refused):
            actions.attach(self.unit, b"a" * 1_000_001, by=BY, at=AT, name="a.txt")

    @pytest.mark.parametrize(
        ("answer", "code"), [(b"stream: Test FOUND\0", "file-infected"), (b"?\0", "scan-unavailable")]
    )
    def test_nothing_unchecked_is_taken_where_a_daemon_is_configured(self, settings, answer, code):
        settings.CLAMD_ADDRESS = eicar_like_daemon(answer)
        with pytest.raises(Refused) as refused:
            actions.attach(self.unit, b"%PDF-1.7 test", by=BY, at=AT, name="pismo.pdf")
        assert refused.value.code == code

    def test_who_does_not_see_the_thing_does_not_see_its_file(self, client, monkeypatch):
        document = actions.attach(self.unit, b"%PDF-1.7 test", by=BY, at=AT, name="pismo.pdf")
        with pytest.raises(Missing):
            queries.visible(document.pk, None)
        monkeypatch.setitem(
            queries._who_sees, "units.unit", lambda person, subject_id: subject_id == self.unit.pk
        )
        assert queries.visible(document.pk, None) == document

    def test_forgetting_removes_the_bytes(self, django_capture_on_commit_callbacks):
        actions.attach(self.unit, photo(), by=BY, at=AT, name="dziura.jpg")
        with django_capture_on_commit_callbacks(execute=True):
            assert actions.forget_all(self.unit, by=BY, at=AT) == 1
        assert self.files() == []
        assert not queries.of(self.unit).exists()


def read(pieces):
    return openpyxl.load_workbook(BytesIO(b"".join(pieces)))


@pytest.mark.req("CORE-24")
def test_a_list_is_exported_without_becoming_a_formula():
    rows = [("=SUM(A1)", 5, AT), ("Łódź", None, AT.date())]
    text = "".join(exports.csv_pieces(["nazwa", "liczba", "kiedy"], rows))
    assert text.startswith("\ufeffnazwa;liczba;kiedy")
    assert "'=SUM(A1);5;2026-11-20 10:00" in text
    sheet = read(workbooks.pieces(["nazwa", "liczba", "kiedy"], rows, sheet="Sprawy/2026")).active
    assert [cell.value for cell in sheet[2]][:2] == ["=SUM(A1)", 5]
    assert sheet["A2"].data_type == "s"
    assert sheet.title == "Sprawy2026"


@given(
    st.lists(
        st.one_of(
            st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), min_size=1),
            st.integers(-(2**40), 2**40), st.none(), st.sampled_from([2.5, Decimal("0.10")]),
            st.dates(date(1950, 1, 1), date(2200, 1, 1)),
            st.datetimes(*BY_THE_WALL).map(lambda at: at.replace(microsecond=0)),
        )
    )
)  # fmt: skip
def test_what_is_written_into_a_workbook_is_read_out_of_it(row):
    cells = [cell.value for cell in read(workbooks.pieces(["x"], [[*row, "end"]], sheet="1")).active[2]]
    days = [datetime.combine(one, time()) if type(one) is date else one for one in row]
    assert cells == [*(float(one) if isinstance(one, Decimal) else one for one in days), "end"]


@pytest.mark.req("CORE-24")
def test_a_workbook_takes_whatever_stands_in_a_row():
    row = [
        "<b>&\"'\x00\ud800",
        gettext_lazy("Yes"),
        True,
        float("nan"),
        Decimal("Infinity"),
        "x" * 40_000,
        [1],
        "",
    ]
    book = read(workbooks.pieces(["<&"], [row], sheet="[]:*?/\\'"))
    values = [cell.value for cell in book.active[2]]
    assert values[:5] == ["<b>&\"'", str(gettext_lazy("Yes")), "True", "nan", "Infinity"]
    assert (len(values[5]), *values[6:]) == (32_767, "[1]", None)
    assert (book.active["A1"].value, book.active.title) == ("<&", "1")
    assert book.active["A1"].font.b
    assert book.active.freeze_panes == "A2"


@pytest.mark.req("CORE-24")
def test_a_workbook_begins_before_its_rows_and_goes_on_as_they_come():
    asked = []
    pieces = workbooks.pieces(["n"], ([asked.append(number) or number] for number in range(5000)), sheet="1")
    assert next(pieces).startswith(b"PK")
    assert asked == []
    next(pieces)
    assert len(asked) <= workbooks.TOGETHER
    assert len(asked) + sum(1 for _ in pieces) > workbooks.TOGETHER
    assert len(asked) == 5000


def test_what_one_sheet_cannot_hold_stands_on_the_next(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 4)
    for rows in range(9):
        book = read(workbooks.pieces(["n"], ([number] for number in range(rows)), sheet="Spis"))
        assert [cell.value for sheet in book for (cell,) in sheet.iter_rows(min_row=2)] == list(range(rows))
        assert all(sheet["A1"].value == "n" and sheet.max_row <= 4 for sheet in book)
    assert book.sheetnames == ["Spis", "Spis 2", "Spis 3"]


@pytest.mark.req("CORE-50")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_keeps_to_the_language_of_its_reader_to_the_end(form):
    with translation.override("uk"):
        wanted = str(gettext_lazy("Yes"))
        rows = ([gettext_lazy("Yes")] for _ in range(3))
        response = responses.export(form, name="x", title="X", titles=["x"], rows=rows)
    with translation.override("pl"):
        assert str(gettext_lazy("Yes")) != wanted
        whole = b"".join(response.streaming_content)
        assert translation.get_language() == "pl"
    if form == "xlsx":
        assert [cell.value for (cell,) in read([whole]).active.iter_rows(min_row=2)] == [wanted] * 3
    else:
        assert whole.decode().count(wanted) == 3


@pytest.mark.req("CORE-24")
def test_a_list_is_printed_with_all_letters():
    page = exports.pdf_table(["miasto"], [["Zażółć #gęślą *jaźń*"]], title="Lista", language="pl")
    reader = PdfReader(BytesIO(page))
    assert "Zażółć #gęślą *jaźń*" in reader.pages[0].extract_text()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_a_download_that_is_not_there_is_404(client, db):
    assert client.get("/dokumenty/1/").status_code == 404
