from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from okienko.base.decisions import Missing, Refused
from okienko.features.faults.actions import add_category, report_fault
from okienko.features.faults.models import Category
from okienko.features.faults.outage import actions, queries
from okienko.features.faults.outage.jobs import pack as pack_every_night
from okienko.features.faults.outage.models import Outage, Pack
from okienko.kernel.calendars.factories import CITY, make_calendar
from okienko.kernel.cases.actions import take_step
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.units.actions import add_group, add_unit
from okienko.kernel.units.models import Group

BY = Actor.system("test")
BEGAN = datetime(2026, 11, 9, 9, tzinfo=UTC)
ENDED = BEGAN + timedelta(hours=5)
AT = BEGAN + timedelta(days=1)
DAYS_OF_WORK = 10


@pytest.fixture
def category(db: None) -> Category:
    make_calendar(by=BY, at=BEGAN - timedelta(days=30), week=CITY)
    return add_category(by=BY, at=BEGAN, code="dziury", shortcut="NA", name="Dziury")


@pytest.fixture
def operator(category: Category) -> Person:
    return make_staff("operator@okienko.example", "operator", by=BY, at=BEGAN - timedelta(days=30))


@pytest.fixture
def outage(category: Category) -> Outage:
    return actions.declare(by=BY, at=AT, began_at=BEGAN, ended_at=ENDED, reason="Brak prądu")


def told(category: Category, **more: object) -> dict[str, object]:
    return {"category": category, "description": "Dziura", "place": "ul. Zmyślona 1", **more}


@pytest.mark.req("CORE-60", "FAULT-81")
class TestEntering:
    def test_the_deadline_counts_from_the_time_on_the_paper_and_history_shows_both(self, outage, category):
        came = BEGAN + timedelta(hours=1)
        late = actions.enter(outage.pk, by=BY, at=AT, received_at=came, **told(category))
        at_once = actions.enter(outage.pk, by=BY, at=AT, received_at=ENDED, **told(category))
        assert (late.channel, late.received_at, late.registered_at) == ("paper", came, AT)
        assert late.due_at == at_once.due_at  # both of the same day
        assert late.due_at.date() == date(2026, 11, 24)  # ten working days, one of them free
        registered = entries_of(late).get(kind="zgloszenia.registered")
        assert (registered.happened_at, registered.at) == (came, AT)

    def test_what_was_done_meanwhile_is_entered_with_its_time(self, outage, category):
        unit = add_unit(by=BY, at=BEGAN, symbol="ZDM", name="Zarząd Dróg Próbnych")
        kind = Group.Kind.COORDINATORS
        group = add_group(by=BY, at=BEGAN, unit=unit, symbol="DK", name="Drogi", kind=kind)
        case = actions.enter(outage.pk, by=BY, at=AT, received_at=BEGAN, **told(category))
        done = BEGAN + timedelta(hours=2)
        take_step(case.pk, "pass-to-coordinator", by=BY, at=AT, happened_at=done, group=group)
        step = entries_of(case).get(kind="zgloszenia.pass-to-coordinator")
        assert (step.happened_at, step.at) == (done, AT)

    def test_reports_are_counted_by_their_outage(self, outage, category):
        for _ in range(2):
            actions.enter(outage.pk, by=BY, at=AT, received_at=ENDED, **told(category))
        assert queries.outage(outage.pk).reports == 2

    def test_only_times_of_the_outage_are_taken(self, outage, category):
        for wrong in (BEGAN - timedelta(minutes=1), ENDED + timedelta(minutes=1), AT + timedelta(minutes=1)):
            with pytest.raises(Refused) as refused:
                actions.enter(outage.pk, by=BY, at=AT, received_at=wrong, **told(category))
            assert refused.value.field == "received_at"
        assert not Case.objects.exists()

    def test_the_director_may_decide_otherwise(self, outage, category):
        actions.close_entry(outage.pk, by=BY, at=AT, reason="Decyzja dyrektora: zostaje na papierze")
        with pytest.raises(Refused):
            actions.enter(outage.pk, by=BY, at=AT, received_at=ENDED, **told(category))


@pytest.mark.req("CORE-60")
class TestBook:
    def test_an_outage_that_lasts_covers_until_now_and_ends_once(self, category):
        outage = actions.declare(by=BY, at=ENDED, began_at=BEGAN, reason="Brak prądu")
        assert outage.covers(AT)
        with pytest.raises(Refused):
            actions.end(outage.pk, by=BY, at=AT, ended_at=BEGAN)
        assert not actions.end(outage.pk, by=BY, at=AT, ended_at=ENDED).covers(AT)
        with pytest.raises(Refused):
            actions.end(outage.pk, by=BY, at=AT, ended_at=ENDED)

    def test_two_outages_are_never_of_one_time(self, outage):
        with pytest.raises(Refused) as refused:
            actions.declare(by=BY, at=AT, began_at=ENDED - timedelta(minutes=1), reason="Awaria")
        assert refused.value.code == "outage-overlaps"
        actions.declare(by=BY, at=AT, began_at=ENDED, reason="Awaria")
        with pytest.raises(IntegrityError), transaction.atomic():
            Outage.objects.filter(pk=outage.pk).update(ended_at=None)

    @pytest.mark.req("FAULT-81")
    def test_who_was_told_and_when_stays(self, outage):
        actions.tell(outage.pk, by=BY, at=AT, who="Dyrektor Zmyślony", told_at=BEGAN, how="telefonicznie")
        entry = entries_of(outage).get(kind="outage.told")
        assert (entry.happened_at, entry.at, entry.after["who"]) == (BEGAN, AT, "Dyrektor Zmyślony")

    @pytest.mark.req("CORE-03")
    def test_the_book_is_kept_by_those_who_register(self, outage):
        stranger = make_staff("nikt@okienko.example", by=BY, at=BEGAN)
        with pytest.raises(Missing):
            actions.end(outage.pk, by=Actor(stranger.pk, "nikt"), at=AT, ended_at=AT)
        client = Client()
        client.force_login(stranger)
        for name, args in (("outages", []), ("declare", []), ("outage", [outage.pk]), ("enter", [outage.pk])):
            assert client.get(reverse(f"outage:{name}", args=args)).status_code == 404


@pytest.mark.req("CORE-60", "FAULT-81")
def test_by_the_pages(operator, category):
    client = Client()
    client.force_login(operator)
    began = {"began_at_day": "09.11.2026", "began_at_hour": "10:00", "reason": "Brak prądu"}
    client.post(reverse("outage:declare"), began)
    outage = Outage.objects.get()
    assert (outage.began_at, outage.declared_by) == (BEGAN, operator)
    address = reverse("outage:outage", args=[outage.pk])
    given = {"who": "Dyrektor", "told_at_day": "09.11.2026", "told_at_hour": "10:05", "how": "osobiście"}
    assert client.post(f"{address}powiadomienie/", given).url == address
    client.post(f"{address}koniec/", {"ended_at_day": "09.11.2026", "ended_at_hour": "15:00"})
    paper = {
        "category": category.pk, "place": "ul. Zmyślona 1", "description": "Dziura",
        "received_at_day": "09.11.2026", "received_at_hour": "16:00",
    }  # fmt: skip
    refused = client.post(f"{address}z-papieru/", paper)
    assert "received_at" in refused.context["form"].errors
    asked = client.post(f"{address}z-papieru/", {**paper, "ask": "1"})
    assert "Dziura" in asked.content.decode()
    assert client.post(f"{address}z-papieru/", {**paper, "received_at_hour": "14:00"}).status_code == 302
    case = Case.objects.get()
    assert (case.channel, case.received_at) == ("paper", BEGAN + timedelta(hours=4))
    page = client.get(address).content.decode()
    for words in ("Dyrektor", "osobiście", "Brak prądu", case.number):
        assert words in page
    client.post(f"{address}zamkniecie/", {"reason": "Dyrektor zdecydował inaczej"})
    assert "z-papieru" not in client.get(address).content.decode()
    assert client.get(reverse("outage:outages")).context["outages"][0].reports == 1


@pytest.mark.req("CORE-60", "CORE-03")
class TestPack:
    @pytest.fixture
    def units(self, category: Category) -> dict[str, Person]:
        """Two units with a report each; who sees one whole, the other, a group of it, and everything."""
        people = {}
        for symbol in ("ZDM", "ZZM"):
            unit = add_unit(by=BY, at=BEGAN, symbol=symbol, name=f"Zarząd {symbol}")
            kind = Group.Kind.COORDINATORS
            group = add_group(
                by=BY, at=BEGAN, unit=unit, symbol=f"{symbol}-K", name="Koordynatorzy", kind=kind
            )
            people[symbol] = make_staff(f"{symbol}@okienko.example", "overseer", by=BY, at=BEGAN, unit=unit)
            people[f"{symbol}-K"] = make_staff(
                f"{symbol}-k@okienko.example", "coordinator", by=BY, at=BEGAN, group=group
            )
            case = report_fault(by=BY, at=BEGAN, channel="phone", **told(category))
            take_step(case.pk, "pass-to-coordinator", by=BY, at=BEGAN, group=group)
        people["all"] = make_staff("nad@okienko.example", "super-overseer", by=BY, at=BEGAN)
        return people

    def test_each_night_leaves_one_file_a_unit_for_those_who_see_the_unit(self, units):
        for _ in range(2):
            pack_every_night(0)
        assert set(Pack.objects.values_list("unit__symbol", flat=True)) == {"ZDM", "ZZM"}
        shown = {"ZDM": {"ZDM"}, "ZZM": {"ZZM"}, "ZDM-K": set(), "all": {"ZDM", "ZZM"}}
        files = {pack.unit.symbol: file for pack, file in queries.files_for(units["all"])}
        for name, symbols in shown.items():
            client = Client()
            client.force_login(units[name])
            listed = client.get(reverse("outage:pack")).context["files"]
            assert {pack.unit.symbol for pack, _ in listed} == symbols
            for symbol, file in files.items():
                response = client.get(reverse("documents:download", args=[file.pk]))
                assert response.status_code == (200 if symbol in symbols else 404)
                if symbol in symbols:
                    assert b"".join(response.streaming_content).startswith(b"%PDF")

    def test_blank_forms_are_at_hand_for_everybody_who_sees_reports(self, units):
        client = Client()
        client.force_login(units["ZDM-K"])
        assert client.get(reverse("outage:blank_forms")).content.startswith(b"%PDF")
