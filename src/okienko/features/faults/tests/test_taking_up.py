"""What was sent in waits for an operator, and stays beside what the operator made of it."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from okienko.base.decisions import Missing, Refused, Stale
from okienko.features.faults import actions
from okienko.features.faults.actions import add_category
from okienko.features.faults.models import Report, Source
from okienko.features.faults.tests.conftest import AT, BY, acting, answer_to
from okienko.kernel.cases.actions import change_details, merge, take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.models import Entry
from okienko.kernel.messages.actions.incoming import settle, take_in
from okienko.kernel.messages.models import IncomingMail, Mailbox

RESIDENT = Actor.resident()


def sent_in(city, **given):
    told = {"channel": "page", "by": RESIDENT, "answers": [("Jak duża?", "jak koło")], **given}
    return city.reported(**told)


def taken_up(city, case, **given):
    case = Case.objects.get(pk=case.pk)
    told = {
        "version": case.version, "channel": "page", "category": city.lamps, "description": "Latarnia", "contact": {},
        "place": {"street": "ul. Próbna", "house_number": "3", "place": ""}, **given,
    }  # fmt: skip
    return actions.take_up(case.pk, by=acting(city.operator), at=AT, person=city.operator, **told)


def form_of(client, case):
    shown = client.get(reverse("faults:take_up", args=[case.number])).context["form"]
    return {one.name: one.value() if one.value() is not None else "" for one in shown}


@pytest.fixture
def clerk(city):
    client = Client()
    client.force_login(city.operator)
    return client


@pytest.mark.req("FAULT-12")
class TestTakingUp:
    def test_the_form_brings_what_was_sent_and_the_questions_of_the_category(self, city, clerk):
        case = sent_in(city, contact_name="Anonim Przykładowy")
        given = form_of(clerk, case)
        assert (given["description"], given["place"], given[answer_to("Jak duża?")]) == (
            "Dziura",
            "przy fontannie",
            "jak koło",
        )
        assert given["group"] == city.roads.pk
        asked = clerk.post(
            reverse("faults:take_up", args=[case.number]), {**given, "category": city.lamps.pk, "ask": "1"}
        )
        assert answer_to("Jak duża?") not in asked.context["form"].fields
        assert asked.context["form"]["description"].value() == "Dziura"
        assert Report.objects.get(case=case).waiting
        given |= {"category": city.lamps.pk, "street": "ul. Próbna", "house_number": "3", "channel": "letter"}
        given |= {"contact_phone": "600100200"}
        done = clerk.post(reverse("faults:take_up", args=[case.number]), given)
        assert done["Location"] == reverse("cases:case", args=[case.number])
        case = Case.objects.get(pk=case.pk)
        assert (case.channel, case.kind, case.subject) == ("letter", "lampy", "Lampy: ul. Próbna 3")
        assert (case.state, case.group, case.contact_name) == (
            "coordinator",
            city.roads,
            "Anonim Przykładowy",
        )
        assert case.contact_phone == "600100200"
        assert not case.report.waiting
        assert not case.report.answers.exists()

    def test_it_stays_as_it_came_and_nobody_changes_that(self, city, clerk):
        case = sent_in(city, contact_email="a@example.org")
        taken_up(city, case, contact={"contact_email": "", "wants_answer": False})
        source = Source.objects.get(report=case.pk)
        assert ["description", "Dziura"] in source.told
        assert ["Jak duża?", "jak koło"] in source.told
        assert source.contact == [["contact_email", "a@example.org"]]
        shown = clerk.get(reverse("cases:case", args=[case.number])).content.decode()
        assert "przy fontannie" in shown
        for change in ({"told": []}, {"contact": [["contact_name", "Inny"]]}, {"came_at": AT + timedelta(1)}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Source.objects.filter(report=case.pk).update(**change)

    @pytest.mark.req("FAULT-60")
    def test_consent_withdrawn_takes_contact_data_out_of_what_came(self, city):
        case = sent_in(city, contact_email="a@example.org")
        actions.withdraw_contact(case.pk, by=RESIDENT, at=AT)
        assert Source.objects.get(report=case.pk).contact == []

    def test_who_was_slower_is_told(self, city):
        case, waiting = sent_in(city), sent_in(city)
        taken_up(city, case)
        change_details(waiting.pk, by=BY, at=AT, version=waiting.version, contact_name="Anonim Przykładowy")
        with pytest.raises(Stale):
            taken_up(city, waiting, version=waiting.version)
        with pytest.raises(Refused) as again:
            taken_up(city, case)
        assert again.value.code == "taken-up-already"

    @pytest.mark.req("CORE-25")
    def test_the_second_of_two_operators_loses_nothing_of_what_was_typed(self, city, clerk):
        case = sent_in(city)
        address, given = reverse("faults:take_up", args=[case.number]), form_of(clerk, case)
        given |= {"description": "Długi opis", "group": ""}
        change_details(case.pk, by=BY, at=AT, version=case.version, contact_name="Anonim Przykładowy")
        first = clerk.post(address, given).context["form"]
        assert first.non_field_errors()
        assert first["description"].value() == "Długi opis"
        taken_up(city, case)
        late = clerk.post(address, {**given, "version": first["version"].value()}).context["form"]
        assert late.non_field_errors() == ["Ktoś już je przyjął."]
        assert late["description"].value() == "Długi opis"

    @pytest.mark.req("CORE-25")
    def test_who_has_seen_that_it_was_changed_may_go_on(self, city, clerk):
        case = sent_in(city)
        address, given = reverse("faults:take_up", args=[case.number]), form_of(clerk, case)
        change_details(case.pk, by=BY, at=AT, version=case.version, contact_name="Anonim Przykładowy")
        told = clerk.post(address, given).context["form"]
        assert clerk.post(address, {**given, "version": told["version"].value()}).status_code == 302

    def test_by_phone_nothing_waits_and_others_find_no_page(self, city, clerk):
        called = city.reported()
        assert not called.report.waiting
        assert clerk.get(reverse("faults:take_up", args=[called.number])).status_code == 404
        waiting = sent_in(city)
        other = Client()
        other.force_login(city.administrator)
        city.administrator.grants.all().delete()
        assert other.get(reverse("faults:take_up", args=[waiting.number])).status_code == 404
        assert other.get(reverse("faults:to_take_up")).status_code == 404

    def test_what_moves_on_or_ends_waits_no_more(self, city):
        passed, merged, into = (sent_in(city) for _ in range(3))
        take_step(passed.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
        merge(merged.pk, into.pk, by=acting(city.operator), at=AT)
        assert list(Report.objects.filter(waiting=True)) == [into.report]

    def test_the_queue_shows_the_oldest_first_and_goes_on_to_the_next(self, city, clerk):
        older, newer = sent_in(city), sent_in(city)
        assert list(clerk.get(reverse("faults:to_take_up")).context["cases"]) == [older, newer]
        given = form_of(clerk, older) | {"next": "1"}
        done = clerk.post(reverse("faults:take_up", args=[older.number]), given)
        assert done["Location"] == reverse("faults:take_up", args=[newer.number])
        shown = clerk.get(reverse("cases:list", args=["zgloszenia"]), {"waiting": "yes"})
        assert [one.pk for one in shown.context["list"].rows] == [newer.pk]

    def test_what_the_category_must_know_is_shown_as_not_known(self, city, clerk):
        case = taken_up(city, sent_in(city), category=city.holes)
        assert (
            "Jak duża?"
            in clerk.get(reverse("cases:case", args=[case.number])).content.decode().split("Adres")[0]
        )


def mail(**headers):
    made = EmailMessage()
    made["From"], made["To"] = "Anonim Przykładowy <anonim@example.org>", "urzad@okienko.example"
    made["Subject"] = "Dziura na Próbnej"
    for name, value in headers.items():
        made[name] = value
    made.set_content("Duża dziura przy numerze 3.")
    made.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="mapa.pdf")
    return made.as_bytes()


def came(source, uid=1):
    box, _ = Mailbox.objects.get_or_create(address="imap://test")
    kept = take_in(box, source, uid=uid, by=BY, at=AT)
    return settle(kept.pk, by=BY, at=AT)


@pytest.mark.req("FAULT-10", "FAULT-12")
class TestMail:
    @pytest.fixture
    def unsorted(self, city):
        return add_category(by=BY, at=AT, code="poczta", shortcut="PO", name="Poczta", takes_mail=True)

    def test_a_mail_becomes_a_report_that_waits_with_its_source(self, city, unsorted, clerk):
        sent = mail()
        kept = came(sent)
        case = Case.objects.get()
        assert (kept.state, kept.subject_id) == (IncomingMail.State.TAKEN, case.pk)
        assert (case.channel, case.subject, case.received_at) == ("mail", "Dziura na Próbnej", AT)
        assert (case.contact_email, case.report.waiting) == ("anonim@example.org", True)
        assert [one.name for one in documents_of(case)] == ["mapa.pdf"]
        assert "Duża dziura przy numerze 3." in str(case.report.source.told)
        assert form_of(clerk, case)["category"] in ("", None)
        taken_up(city, case, channel="mail", place={"street": "ul. Próbna", "house_number": "3"})
        assert "Duża dziura" in clerk.get(reverse("cases:case", args=[case.number])).content.decode()
        assert bytes(IncomingMail.objects.get(pk=kept.pk).source) == sent

    def test_everybody_sees_it_only_when_it_has_a_category(self, city, unsorted):
        came(mail())
        case = Case.objects.get()
        address = reverse("faults:public", args=[case.number])
        assert Client().get(address).status_code == 404
        assert case.number not in Client().get(reverse("faults:map")).content.decode()
        taken_up(city, case, channel="mail")
        assert Client().get(address).status_code == 200

    def test_machines_make_no_report(self, city, unsorted):
        kept = came(mail(**{"Auto-Submitted": "auto-replied"}))
        assert kept.state == IncomingMail.State.ASIDE
        assert not Case.objects.exists()

    def test_without_a_category_for_them_mails_are_left_to_others(self, city):
        assert came(mail()).state == IncomingMail.State.UNTAKEN

    def test_one_category_takes_mails(self, city, unsorted):
        with pytest.raises(Refused) as second:
            add_category(by=BY, at=AT, code="inna", shortcut="IN", name="Inna", takes_mail=True)
        assert second.value.field == "takes_mail"


@pytest.mark.req("FAULT-42")
def test_found_by_street_and_district_also_after_the_place_was_corrected(city, clerk):
    case = city.reported(latitude=50.125, longitude=19.06)
    district = case.report.area.name
    actions_of_place = {"street": "ul. Fikcyjna", "latitude": 50.125, "longitude": 19.06}
    clerk.post(reverse("faults:change_place", args=[case.number]), actions_of_place)
    for typed in ("Fikcyjna", district):
        found = clerk.get(reverse("cases:list", args=["zgloszenia"]), {"q": typed}).context["list"].rows
        assert (typed, [one.pk for one in found]) == (typed, [case.pk])
    export = clerk.get(
        reverse("cases:export", args=["zgloszenia", "csv"]), {"column": ["number", "street", "area"]}
    )
    told = b"".join(export.streaming_content).decode("utf-8-sig")
    assert "Fikcyjna" in told
    assert district in told


def test_a_stranger_finds_no_report_to_take_up(city):
    case = sent_in(city)
    stranger = Actor(None, "x")
    with pytest.raises(Missing):
        actions.take_up(
            case.pk, by=stranger, at=AT, person=city.operator, version=1, channel="page", category=city.lamps,
            description="", place={}, contact={},
        )  # fmt: skip
    assert not Entry.objects.filter(kind="fault.taken_up").exists()
