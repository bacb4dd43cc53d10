"""Covering letters, notes and messages as they came: printed, kept, sent, and without the reporter's data."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from okienko.base.decisions import Missing, Refused
from okienko.features.faults.letters.actions import MOST_BY_MAIL, print_letter
from okienko.features.faults.letters.models import Letter
from okienko.features.faults.letters.rules import Paper
from okienko.features.faults.retention import RULE
from okienko.features.faults.tests.conftest import AT, BY, LONG_AGO, acting, photo
from okienko.kernel.cases.actions import take_step
from okienko.kernel.consents import retention
from okienko.kernel.documents.models import Document
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.queries import entries_of
from okienko.kernel.messages.actions import back_to_original, change_text
from okienko.kernel.messages.declaring import Original
from okienko.kernel.messages.models import Message
from okienko.kernel.people.actions import create_token
from okienko.kernel.people.factories import make_staff
from okienko.kernel.units.actions import add_group, add_unit, change_unit
from okienko.kernel.units.models import Group

SECRETS = ("Anonim Przykładowy", "600100200", "anonim@example.org")
CONTACT = dict(zip(("contact_name", "contact_phone", "contact_email"), SECRETS, strict=True))
RPW = "RPW/12345/2026"


@pytest.fixture
def office(city):
    hall = add_unit(
        by=BY, at=LONG_AGO, symbol="UM", name="Urząd Miasta Przykładów", address="ul. Przykładowa 1",
        email="urzad@okienko.example",
    )  # fmt: skip
    roads = city.roads.unit
    change_unit(roads, by=BY, at=LONG_AGO, version=roads.version, parent=hall)


@pytest.fixture
def entity(city):
    unit = add_unit(
        by=BY, at=LONG_AGO, symbol="MPO", name="Przedsiębiorstwo Próbne", own_entity=True,
        address="ul. Fikcyjna 8\n00-000 Przykładów", email="mpo@example.org",
    )  # fmt: skip
    kind = Group.Kind.COORDINATORS
    return add_group(by=BY, at=LONG_AGO, unit=unit, symbol="MPO-K", name="Koordynatorzy", kind=kind)


@pytest.fixture
def passed(city, entity):
    case = city.reported(attachments=[photo("dziura.jpg")], **CONTACT)
    return take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=entity, rpw=RPW)


def closed_outside(city, step="unit-outside", **given):
    case = city.reported(**CONTACT, **given)
    more = {"reason": "Droga krajowa"} if step == "not-the-citys" else {}
    return take_step(case.pk, step, by=BY, at=AT, rpw=RPW, body="Zarząd Dróg Krajowych", **more)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def address(case, kind="covering"):
    return reverse("letters:letter", args=[case.number, kind])


def begun(client, case, kind="covering"):
    """The form as it is shown first, to be sent as it stands."""
    shown = client.get(address(case, kind)).context["form"].initial
    return {name: value for name, value in shown.items() if value}


def text_of(content):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def kept(letter):
    with default_storage.open(letter.document.stored_as) as file:
        return file.read()


def printed(city, case, paper=Paper.COVERING, **given):
    told = {"title": "Pismo", "text": "Treść", "addressee": "Ktoś", "signer": "Olga Operatorska", **given}
    by = acting(city.operator)
    return print_letter(case.pk, paper, by=by, at=AT, person=city.operator, **told)


@pytest.mark.req("FAULT-20")
def test_a_covering_letter_to_an_entity_says_all_but_who_reported(city, office, passed):
    client = signed_in(city.operator)
    given = begun(client, passed) | {"enclosed": [documents_of(passed).get().pk], "role": "inspektor"}
    assert (given["addressee"], given["email"]) == ("Przedsiębiorstwo Próbne", "mpo@example.org")
    assert client.post(address(passed), given).status_code == 302
    letter = Letter.objects.get()
    content = kept(letter)
    words = text_of(content)
    for told in (
        "Urząd Miasta Przykładów", "ul. Przykładowa 1", passed.spoken_number, RPW,
        "Przedsiębiorstwo Próbne", "ul. Fikcyjna 8", "Dziury", "przy fontannie", "dziura.jpg", city.operator.name,
        "inspektor", "§ 13 ust. 1",
    ):  # fmt: skip
        assert told in words, told
    assert not any(secret in words for secret in SECRETS)
    catalog = PdfReader(BytesIO(content)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "pl"


@pytest.mark.req("FAULT-22")
@pytest.mark.parametrize(
    ("channel", "kind", "other"), [("phone", "note", "message"), ("page", "message", "note")]
)
def test_a_note_for_a_call_and_the_message_for_a_form(city, channel, kind, other):
    by = {"channel": channel, "description": "Wyrwa przy zjeździe"}
    case = closed_outside(city, **by)
    client = signed_in(city.operator)
    given = begun(client, case, kind)
    assert "Wyrwa przy zjeździe" in given["text"]
    assert client.get(address(case, other)).status_code == 404
    assert client.post(address(case, kind), given | {"email": "drogi@example.org"}).status_code == 302
    assert Message.objects.get(notice="letter.sent").address == "drogi@example.org"
    letter = Letter.objects.get()
    words = text_of(kept(letter))
    assert "Wyrwa przy zjeździe" in words
    assert RPW in words
    assert "§ 15" in words
    assert not any(secret in words for secret in SECRETS)
    assert (letter.kind, letter.addressee) == (kind, "Zarząd Dróg Krajowych")


@pytest.mark.req("FAULT-22")
def test_the_message_stays_as_it_came_whatever_was_corrected_since(city):
    case = city.reported(channel="page", description="Jak napisano", **CONTACT)
    type(case).objects.filter(pk=case.pk).update(description="Jak poprawiono")
    take_step(case.pk, "unit-outside", by=BY, at=AT, rpw=RPW, body="Kolej")
    assert "Jak napisano" in begun(signed_in(city.operator), case, "message")["text"]


@pytest.mark.req("FAULT-21")
def test_what_is_not_the_citys_goes_with_a_letter_to_the_body(city):
    case = closed_outside(city, "not-the-citys")
    given = begun(signed_in(city.operator), case)
    assert given["addressee"] == "Zarząd Dróg Krajowych"
    assert "§ 14" in given["text"]


@pytest.mark.req("FAULT-20")
def test_a_department_of_the_city_hall_gets_no_letter(city):
    case = city.reported()
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    client = signed_in(city.operator)
    assert client.get(address(case)).status_code == 404
    assert "Pisma" not in client.get(reverse("cases:case", args=[case.number])).content.decode()
    with pytest.raises(Missing):
        printed(city, case)


@pytest.mark.req("FAULT-20", "FAULT-22")
def test_what_was_printed_is_kept_and_the_next_print_is_another_version(city, passed):
    first = printed(city, passed)
    content = kept(first)
    second = printed(city, passed, text="Poprawiona treść")
    assert kept(first) == content
    assert (first.version, second.version) == (1, 2)
    assert "Wersja 2" in text_of(kept(second))
    assert "Wersja" not in text_of(content)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=first.pk).update(addressee="Ktoś inny")
    entries = [entry for entry in entries_of(passed) if entry.kind == "letter.printed"]
    assert [entry.after["version"] for entry in entries] == [1, 2]
    assert entries[0].person_id == city.operator.pk


@pytest.mark.req("FAULT-22")
def test_it_goes_by_e_mail_with_what_it_encloses_or_not_at_all(city, passed):
    file = documents_of(passed).get()
    letter = printed(city, passed, email="mpo@example.org", enclosed=[file.pk])
    message = Message.objects.get(notice="letter.sent")
    assert message.address == "mpo@example.org"
    assert message.subject_id == passed.pk
    sent = {one.media_type: bytes(one.content) for one in message.enclosures.all()}
    assert sent["application/pdf"] == kept(letter)
    assert len(sent) == 2
    assert not any(secret in message.text + message.title for secret in SECRETS)
    Document.objects.filter(pk=file.pk).update(size=MOST_BY_MAIL)
    with pytest.raises(Refused) as refused:
        printed(city, passed, email="mpo@example.org", enclosed=[file.pk])
    assert refused.value.code == "mail-too-large"
    assert Letter.objects.count() == 1


@pytest.mark.req("FAULT-20", "CORE-03")
def test_who_may_write_who_may_read_and_for_whom_it_is_not_there(city, entity, passed):
    letter = printed(city, passed)
    coordinator = make_staff("k@okienko.example", "coordinator", by=BY, at=LONG_AGO, group=entity)
    stranger = make_staff("x@okienko.example", "coordinator", by=BY, at=LONG_AGO, group=city.greens)
    download = reverse("documents:download", args=[letter.document_id])
    page = reverse("cases:case", args=[passed.number])
    for person, may_read in ((city.operator, True), (coordinator, True), (stranger, False)):
        client = signed_in(person)
        answer = client.get(download)
        assert answer.status_code == (200 if may_read else 404)
        if may_read:
            assert b"".join(answer.streaming_content).startswith(b"%PDF")
        assert client.get(address(passed)).status_code == (200 if person == city.operator else 404)
        if may_read:
            shown = client.get(page).content.decode()
            assert download in shown
            assert (address(passed) in shown) == (person == city.operator)


@pytest.mark.req("FAULT-20")
def test_a_look_at_it_keeps_nothing(city, passed):
    client = signed_in(city.operator)
    response = client.post(address(passed), begun(client, passed) | {"preview": "1", "text": "Jeszcze nie"})
    assert "Jeszcze nie" in text_of(response.content)
    assert not Letter.objects.exists()
    assert not documents_of(passed, Document.Kind.PRINTOUT).exists()


@pytest.mark.req("FAULT-20", "CORE-30")
def test_its_words_are_the_administrators(city, passed):
    page = reverse("office_messages:template", args=["letter.covering", "pl", "-"])
    client = signed_in(city.administrator)
    for language in ("en", "uk"):
        other = reverse("office_messages:template", args=["letter.covering", language, "-"])
        assert client.get(other).status_code == 404
    shown = client.post(
        page, {"preview": "1", "subject": "{{what}}", "body": "Do: {{addressee}}", "example": passed.number}
    )
    assert shown.context["preview"]["written"].body == "Do: Przedsiębiorstwo Próbne"
    assert shown.context["preview"]["written"].title == passed.subject
    wrong = client.post(page, {"subject": "x", "body": "{{reporter}}", "version": "0"})
    assert "„reporter”" in str(wrong.context["form"].errors["body"])
    change_text(
        "letter.covering",
        Original("Nagłówek", "Piszemy do {{addressee}}"),
        by=BY,
        at=AT,
        language="pl",
        version=0,
    )
    operator = signed_in(city.operator)
    assert begun(operator, passed)["text"] == "Piszemy do Przedsiębiorstwo Próbne"
    back_to_original("letter.covering", by=BY, at=AT, language="pl", version=1)
    assert "Przekazujemy zgłoszenie" in begun(operator, passed)["text"]
    with pytest.raises(Refused):
        change_text("letter.covering", Original("", "Treść"), by=BY, at=AT, language="pl", version=2)


@pytest.mark.req("FAULT-20")
def test_the_preview_of_a_text_needs_a_report_that_left(city):
    case = city.reported()
    page = reverse("office_messages:template", args=["letter.covering", "pl", "-"])
    shown = signed_in(city.administrator).post(
        page, {"preview": "1", "subject": "{{number}}", "body": "x", "example": case.number}
    )
    assert shown.context["preview"]["written"].title == "100 014"


@pytest.mark.req("FAULT-20", "CORE-64")
def test_a_program_writes_lists_and_reads_letters(city, passed):
    scopes = ["faults.see", "faults.pass"]
    _token, secret = create_token(city.operator, by=BY, at=LONG_AGO, name="test", scopes=scopes)
    headers = {"authorization": f"Bearer {secret}"}
    client, here = Client(), f"/api/v1/cases/{passed.number}/letters"
    made = client.post(here, {"kind": "covering", "email": ""}, "application/json", headers=headers)
    assert made.status_code == 201
    assert made.json()["addressee"] == "Przedsiębiorstwo Próbne"
    listed = client.get(here, headers=headers).json()
    assert [one["version"] for one in listed] == [1]
    file = client.get(f"{here}/{listed[0]['id']}", headers=headers)
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    for wrong in ({"kind": "note"}, {"kind": "covering", "email": "nie"}):
        status = client.post(here, wrong, "application/json", headers=headers).status_code
        assert status == (404 if wrong["kind"] == "note" else 422)


@pytest.mark.req("FAULT-70")
def test_letters_go_with_the_personal_data_of_their_report(city):
    case = closed_outside(city)
    printed(city, case, Paper.NOTE)
    later = AT.replace(year=2028)
    retention.run(RULE, by=BY, at=later, clock=lambda: later)
    assert not Letter.objects.exists()
    assert not documents_of(case, Document.Kind.PRINTOUT).exists()
