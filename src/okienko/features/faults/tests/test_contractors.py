"""Work for a firm: its link, what it sees and says, and how its work is judged."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from okienko.base.decisions import Missing, Refused
from okienko.base.time import now
from okienko.features.faults import actions
from okienko.features.faults.models import Firm, Order
from okienko.features.faults.tests.conftest import AT, BY, acting, photo, shown_by
from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.models import Entry
from okienko.kernel.messages.models import Message
from okienko.kernel.people.actions import create_token
from okienko.kernel.people.factories import make_staff
from okienko.kernel.units.actions import add_group
from okienko.kernel.units.models import Group

pytestmark = pytest.mark.req("FAULT-27")
SECRET = ("Anonim Przykładowy", "600100200", "anonim@example.org", "obok mojego domu", "Sekretny opis")


@pytest.fixture
def team(city):
    return add_group(
        by=BY, at=AT, unit=city.roads.unit, symbol="BRYGADA", name="Brygada", kind=Group.Kind.EXECUTORS
    )


@pytest.fixture
def executor(team):
    return make_staff("r@okienko.example", "executor", by=BY, at=AT, group=team)


@pytest.fixture
def case(city, team, executor):
    case = city.reported(
        street="ul. Próbna", house_number="3", place=SECRET[3], description=SECRET[4], contact_name=SECRET[0],
        contact_phone=SECRET[1], contact_email=SECRET[2], attachments=[photo("dziura.jpg"), photo("twarz.jpg")],
    )  # fmt: skip
    take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, group=city.roads)
    return take_step(case.pk, "pass-to-executor", by=BY, at=AT, group=team)


@pytest.fixture
def firm(executor):
    return actions.add_firm("Zakład Zmyślony", by=acting(executor), at=AT, email="firma@example.org")


@pytest.mark.req("CORE-55")
def test_the_phone_of_a_firm_is_one_that_can_be_written_to(executor):
    client = Client()
    client.force_login(executor)
    given = {"name": "Zakład Zmyślony", "phone": "warsztat obok", "active": "on"}
    refused = client.post(reverse("faults:add_firm"), given).context["form"]
    assert (list(refused.errors), refused["phone"].value()) == (["phone"], "warsztat obok")
    assert client.post(reverse("faults:add_firm"), {**given, "phone": "+48 600 000 000"}).status_code == 302
    assert Firm.objects.get().phone == "600000000"


def ordered(case, firm, executor, *, at=AT, **more):
    told = {
        "version": Case.objects.get(pk=case.pk).version, "task": "Załatać dziurę", "ordered": date(2026, 11, 20),
        "until": date(2026, 12, 4), **more,
    }  # fmt: skip
    return actions.order_work(case.pk, firm, by=acting(executor), at=at, **told)


def page(order):
    return reverse("faults:contractor", args=[order.key])


class TestLink:
    def test_the_step_by_its_page_with_a_firm_named_anew(self, case, executor):
        client = Client()
        client.force_login(executor)
        step = client.get(reverse("cases:step", args=[case.number, "order"]))
        assert step["Location"] == reverse("faults:order", args=[case.number])
        form = client.get(step["Location"]).context["form"]
        given = {
            "version": form["version"].value(), "name": "Nowa Firma", "email": "nowa@example.org", "task": "Załatać",
            "ordered": "20.11.2026", "until": "04.12.2026",
        }  # fmt: skip
        nobody = client.post(step["Location"], {**given, "name": ""})
        assert nobody.context["form"].errors["firm"]
        early = client.post(step["Location"], {**given, "until": "19.11.2026"})
        assert early.context["form"].errors["until"]
        assert not Firm.objects.exists()
        assert client.post(step["Location"], given).status_code == 302
        order = Order.objects.get()
        assert (order.firm.name, Case.objects.get(pk=case.pk).state) == ("Nowa Firma", "contractor")
        (message,) = Message.objects.filter(address="nowa@example.org")
        assert order.key in message.text

    @pytest.mark.req("CORE-25")
    def test_who_is_overtaken_while_writing_the_order_is_told_and_loses_nothing(self, case, executor, client):
        client.force_login(executor)
        address = reverse("faults:order", args=[case.number])
        typed = {"version": case.version, "name": "Nowa Firma", "task": "Załatać", "ordered": "20.11.2026",
                 "until": "04.12.2026"}  # fmt: skip
        take_step(case.pk, "note", by=acting(executor), at=AT, done="Wizja w terenie")
        told = client.post(address, typed)
        assert (told.status_code, told.context["form"]["task"].value()) == (409, "Załatać")
        assert told.context["form"]["version"].value() == Case.objects.get(pk=case.pk).version
        assert "Wizja w terenie" in told.content.decode()
        again = {**typed, "version": told.context["form"]["version"].value()}
        take_step(case.pk, "return-to-coordinator", by=acting(executor), at=AT, reason="Nie nasze")
        late = client.post(address, again)
        page = late.content.decode()
        assert (late.status_code, "Załatać" in page, 'name="task"' in page) == (409, True, False)
        assert not Firm.objects.exists()
        assert client.get(address).status_code == 404

    def test_nothing_of_the_reporter_is_shown_to_the_firm(self, case, firm, executor):
        chosen, other = documents_of(case)
        order = ordered(case, firm, executor, files=[chosen.pk], at=now())
        client = Client()
        shown = client.get(page(order)).content.decode()
        assert "Załatać dziurę" in shown
        sent = " ".join(Message.objects.filter(address=firm.email).values_list("text", flat=True))
        assert not any(word in shown + sent for word in (*SECRET, case.follow_key))
        assert shown_by(client, reverse("faults:contractor_photo", args=[order.key, chosen.pk]))
        hidden = client.get(reverse("faults:contractor_photo", args=[order.key, other.pk]))
        assert hidden.status_code == 404

    def test_looking_changes_nothing(self, case, firm, executor):
        order = ordered(case, firm, executor, at=now())
        before = Entry.objects.count()
        client = Client()
        for query in ({}, {"deed": "accept"}, {"deed": "done"}):
            assert client.get(page(order), query).status_code == 200
        order.refresh_from_db()
        assert (order.state, Entry.objects.count()) == ("sent", before)

    def test_it_ends_by_its_time_and_when_it_is_withdrawn(self, case, firm, executor, city):
        order = ordered(case, firm, executor)
        assert order.expires_at.date() == date(2027, 1, 3)
        with pytest.raises(Refused) as late:
            actions.accept_order(order.key, at=order.expires_at)
        assert late.value.code == "link-ended"
        stranger = make_staff("x@okienko.example", "executor", by=BY, at=AT, group=city.greens)
        with pytest.raises(Missing):
            actions.revoke_order(order.pk, by=acting(stranger), at=AT, person=stranger)
        actions.revoke_order(order.pk, by=acting(executor), at=AT, person=executor)
        assert Client().get(page(order)).status_code == 404
        with pytest.raises(Refused):
            actions.accept_order(order.key, at=AT)
        assert Client().get(reverse("faults:contractor", args=["zgadywany"])).status_code == 404

    def test_no_link_is_made_of_days_that_cannot_be(self, case, executor):
        for until in (date(2026, 11, 19), date.max):
            with pytest.raises(Refused) as refused:
                ordered(case, None, executor, until=until, name="Nowa Firma")
            assert refused.value.field == "until"
        assert not Firm.objects.exists()
        assert not Order.objects.exists()

    def test_one_link_works_at_a_time(self, case, firm, executor):
        order = ordered(case, firm, executor)
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.create(
                report_id=case.pk, firm=firm, key="drugi", task="x", ordered_on=AT.date(), until=AT.date(),
                made_at=AT, expires_at=AT,
            )  # fmt: skip
        assert Order.objects.get() == order


class TestWork:
    def test_by_the_page_from_acceptance_to_done(self, case, firm, executor, team):
        order = ordered(case, firm, executor, at=now())
        client = Client()
        client.post(page(order), {"deed": "done", "words": "gotowe"})
        assert Order.objects.get().state == "sent"
        client.post(page(order), {"deed": "accept"})
        client.post(page(order), {"deed": "note", "words": "Zaczynamy jutro"})
        empty = client.post(page(order), {"deed": "note", "words": ""})
        assert empty.context["work"].errors["words"]
        done = client.post(page(order), {"deed": "done", "words": "Gotowe", "attachments": [photo("po.jpg")]})
        assert done.status_code == 302
        assert Order.objects.get().state == "done"
        assert "po.jpg" in [one.name for one in documents_of(case)]
        told = Entry.objects.filter(kind__startswith="order.").exclude(kind="order.sent")
        assert list(told.order_by("pk").values_list("kind", "actor")) == [
            ("order.accepted", "Zakład Zmyślony"), ("order.noted", "Zakład Zmyślony"), ("order.done", "Zakład Zmyślony"),
        ]  # fmt: skip
        assert Message.objects.filter(notice="fault.work", person=executor).count() == 2
        clerk = Client()
        clerk.force_login(executor)
        shown = clerk.get(reverse("cases:case", args=[case.number])).content.decode()
        assert "Zaczynamy jutro" in shown
        assert page(order) in shown

    def test_a_refusal_has_its_reason_and_tells_the_group(self, case, firm, executor):
        order = ordered(case, firm, executor, at=now())
        client = Client()
        client.post(page(order), {"deed": "refuse", "reason": ""})
        assert Order.objects.get().state == "sent"
        client.post(page(order), {"deed": "refuse", "reason": "Brak ludzi"})
        assert (Order.objects.get().state, Order.objects.get().reason) == ("refused", "Brak ludzi")
        assert Message.objects.filter(notice="fault.work", person=executor).exists()

    def test_rejected_it_comes_back_and_the_firm_learns_why(self, case, firm, executor):
        order = ordered(case, firm, executor)
        actions.accept_order(order.key, at=AT)
        actions.finish_work(order.key, "Gotowe", (), at=AT)
        with translation.override("en"):  # of whoever judges; the firm reads the language of the office
            take_step(case.pk, "reject-work", by=acting(executor), at=AT, reason="Nierówno")
        order.refresh_from_db()
        assert (order.state, order.reason, order.closed_at) == ("rejected", "Nierówno", AT)
        assert Case.objects.get(pk=case.pk).state == "executor"
        (judged,) = Message.objects.filter(notice="fault.order_judged")
        assert judged.address == firm.email
        assert "prace odrzucone.\n\nPowód: Nierówno" in judged.text
        with pytest.raises(Refused):
            actions.note_work(order.key, "jeszcze", (), at=AT + timedelta(hours=1))
        again = ordered(case, firm, executor, at=AT + timedelta(hours=1))
        assert again.key != order.key

    def test_accepted_it_ends_with_its_real_date(self, case, firm, executor):
        order = ordered(case, firm, executor)
        given = {"finished": date(2026, 11, 20), "rpw": "RPW/9/2026"}
        take_step(case.pk, "accept-work", by=acting(executor), at=AT, **given)
        order.refresh_from_db()
        assert (order.state, Case.objects.get(pk=case.pk).state) == ("approved", "resolved")
        entry = Entry.objects.get(kind="zgloszenia.accept-work")
        assert entry.after["finished"] == "2026-11-20"
        (told,) = Message.objects.filter(notice="fault.order_accepted")
        assert (told.address, "Powód" in told.text) == (firm.email, False)


class TestByProgram:
    @pytest.fixture
    def ask(self, executor):
        _token, secret = create_token(
            executor, by=BY, at=AT, name="test", scopes=["faults.see", "faults.execute"]
        )

        def ask(case, **given):
            address = f"/api/v1/cases/{case.number}/steps/order"
            told = {"inputs": {"ordered": "2026-11-20", "until": "2026-12-04", **given}}
            headers = {"authorization": f"Bearer {secret}"}
            return Client().post(address, told, "application/json", headers=headers)

        return ask

    def test_the_firm_gets_its_link_as_from_the_page(self, case, firm, ask):
        assert ask(case, firm=firm.name).status_code == 200
        order = Order.objects.get(closed_at=None)
        assert (order.firm, order.until, order.report_id) == (firm, date(2026, 12, 4), case.pk)
        (message,) = Message.objects.filter(notice="fault.order")
        assert message.address == firm.email
        assert order.key in message.text
        assert Client().get(reverse("faults:contractor", args=[order.key])).status_code == 200
        assert not any(secret in order.task + message.text for secret in SECRET)

    def test_a_firm_that_nobody_knew_comes_to_the_register(self, case, ask, executor):
        assert ask(case, firm="Nowy Zakład").status_code == 200
        assert Firm.objects.get(name="Nowy Zakład").orders.count() == 1
        assert Entry.objects.get(kind="firm.added").person_id == executor.pk

    def test_days_in_the_wrong_order_are_refused_whole(self, case, firm, ask):
        assert ask(case, firm=firm.name, until="2026-11-01").status_code == 422
        assert ask(case, firm="x" * 201).status_code == 422
        assert not Order.objects.exists()
        assert Case.objects.get(pk=case.pk).state == "executor"

    def test_the_page_makes_one_link_and_not_two(self, case, firm, executor):
        order = ordered(case, firm, executor)
        assert list(Order.objects.all()) == [order]
        assert Message.objects.filter(notice="fault.order").count() == 1

    def test_work_to_be_done_again_is_offered_to_the_same_firm_first(self, case, firm, executor):
        ordered(case, firm, executor)
        take_step(case.pk, "reject-work", by=acting(executor), at=AT, reason="Krzywo")
        client = Client()
        client.force_login(executor)
        form = client.get(reverse("faults:order", args=[case.number])).context["form"]
        assert form["firm"].value() == firm.pk


class TestRegister:
    def test_firms_are_added_and_changed_once_each(self, executor, firm):
        client = Client()
        client.force_login(executor)
        twice = client.post(reverse("faults:add_firm"), {"name": firm.name, "active": "on"})
        assert twice.context["form"].errors["name"]
        given = {"name": firm.name, "email": "inny@example.org", "phone": "", "version": firm.version}
        client.post(reverse("faults:firm", args=[firm.pk]), given)
        firm.refresh_from_db()
        assert (firm.email, firm.active, firm.version) == ("inny@example.org", False, 2)

    def test_only_for_those_who_order(self, city):
        client = Client()
        client.force_login(city.operator)
        assert client.get(reverse("faults:firms")).status_code == 404
