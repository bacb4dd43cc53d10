from datetime import timedelta

import pytest
from django.utils import timezone

from okienko.features.faults import actions as faults
from okienko.features.faults.models import Category
from okienko.features.faults.retention import RULE
from okienko.kernel.cases.actions import split, take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.consents import retention
from okienko.kernel.consents.models import Look
from okienko.kernel.documents.actions import attach
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.models import Entry
from okienko.kernel.history.queries import verify
from okienko.kernel.messages.queries import messages_of
from okienko.kernel.messages.queries import visible_to as messages_visible_to
from okienko.kernel.people.actions import give_role
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.units.models import Group

BY = Actor.system("test")


def reported(language: str = "pl", **contact: str) -> Case:
    return faults.report_fault(
        by=BY, at=timezone.now(), channel="page", category=Category.objects.get(code="nawierzchnia"),
        place="ul. Zmyślona 77", description="Dziura przed domem Jana Próbnego", language=language, **contact,
    )  # fmt: skip


@pytest.mark.req("CORE-31", "CORE-20", "FAULT-41")
def test_a_reporter_with_an_address_is_told_in_their_language_with_the_number_in_the_subject(city):
    case = reported("uk", contact_email="anna@example.org")
    (message,) = messages_of(case)
    assert case.number in message.title
    assert "Ми отримали" in message.title
    assert case.follow_key in message.text


@pytest.mark.req("FAULT-60")
def test_who_gives_no_address_is_written_to_by_nobody(city):
    assert not messages_of(reported()).exists()


@pytest.mark.req("CORE-31")
def test_a_step_tells_whom_the_table_names_once(city, actor):
    case = reported(contact_email="anna@example.org")
    desk = Group.objects.get(symbol="ZDM-K")
    take_step(case.pk, "pass-to-coordinator", by=actor("operator"), at=timezone.now(), group=desk)
    told = messages_of(case).values_list("notice", "address")
    assert sorted(told) == [
        ("fault.passed", "koordynator@okienko.example"),
        ("fault.registered", "anna@example.org"),
    ]


@pytest.mark.req("FAULT-15")
def test_a_part_of_a_report_lies_where_the_whole_does_and_goes_its_own_way(city, actor):
    case = reported(contact_email="anna@example.org")
    part = split(case.pk, by=actor("operator"), at=timezone.now(), subject="Latarnia obok")
    assert (part.report.place, part.report.category) == (case.report.place, case.report.category)
    desk = Group.objects.get(symbol="ZDM-K")
    take_step(part.pk, "pass-to-coordinator", by=actor("operator"), at=timezone.now(), group=desk)
    case.refresh_from_db()
    assert (case.state, case.group) == ("new", None)


@pytest.mark.req("CORE-41", "FAULT-70")
def test_after_six_months_a_finished_report_says_nothing_of_anybody(city, actor, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    case = reported(contact_email="jan@example.org", contact_name="Jan Próbny")
    now = timezone.now()
    attach(case, b"Notatka o Janie", by=BY, at=now, name="jan.txt")
    take_step(
        case.pk,
        "not-the-citys",
        by=actor("operator"),
        at=now,
        rpw="RPW/1/2026",
        body="Powiat",
        reason="Droga powiatowa",
    )
    still = timezone.datetime(
        now.year + (now.month + 6 > 12), (now.month + 6 - 1) % 12 + 1, 15, tzinfo=now.tzinfo
    )
    later = timezone.datetime(
        now.year + (now.month + 7 > 12), (now.month + 7 - 1) % 12 + 1, 1, 12, tzinfo=now.tzinfo
    )
    assert case not in RULE.due(still)
    assert case in RULE.due(later)
    retention.run(RULE, by=BY, at=later, clock=timezone.now)
    case.refresh_from_db()
    assert (case.contact_name, case.contact_email, case.description, case.report.place) == ("", "", "", "")
    assert not documents_of(case).exists()
    left = " ".join(
        str(value) for value in Entry.objects.filter(subject_id=case.pk).values_list("after", "note")
    )
    left += " ".join(str(message.text) + message.address for message in messages_of(case))
    assert "Jan" not in left
    assert "jan@" not in left
    assert (case.kind, case.state) == ("nawierzchnia", "elsewhere")
    assert list(verify(case)) == []
    assert case not in RULE.due(later)


@pytest.mark.req("CORE-44")
def test_looking_at_a_case_with_somebodys_data_is_noted(sign_in):
    case = reported(contact_email="anna@example.org", contact_phone="600 100 200", contact_name="Anna")
    client = sign_in("operator")
    for _ in range(2):
        client.get(f"/sprawy/{case.number}/")
    looks = Look.objects.filter(subject_id=case.pk, clerk__email="operator@okienko.example")
    assert sorted(looks.values_list("about", flat=True)) == ["600100200", "anna@example.org"]
    nameless = reported(contact_email="", contact_phone="", contact_name="")
    client.get(f"/sprawy/{nameless.number}/")
    assert not Look.objects.filter(subject_id=nameless.pk).exists()
    by_name = reported(contact_email="", contact_phone="", contact_name="Anna")
    client.get(f"/sprawy/{by_name.number}/")
    assert Look.objects.get(subject_id=by_name.pk).about == "anna"


@pytest.mark.req("CORE-03", "CORE-34")
def test_who_may_not_see_a_report_sees_no_message_about_it(city, actor):
    """A clerk who reads the messages of a unit learns nothing of reports that lie there."""
    case = reported(contact_email="ola@example.org")
    group = Group.objects.get(symbol="ZDM-K")
    take_step(case.pk, "pass-to-coordinator", by=actor("operator"), at=timezone.now(), group=group)
    of_the_unit = messages_of(case).filter(unit=group.unit).values("pk")
    assert of_the_unit.exists()
    long_ago = timezone.now() - timedelta(days=1)
    clerk = make_staff("kasia@okienko.example", "clerk", by=BY, at=long_ago, unit=group.unit)
    assert not messages_visible_to(clerk).filter(pk__in=of_the_unit).exists()
    give_role(clerk, "super-overseer", by=BY, at=long_ago, valid_from=long_ago)
    clerk = Person.objects.get(pk=clerk.pk)
    assert messages_visible_to(clerk).filter(pk__in=of_the_unit).exists()
