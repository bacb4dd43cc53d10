"""After six months: the super-overseer confirms one list; a statement without personal data stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.features.faults import actions as faults
from okienko.features.faults.models import Report
from okienko.features.faults.places.actions import change_place, fill_in
from okienko.features.faults.places.register import Told
from okienko.features.faults.retention import RULE
from okienko.features.faults.tests.conftest import BY, LONG_AGO, acting, photo
from okienko.features.faults.tests.test_taking_up import came, mail
from okienko.kernel.cases.actions import add_files, change_details, link, merge, take_step
from okienko.kernel.cases.models import Case, Link
from okienko.kernel.consents import retention
from okienko.kernel.consents.accounts import CLOSED_ACCOUNTS
from okienko.kernel.consents.models import RetentionRun
from okienko.kernel.messages.models import IncomingMail, Message
from okienko.kernel.people.factories import make_staff

pytestmark = pytest.mark.req("FAULT-70")

SECRETS = ("Anonim Przykładowy", "600100200", "Sekretny opis", "obok mojego domu")


@pytest.fixture
def overseer(city):
    return make_staff("super@okienko.example", "super-overseer", by=BY, at=LONG_AGO)


@pytest.fixture
def old(city):
    at = now() - timedelta(days=400)
    case = city.reported(
        at=at, description=SECRETS[2], place=SECRETS[3], contact_name=SECRETS[0], contact_phone=SECRETS[1]
    )
    return take_step(case.pk, "unit-outside", by=BY, at=at, rpw="RPW/1/2026", body="Inni")


def carried_out(run):
    return retention.carry_out(run, by=BY, clock=now)


def test_one_list_one_confirmation_and_a_statement(city, old, overseer):
    young, client, url = city.reported(at=now()), Client(), reverse("faults:ending")
    client.force_login(overseer)
    page = client.get(url).content.decode()
    assert old.spoken_number in page
    assert young.spoken_number not in page
    assert Report.objects.get(case=old).forgotten_at is None
    assert client.post(url).status_code == 302
    run = carried_out(RetentionRun.objects.get())
    assert (run.rule, run.removed) == (RULE.code, 1)
    assert old.spoken_number not in client.get(url).content.decode()
    lines = b"".join(client.get(reverse("faults:ending_statement", args=[run.pk, "csv"]))).decode()
    assert old.number in lines
    assert "Dziury" in lines
    assert not any(secret in lines for secret in SECRETS)
    spreadsheet = client.get(reverse("faults:ending_statement", args=[run.pk, "xlsx"]))
    assert b"".join(spreadsheet.streaming_content).startswith(b"PK")
    assert client.get(reverse("faults:ending_statement", args=[run.pk, "pdf"])).content.startswith(b"%PDF")


def test_the_right_is_for_this_rule_only(city, old, overseer):
    with pytest.raises(Missing):
        retention.order(CLOSED_ACCOUNTS, by=acting(overseer), at=now())
    with pytest.raises(Missing):
        retention.order(RULE, by=acting(city.operator), at=now())
    client = Client()
    client.force_login(overseer)
    assert client.get(reverse("consents:due")).status_code == 404
    client.force_login(city.operator)
    assert client.get(reverse("faults:ending")).status_code == 404
    officer = make_staff("iod@okienko.example", "data-protection-officer", by=BY, at=LONG_AGO)
    assert retention.order(RULE, by=acting(officer), at=now()).rule == RULE.code


def test_a_statement_is_of_its_own_run(city, old, overseer):
    first = retention.run(RULE, by=acting(overseer), at=now(), clock=now)
    second = retention.run(RULE, by=acting(overseer), at=now(), clock=now)
    client = Client()
    client.force_login(overseer)
    told = [
        b"".join(client.get(reverse("faults:ending_statement", args=[run.pk, "csv"]))).decode()
        for run in (first, second)
    ]
    assert [old.number in lines for lines in told] == [True, False]
    assert isinstance(first.finished_at, datetime)


def test_nothing_about_people_comes_back_into_what_was_removed(city, old, overseer):
    """The rule does not look at it again: what came back would stay for good."""
    told, young = {"by": acting(overseer), "at": now()}, city.reported(at=now())
    link(old.pk, young.pk, "related", note=SECRETS[0], **told)
    retention.run(RULE, by=acting(overseer), at=now(), clock=now)
    case = Case.objects.get(pk=old.pk)
    client = Client()
    client.force_login(overseer)
    page = client.get(reverse("cases:case", args=[case.number])).content.decode()
    pages = [
        *(reverse(f"cases:{name}", args=[case.number]) for name in ("change", "attach")),
        *(reverse(f"faults:{name}", args=[case.number]) for name in ("release", "enquiry", "change_place")),
        reverse("cases:step", args=[case.number, "reopen"]),
        reverse("letters:letter", args=[case.number, "covering"]),
    ]
    for address in pages:
        assert address not in page
    given = {"text": "Jan Próbny", "words": "Jan Próbny", "place": "u Próbnego", "version": case.version}
    for address in (one for one in pages if "reopen" not in one and "covering" not in one):
        for answer in (client.get(address), client.post(address, given)):
            assert answer.status_code == 409, address
            assert "Dane osobowe z tej sprawy zostały usunięte" in answer.content.decode()
    assert client.post(reverse("letters:letter", args=[case.number, "covering"]), given).status_code == 404
    for bring_back in (
        lambda: change_details(case.pk, version=case.version, contact_name="Jan Próbny", **told),
        lambda: add_files(case.pk, [photo()], **told),
        lambda: link(young.pk, case.pk, "related", note="od Jana Próbnego", **told),
        lambda: link(case.pk, young.pk, "related", note="od Jana Próbnego", **told),
        lambda: merge(young.pk, case.pk, note="od Jana Próbnego", **told),
        lambda: faults.ask(case.pk, "dzwonił Jan Próbny", person=overseer, **told),
        lambda: faults.release(case.pk, text="Jan Próbny", photos=(), person=overseer, **told),
        lambda: change_place(case.pk, place="u Próbnego", person=overseer, **told),
    ):
        with pytest.raises(Refused) as refused:
            bring_back()
        assert refused.value.code == "forgotten"
    fill_in(case.report, Told(parcel="1/2", street="ul. Próbna"), by=BY, at=now())
    assert Link.objects.get().note == ""
    report = Report.objects.get(case=case)
    assert (report.public_text, report.place, report.street, report.parcel) == ("", "", "", "")


def test_neither_a_duplicate_nor_a_link_nor_a_mail_brings_people_back(city, overseer):
    at = now() - timedelta(days=400)
    gone = city.reported(at=at, contact_email="anonim@example.org")
    sent = Message.objects.get(subject_id=gone.pk).mail_id
    take_step(gone.pk, "unit-outside", by=BY, at=at, rpw="RPW/1/2026", body="Inni")
    neighbour, young = city.reported(at=now()), city.reported(at=now(), contact_email="jan@example.org")
    told = {"by": acting(overseer), "at": now()}
    link(neighbour.pk, gone.pk, "related", note="Jan Próbny mówi, że to samo", **told)
    retention.run(RULE, by=acting(overseer), at=now(), clock=now)
    assert Link.objects.get().note == ""
    for deed in (
        lambda: merge(young.pk, gone.pk, **told),
        lambda: link(young.pk, gone.pk, "related", **told),
        lambda: faults.join(Report.objects.get(case=gone), "klucz", by=BY, at=now(), email="jan@example.org"),
    ):
        with pytest.raises(Refused) as refused:
            deed()
        assert refused.value.code == "forgotten"
    assert not Report.objects.get(case=gone).joined.exists()
    assert came(mail(**{"In-Reply-To": sent})).state == IncomingMail.State.UNTAKEN


def test_six_months_without_the_month_of_registration_and_never_while_it_is_open(city):
    """Of May, by the end of November: neither what came on its first day nor on its last, as long as it is November.
    How long it was handled is all one."""
    arrived = [datetime(2026, 5, 1, 8, tzinfo=UTC), datetime(2026, 5, 29, 8, tzinfo=UTC)]
    ended = [arrived[0], datetime(2026, 8, 10, 8, tzinfo=UTC)]
    cases = [city.reported(at=at) for at in arrived]
    for case, at in zip(cases, ended, strict=True):
        take_step(case.pk, "unit-outside", by=BY, at=at, rpw="RPW/1/2026", body="Inni")
    waits = city.reported(at=arrived[0])
    assert not RULE.due(datetime(2026, 11, 30, 12, tzinfo=UTC)).exists()
    due = set(RULE.due(datetime(2026, 12, 1, 12, tzinfo=UTC)).values_list("pk", flat=True))
    assert due == {case.pk for case in cases}
    assert waits.pk not in due
