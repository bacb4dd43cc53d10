"""Several events in one report: as many reports, which know each other."""

import pytest
from django.test import Client
from django.urls import reverse

from okienko.base.decisions import Missing, Refused, Stale
from okienko.features.faults.actions import Event, add_category, split_events, withdraw_contact
from okienko.features.faults.models import Report
from okienko.features.faults.parts.queries import parts_of
from okienko.features.faults.tests.conftest import AT, BY, acting, photo
from okienko.kernel.cases.actions import change_details, take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages.models import Message
from okienko.kernel.people.factories import make_staff

pytestmark = pytest.mark.req("FAULT-15")


@pytest.fixture
def case(city):
    return city.reported(
        channel="page", by=Actor.resident(), street="ul. Próbna", answers=[("Jak duża?", "jak koło")],
        contact_email="a@example.org", attachments=[photo("jezdnia.jpg"), photo("lampa.jpg")],
    )  # fmt: skip


def split(city, case, **more):
    lamp = documents_of(case).get(name="lampa.jpg").pk
    events = [
        Event("dziura w jezdni", city.holes),
        Event("latarnia", city.lamps, frozenset({lamp})),
        Event("druga dziura", city.holes),
    ]
    told = {"by": acting(city.operator), "at": AT, "person": city.operator, "version": case.version, **more}
    return split_events(case.pk, events, **told)


def test_as_many_reports_as_events_each_with_its_part(city, case):
    made = split(city, case)
    assert Case.objects.count() == 3
    reports = [Report.objects.get(case=one) for one in made]
    assert [one.covers for one in reports] == ["dziura w jezdni", "latarnia", "druga dziura"]
    assert [one.category for one in reports] == [city.holes, city.lamps, city.holes]
    assert [one.case.kind for one in reports] == ["dziury", "lampy", "dziury"]
    assert [[file.name for file in documents_of(one)] for one in made] == [
        ["jezdnia.jpg", "lampa.jpg"], ["lampa.jpg"], [],
    ]  # fmt: skip
    assert [[answer.said for answer in one.answers.all()] for one in reports] == [["jak koło"]] * 3
    assert [one.source.contact for one in reports] == [[["contact_email", "a@example.org"]]] * 3
    assert {one.case.received_at for one in reports} == {case.received_at}
    assert {one.case.due_at for one in reports} == {case.due_at}
    assert [one.case.contact_email for one in reports] == ["a@example.org"] * 3


def test_each_knows_the_others_also_when_a_part_is_split_again(city, case):
    made = split(city, case)
    again = split_events(
        made[2].pk, [Event("lewa", city.holes), Event("prawa", city.holes)], by=acting(city.operator), at=AT,
        person=city.operator, version=Case.objects.get(pk=made[2].pk).version,
    )  # fmt: skip
    family = {one.pk for one in [*made, *again]}
    for one in Report.objects.filter(pk__in=family):
        assert {other.pk for other in parts_of(one, city.operator)} == family - {one.pk}


@pytest.mark.req("CORE-03")
def test_who_has_the_others_is_shown_only_to_who_may_see_them(city, case):
    made = split(city, case)
    take_step(made[0].pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    take_step(made[1].pk, "pass-to-coordinator", by=BY, at=AT, group=city.greens)
    take_step(made[2].pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    coordinator = make_staff("k@okienko.example", "coordinator", by=BY, at=AT, group=city.roads)
    assert [one.pk for one in parts_of(Report.objects.get(case=made[0]), coordinator)] == [made[2].pk]
    client = Client()
    client.force_login(coordinator)
    shown = client.get(reverse("cases:case", args=[made[0].number])).content.decode()
    assert made[2].spoken_number in shown
    assert made[1].spoken_number not in shown
    assert "latarnia" not in shown
    client.force_login(city.operator)
    shown = client.get(reverse("cases:case", args=[made[0].number])).content.decode()
    assert "ZIELEN" in shown


def test_all_or_nothing(city, case):
    snow = add_category(by=BY, at=AT, code="snieg", shortcut="SN", name="Śnieg", handled_elsewhere="Dzwoń")
    told = {"by": acting(city.operator), "at": AT, "person": city.operator, "version": case.version}
    for events in ([Event("jedno", city.holes)], [Event("jedno", city.holes), Event("śnieg", snow)]):
        with pytest.raises(Refused):
            split_events(case.pk, events, **told)
    with pytest.raises(Stale):
        split(city, case, version=case.version - 1)
    assert Case.objects.count() == 1
    assert Report.objects.get().covers == ""
    with pytest.raises(Missing):
        split(city, case, by=Actor(None, "x"))


def test_what_happened_says_the_names_of_categories_and_not_their_codes(city, case):
    made = split(city, case)
    client = Client()
    client.force_login(city.operator)
    page = client.get(reverse("cases:case", args=[made[1].number])).content.decode()
    happened = page.partition('id="history"')[2]
    assert "Lampy" in happened
    assert "lampy" not in happened
    assert "dziury" not in happened


def test_one_step_on_one_page(city, case):
    client = Client()
    client.force_login(city.operator)
    address = reverse("faults:split_events", args=[case.number])
    form = client.get(address, {"ile": "3"}).context["form"]
    assert [number for number, _ in form.groups()] == [1, 2, 3]
    lamp = documents_of(case).get(name="lampa.jpg").pk
    given = {
        "version": form["version"].value(), "covers_1": "dziura", "category_1": city.holes.pk, "covers_2": "",
        "category_2": city.lamps.pk, "files_2": [lamp], "covers_3": "znak", "category_3": city.lamps.pk,
    }  # fmt: skip
    wrong = client.post(f"{address}?ile=3", given)
    assert list(wrong.context["form"].errors) == ["covers_2"]
    assert client.post(f"{address}?ile=3", {**given, "covers_2": "latarnia"}).status_code == 302
    assert sorted(Report.objects.values_list("covers", flat=True)) == ["dziura", "latarnia", "znak"]
    client.get(f"{address}?ile=2")
    assert Case.objects.count() == 3


def test_the_reporter_is_told_and_finds_all_parts_behind_one_link(city, case):
    made = split(city, case)
    (told,) = Message.objects.filter(notice="fault.split")
    assert told.address == "a@example.org"
    assert not any(
        part.spoken_number in told.text for part in made[1:]
    )  # whoever handles one part reads the mail
    page = Client().get(reverse("faults:follow", args=[made[0].follow_key])).content.decode()
    for part in made[1:]:
        assert part.spoken_number in page
        assert part.follow_key in page
    assert "latarnia" in page


@pytest.mark.req("FAULT-60")
def test_consent_withdrawn_from_one_part_is_withdrawn_from_all(city, case):
    made = split(city, case)
    withdraw_contact(made[1].pk, by=Actor.resident(), at=AT)
    assert {one.contact_email for one in Case.objects.all()} == {""}
    assert "a@example.org" not in str(list(Message.objects.values_list("address", "text")))


@pytest.mark.req("CORE-25")
def test_the_second_of_two_editors_keeps_all_that_was_chosen(city, case):
    client = Client()
    client.force_login(city.operator)
    address = f"{reverse('faults:split_events', args=[case.number])}?ile=2"
    files = [one.pk for one in documents_of(case)]
    given = {
        "version": case.version, "covers_1": "dziura", "category_1": city.holes.pk, "covers_2": "latarnia",
        "category_2": city.lamps.pk, "files_2": files,
    }  # fmt: skip
    change_details(case.pk, by=BY, at=AT, version=case.version, contact_name="Anonim Przykładowy")
    told = client.post(address, given).context["form"]
    assert told.non_field_errors()
    assert told["files_2"].value() == [str(pk) for pk in files]
    assert client.post(address, {**given, "version": told["version"].value()}).status_code == 302
    assert len(documents_of(Case.objects.latest("pk"))) == 2
