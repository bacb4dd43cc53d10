"""A report comes in: by a resident page by page, by a call; what everybody sees of it, and who joins."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from okienko.base.time import now
from okienko.features.faults import actions
from okienko.features.faults.actions import add_category
from okienko.features.faults.models import Draft, Enquiry, Joined, Report
from okienko.features.faults.public.queries import neighbours
from okienko.features.faults.reactions import place_part
from okienko.features.faults.tests.conftest import AT, BY, HERE, answer_to, metres_north, photo
from okienko.kernel.cases.actions import change_details, take_step
from okienko.kernel.cases.events import CaseSplit
from okienko.kernel.cases.models import Case
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.models import Entry
from okienko.kernel.messages.models import Message
from okienko.kernel.people.factories import make_staff

RESIDENT = Actor.resident()


def begun(client, city):
    sent = client.post(reverse("faults:report"), {"category": city.holes.pk})
    assert sent.status_code == 302
    return Draft.objects.latest("pk")


def page(name, draft, *more):
    return reverse(f"faults:{name}", args=[draft.key, *more])


@pytest.mark.req("FAULT-13")
class TestResident:
    def test_page_by_page_without_scripts_and_nothing_is_lost(self, city):
        client = Client()
        draft = begun(client, city)
        nowhere = client.post(page("draft_place", draft), {"place": " "})
        assert nowhere.context["form"].errors["street"]
        client.post(page("draft_place", draft), {"street": "ul. Zmyślona", "house_number": "4"})
        asked = client.get(page("draft_what", draft)).context["form"]
        assert [one.label for one in asked.asked()] == ["Jak duża?", "Na pasie ruchu?"]
        half = {"description": "Głęboka", "attachments": [photo()]}
        again = client.post(page("draft_what", draft), half)
        assert list(again.context["form"].errors) == [answer_to("Jak duża?")]
        assert "dziura.jpg" in again.content.decode()
        client.post(page("draft_what", draft), {"description": "Głęboka", answer_to("Jak duża?"): "jak koło"})
        sent = client.post(page("draft_contact", draft), {"contact_email": "anonim@example.org"})
        case = Case.objects.latest("pk")
        assert sent["Location"] == f"{reverse('faults:follow', args=[case.follow_key])}?nowe=1"
        assert "Dziękujemy" in client.get(sent["Location"]).content.decode()
        report = case.report
        assert (report.address, case.description, case.channel) == ("ul. Zmyślona 4", "Głęboka", "page")
        assert [(one.asked, one.said) for one in report.answers.all()] == [("Jak duża?", "jak koło")]
        assert [one.name for one in documents_of(case)] == ["dziura.jpg"]
        assert not Draft.objects.exists()

    @pytest.mark.req("CORE-66")
    def test_page_after_page_of_photos_are_no_more_than_can_be_sent(self, city):
        client = Client()
        draft = begun(client, city)
        address = page("draft_what", draft)
        for _ in range(2):
            client.post(address, {"attachments": [photo() for _ in range(5)]})
        assert documents_of(draft).count() == 10
        refused = client.post(address, {"attachments": [photo()]})
        assert refused.context["form"].errors["attachments"]
        assert documents_of(draft).count() == 10

    def test_sent_twice_is_sent_once(self, city):
        client = Client()
        draft = begun(client, city)
        told = {"place": "tu", "description": "Dziura"}
        Draft.objects.filter(pk=draft.pk).update(told=draft.told | told)
        first = client.post(page("draft_contact", draft), {"contact_email": ""})
        second = client.post(page("draft_contact", draft), {"contact_email": ""})
        assert first["Location"].startswith(second["Location"])
        assert Case.objects.count() == 1
        case = city.reported(token=draft.key)
        assert case == Case.objects.get()

    def test_what_is_not_handled_here_is_said_before_anything_is_typed(self, city):
        snow = add_category(
            by=BY,
            at=AT,
            code="snieg",
            shortcut="SN",
            name="Śnieg",
            handled_elsewhere="Dzwoń do nas",
            elsewhere_phone="986",
        )
        client = Client()
        shown = client.get(reverse("faults:report")).content.decode()
        assert "Dzwoń do nas" in shown
        assert "tel:986" in shown
        assert client.post(reverse("faults:report"), {"category": snow.pk}).status_code == 200
        assert not Draft.objects.exists()

    def test_what_nobody_finished_is_swept_away(self, city):
        client = Client()
        draft = begun(client, city)
        actions.sweep_drafts(by=BY, at=draft.made_at + timedelta(hours=23))
        assert Draft.objects.exists()
        assert actions.sweep_drafts(by=BY, at=draft.made_at + timedelta(hours=25)) == 1
        assert client.get(page("draft_place", draft)).status_code == 404

    def test_no_page_is_left_out_by_who_knows_the_address_of_the_next(self, city):
        client = Client()
        draft = begun(client, city)
        assert client.get(page("draft_contact", draft))["Location"] == page("draft_place", draft)
        client.post(page("draft_place", draft), {"street": "ul. Zmyślona"})
        assert client.post(page("draft_contact", draft))["Location"] == page("draft_what", draft)
        assert not Case.objects.exists()

    def test_neighbours_are_shown_and_one_can_join(self, city):
        case = city.reported(at=now(), latitude=HERE[0], longitude=HERE[1])
        client = Client()
        draft = begun(client, city)
        north = metres_north(30)
        client.post(page("draft_place", draft), {"latitude": north[0], "longitude": north[1]})
        sent = client.post(
            page("draft_what", draft), {"description": "Dziura", answer_to("Jak duża?"): "duża"}
        )
        assert sent["Location"] == page("draft_near", draft)
        assert page("me_too", draft, case.number) in client.get(page("draft_near", draft)).content.decode()
        for _ in range(2):
            done = client.post(
                page("me_too", draft, case.number), {"contact_email": "Ktos@example.org"}, follow=True
            )
            assert done.status_code == 200
        joined = Joined.objects.get()
        assert (joined.report_id, joined.email) == (case.pk, "ktos@example.org")


@pytest.mark.req("FAULT-13")
class TestNeighbours:
    def test_same_kind_open_near_and_not_too_old(self, city):
        def at(metres, **more):
            latitude, longitude = metres_north(metres)
            return city.reported(**{"at": AT, **more}, latitude=latitude, longitude=longitude)

        near, nearer = at(45), at(10)
        at(60)
        at(5, category=city.lamps)
        at(5, at=AT - timedelta(weeks=13))
        closed = at(5)
        take_step(closed.pk, "not-the-citys", by=BY, at=AT, rpw="RPW/1/2026", body="Inni", reason="nie nasze")
        found = neighbours(city.holes, *HERE, at=AT)
        assert [(one.case, metres) for one, metres in found] == [(nearer, 50), (near, 50)]
        Report.objects.filter(case=near).update(place_released=True)
        assert [metres for _, metres in neighbours(city.holes, *HERE, at=AT)] == [50, 45]

    def test_each_person_joins_once_whatever_is_known_of_the_person(self, city):
        report = city.reported().report
        assert actions.join(report, "a", by=RESIDENT, at=AT, email="x@example.org")
        assert not actions.join(report, "b", by=RESIDENT, at=AT, email="x@example.org")
        assert not actions.join(report, "a", by=RESIDENT, at=AT)
        assert actions.join(report, "c", by=RESIDENT, at=AT, phone="600000000")
        with pytest.raises(IntegrityError), transaction.atomic():
            Joined.objects.create(report=report, key="d", email="x@example.org", joined_at=AT)

    @pytest.mark.req("FAULT-41")
    def test_who_joined_is_told_of_changes_without_what_the_reporter_wrote(self, city):
        case = city.reported(place="u Nowaka pod trójką")
        actions.join(case.report, "a", by=RESIDENT, at=AT, email="x@example.org")
        take_step(case.pk, "not-the-citys", by=BY, at=AT, rpw="RPW/1/2026", body="Inni", reason="nie nasze")
        (message,) = Message.objects.filter(address="x@example.org")
        assert "Nowaka" not in str(message.__dict__)


@pytest.mark.req("FAULT-60")
def test_consent_withdrawn_takes_the_data_away_at_once(city):
    case = city.reported(
        contact_name="Anonim Przykładowy", contact_email="a@example.org", contact_phone="600100200"
    )
    client = Client()
    address = reverse("faults:withdraw", args=[case.follow_key])
    client.get(address)
    assert Case.objects.get(pk=case.pk).contact_email == "a@example.org"
    assert client.post(address).status_code == 302
    case = Case.objects.get(pk=case.pk)
    assert (case.contact_name, case.contact_email, case.contact_phone, case.wants_answer) == (
        "",
        "",
        "",
        False,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT words::text FROM cases_case WHERE id = %s", [case.pk])
        assert "600100200" not in cursor.fetchone()[0]
    kept = str(list(Entry.objects.filter(subject_id=case.pk).values_list("before", "after", "note")))
    assert "Anonim" not in kept


@pytest.mark.req("FAULT-60", "FAULT-40")
def test_consent_withdrawn_leaves_what_is_known_of_the_handling(city):
    case = city.reported(contact_name="Anonim Przykładowy", contact_email="a@example.org")
    case = take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    told = {"by": BY, "at": AT, "version": case.version, "contact_phone": "600100200"}
    case = change_details(case.pk, **told)
    take_step(case.pk, "return-to-operator", by=BY, at=AT, addressee="Wodociągi", reason="Nie nasze")
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.greens)
    take_step(
        case.pk,
        "part-elsewhere",
        by=BY,
        at=AT,
        told="Telefonicznie",
        reason="Przykładowego pytano: dwie dziury",
    )
    actions.withdraw_contact(case.pk, by=RESIDENT, at=AT)
    kept = str(list(Entry.objects.filter(subject_id=case.pk).values_list("before", "after", "note")))
    assert "Wodociągi" in kept
    assert [word for word in ("Przykładow", "a@example.org", "600100200") if word in kept] == []
    assert not Message.objects.filter(address="a@example.org").exists()
    for_groups = Message.objects.filter(notice="fault.passed")
    assert for_groups
    assert not for_groups.filter(forgotten_at__isnull=False).exists()


@pytest.mark.req("FAULT-42")
class TestEnquiry:
    def test_found_by_whatever_the_caller_knows(self, city):
        case = city.reported(
            street="ul. Próbna", contact_name="Anonim Przykładowy", contact_phone="600100200"
        )
        city.reported(description="Co innego")
        client = Client()
        client.force_login(city.operator)
        for typed in (
            case.number,
            case.spoken_number,
            "600100200",
            "przykładowy",
            "probna",
            "dziurze probnej",
        ):
            found = client.get(reverse("faults:enquiries"), {"q": typed}).context["cases"]
            assert (typed, [one.pk for one in found]) == (typed, [case.pk])
        client.force_login(city.administrator)

    def test_of_a_finished_report_it_is_passed_to_the_coordinator(self, city):
        coordinator = make_staff("k@okienko.example", "coordinator", by=BY, at=AT, group=city.roads)
        case = city.reported()
        take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
        Case.objects.filter(pk=case.pk).update(open=False, closed_at=AT, state="resolved", group=None)
        client = Client()
        client.force_login(city.operator)
        given = {"words": "Dziura wróciła", "done": "sprawdzono", "expected": "naprawy"}
        assert client.post(reverse("faults:enquiry", args=[case.number]), given).status_code == 302
        enquiry = Enquiry.objects.get()
        assert (enquiry.group, enquiry.expected) == (city.roads, "naprawy")
        assert Message.objects.get(notice="fault.asked").address == coordinator.email
        assert "Dziura wróciła" in client.get(reverse("cases:case", args=[case.number])).content.decode()
        assert Client().post(reverse("faults:enquiry", args=[case.number]), given).status_code == 302
        assert Enquiry.objects.count() == 1


@pytest.mark.req("FAULT-11")
class TestCall:
    def test_one_page_with_the_checklist_of_the_category(self, city):
        client = Client()
        client.force_login(city.operator)
        given = {
            "category": city.holes.pk,
            "street": "ul. Próbna",
            "house_number": "3",
            "description": "Dziura",
            "rpw": "RPW/7/2026",
        }
        assert (
            "Jak duża?"
            in client.get(reverse("faults:checklist"), {"category": city.holes.pk}).content.decode()
        )
        shown = client.post(reverse("faults:by_phone"), {**given, "ask": "1"})
        assert shown.context["form"]["description"].value() == "Dziura"
        assert not Case.objects.exists()
        wrong = client.post(reverse("faults:by_phone"), given)
        assert list(wrong.context["form"].errors) == [answer_to("Jak duża?")]
        sent = client.post(reverse("faults:by_phone"), {**given, answer_to("Jak duża?"): "duża"})
        case = Case.objects.get()
        assert sent["Location"] == reverse("faults:read_out", args=[case.number])
        assert (case.channel, case.report.address, case.report.rpw) == ("phone", "ul. Próbna 3", "RPW/7/2026")
        assert (
            f'<p class="read-out number">{case.spoken_number}</p>'
            in client.get(sent["Location"]).content.decode()
        )

    def test_what_was_said_to_one_question_is_no_answer_to_another(self, city):
        """The operator chooses another category while the caller tells."""
        kind = add_category(
            by=BY, at=AT, code="wyrwy", shortcut="WY", name="Wyrwy", parent=city.holes, questions=[("Jak głęboka?", True)]
        )  # fmt: skip
        lamps = add_category(
            by=BY, at=AT, code="latarnie", shortcut="LA", name="Latarnie", questions=[("Który słup?", True)]
        )
        client = Client()
        client.force_login(city.operator)
        typed = {"category": city.holes.pk, answer_to("Jak duża?"): "jak koło"}

        def shown(category):
            told = {**typed, "category": category.pk}
            form = client.get(reverse("faults:checklist"), told).context["form"]
            return {one.label: one.value() for one in form.asked()}

        assert shown(lamps) == {"Który słup?": None}
        assert shown(kind) == {"Jak duża?": "jak koło", "Na pasie ruchu?": None, "Jak głęboka?": None}

    def test_a_kind_asks_what_the_kind_above_asks_and_its_own(self, city):
        kind = add_category(
            by=BY, at=AT, code="wyrwy", shortcut="WY", name="Wyrwy", parent=city.holes, questions=[("Jak głęboka?", True)]
        )  # fmt: skip
        client = Client()
        client.force_login(city.operator)
        asked = client.get(reverse("faults:checklist"), {"category": kind.pk}).context["form"].asked()
        assert [one.label for one in asked] == ["Jak duża?", "Na pasie ruchu?", "Jak głęboka?"]
        given = {
            "category": kind.pk,
            "place": "park",
            "description": "Wyrwa",
            answer_to("Jak głęboka?"): "po kolana",
        }
        wrong = client.post(reverse("faults:by_phone"), given)
        assert list(wrong.context["form"].errors) == [answer_to("Jak duża?")]
        assert (
            client.post(reverse("faults:by_phone"), {**given, answer_to("Jak duża?"): "duża"}).status_code
            == 302
        )
        said = Case.objects.get().report.answers.values_list("asked", "said")
        assert list(said) == [("Jak duża?", "duża"), ("Jak głęboka?", "po kolana")]

    @pytest.mark.req("FAULT-14")
    def test_what_is_not_handled_here_is_said_to_the_operator_and_not_registered(self, city):
        snow = add_category(
            by=BY, at=AT, code="snieg", shortcut="SN", name="Śnieg", handled_elsewhere="Dzwoń do dyżurnego",
            elsewhere_phone="986",
        )  # fmt: skip
        client = Client()
        client.force_login(city.operator)
        told = client.get(reverse("faults:checklist"), {"category": snow.pk}).content.decode()
        assert "Dzwoń do dyżurnego" in told
        assert "986" in told
        given = {"category": snow.pk, "place": "park", "description": "Ślisko"}
        refused = client.post(reverse("faults:by_phone"), given).context["form"]
        assert refused.errors["category"] == ["Dzwoń do dyżurnego"]
        assert refused["description"].value() == "Ślisko"
        assert not Case.objects.exists()

    def test_what_is_alike_on_the_street_is_found(self, city):
        case = city.reported(at=now(), street="ul. Próbna", house_number="3")
        client = Client()
        client.force_login(city.operator)
        near = client.get(
            reverse("faults:near"), {"category": city.holes.pk, "street": "Próbna"}
        ).content.decode()
        assert case.spoken_number in near
        other = client.get(
            reverse("faults:near"), {"category": city.lamps.pk, "street": "Próbna"}
        ).content.decode()
        assert case.spoken_number not in other

    @pytest.mark.req("FAULT-10")
    def test_a_letter_is_entered_as_what_it_is(self, city):
        client = Client()
        client.force_login(city.operator)
        given = {"category": city.lamps.pk, "place": "park", "description": "Ciemno", "channel": "letter"}
        assert client.post(reverse("faults:by_phone"), given).status_code == 302
        assert Case.objects.get().channel == "letter"


def test_a_part_lies_where_the_whole_does(city):
    whole, part = city.reported(token="raz", street="ul. Próbna"), city.reported(token="dwa")
    Report.objects.filter(case=part).delete()
    place_part(CaseSplit(whole.pk, part.pk, AT))
    assert (Report.objects.get(case=part).street, Report.objects.get(case=part).token) == ("ul. Próbna", "")
