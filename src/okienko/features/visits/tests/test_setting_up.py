from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.visits import actions, holding, mass, queries
from okienko.features.visits.actions import Contact
from okienko.features.visits.factories import make_booking
from okienko.features.visits.models import Booking, Category, HoursTemplate, MassChange, Service
from okienko.kernel.calendars.factories import make_calendar
from okienko.kernel.messages.models import Message
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.actions import add_unit
from okienko.kernel.units.models import Location, Unit

from .conftest import AT, BY, RESIDENT

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = dict.fromkeys(WEEKDAYS, "8:00-12:00, 12:30-15:00")
TEMPLATE = {
    "name": "Zwykły tydzień",
    "step": "30",
    "pause": "0",
    "places": "1",
    "kept_back": "0",
    **EVERY_DAY,
}
SERVICE = {
    "title": "Dowód osobisty", "code": "", "status": "published", "minutes": "30", "nearest_days": "0",
    "farthest_days": "14", "hold_minutes": "5", "offer_minutes": "60", "confirm_by": "none",
    "confirm_over": "email", "remind_hours": "2, 24", "remind_over": "email", "thanks_pl": "Dziękujemy.",
    "confirm_minutes": "60",
    "most_per_person": "3",
    "most_holds": "30",
}  # fmt: skip


@pytest.fixture
def administrator(db):
    add_unit(by=BY, at=AT - timedelta(days=1), symbol="UM", name="Urząd Próbny")
    make_staff("administrator@okienko.example", "administrator", by=BY, at=AT)
    client = Client(headers={"accept-language": "en"})
    client.force_login(Person.objects.get(email="administrator@okienko.example"))
    return client


def page(client, name, *args):
    return client.get(reverse(f"visits:{name}", args=args)).content.decode()


def post(client, name, given, *args):
    answer = client.post(reverse(f"visits:{name}", args=args), given)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer


def set_up(client):
    unit = Unit.objects.get()
    client.post(
        reverse("people:add_location", args=[unit.pk]),
        {"name": "Ratusz", "fax": "12 000 00 00", "web_page": "https://ratusz.example",
         "bip_page": "https://bip.ratusz.example", "open_for_visits": "on", "active": "on"},
    )  # fmt: skip
    post(client, "add_category", {"name": "Dokumenty"})
    post(client, "add_service", {**SERVICE, "category": Category.objects.get().pk})
    post(
        client,
        "add_counter",
        {"name": "Pokój 12", "unit": unit.pk, "location": Location.objects.get().pk, "priority": "1",
         "active": "on", "services": Service.objects.get().pk, "calendar": make_calendar(by=BY, at=AT).pk},
    )  # fmt: skip
    post(client, "add_template", TEMPLATE)
    counter = Resource.objects.get()
    laid = {"what": HoursTemplate.objects.get().pk, "counters": counter.pk, "save": "1"}
    laid["first"] = f"{time.now().date() - timedelta(days=1):%d.%m.%Y}"
    post(client, "lay_hours", laid)
    return counter


@pytest.mark.req("BOOK-01", "BOOK-02", "BOOK-03", "BOOK-04", "BOOK-19")
def test_from_nothing_to_times_that_residents_can_book(administrator):
    empty = page(administrator, "set_up")
    assert "No place takes visits now" in empty
    assert "There is no counter in use" in empty
    assert "No service is published" in empty
    early = administrator.get(reverse("visits:add_counter"), follow=True)
    assert early.redirect_chain[-1][0] == reverse("visits:places")
    assert "Add the place first" in early.content.decode()
    set_up(administrator)
    ready = page(administrator, "set_up")
    assert "Residents can book visits." in ready
    assert "missing" not in ready
    location = Location.objects.get()
    assert (location.fax, location.bip_page) == ("12 000 00 00", "https://bip.ratusz.example")
    service = Service.objects.get()
    assert (service.code, service.category.name) == ("dowod-osobisty", "Dokumenty")
    assert (service.remind_hours, service.remind_over) == ([24, 2], "email")
    choosing = Client().get(f"/wizyty/?usluga={service.code}")
    assert choosing.context["nearest"]
    hours = {one.start.astimezone(time.WARSAW).strftime("%H:%M") for one in choosing.context["nearest"]}
    assert "12:00" not in hours
    for name, args in (
        ("places", ()), ("categories", ()), ("services", ()), ("counters", ()), ("templates", ()),
        ("category", (Category.objects.get().pk,)), ("service", (service.code,)), ("lay_hours", ()),
        ("counter", (Resource.objects.get().pk,)), ("template", (HoursTemplate.objects.get().pk,)),
    ):  # fmt: skip
        assert administrator.get(reverse(f"visits:{name}", args=args)).status_code == 200
    assert 'value="08:00-12:00, 12:30-15:00"' in page(
        administrator, "template", HoursTemplate.objects.get().pk
    )


@pytest.mark.req("BOOK-01")
def test_a_draft_is_not_offered_and_two_changes_do_not_overwrite_each_other(administrator):
    set_up(administrator)
    service = Service.objects.get()
    given = {**SERVICE, "status": "draft", "version": service.version}
    post(administrator, "service", given, service.code)
    assert queries.offered(service.code) is None
    stale = administrator.post(reverse("visits:service", args=["dowod-osobisty"]), given)
    assert "Somebody else has changed this" in stale.content.decode()
    wrong = administrator.post(reverse("visits:add_service"), {**SERVICE, "nearest_days": "20"})
    assert "before the nearest" in wrong.content.decode()


@pytest.mark.req("BOOK-01")
def test_categories_are_the_offices_own_and_each_has_one_name(administrator):
    post(administrator, "add_category", {"name": "Dokumenty"})
    post(administrator, "add_category", {"name": "Pojazdy"})
    again = administrator.post(reverse("visits:add_category"), {"name": "Dokumenty"})
    assert "There is a category of this name already." in again.content.decode()
    vehicles = Category.objects.get(name="Pojazdy")
    taken = administrator.post(
        reverse("visits:category", args=[vehicles.pk]), {"name": "Dokumenty", "version": vehicles.version}
    )
    assert "There is a category of this name already." in taken.content.decode()
    post(administrator, "category", {"name": "Auta", "version": vehicles.version}, vehicles.pk)
    assert [one.name for one in Category.objects.all()] == ["Auta", "Dokumenty"]


@pytest.mark.req("BOOK-05")
def test_a_visit_may_last_longer_at_one_counter(office):
    slow, quick = office.counters
    actions.set_lengths(office.service, {slow.pk: 60, quick.pk: None}, by=BY, at=AT)
    service = queries.service_by_code(office.service.code)
    start = queries.free_times(service, [slow], now=AT)[0].start
    holding.hold(service, start, counters=[slow], key="k" * 43, at=AT)
    contact = Contact("Anonim", "anonim@example.org")
    booked = actions.book("k" * 43, by=RESIDENT, at=AT, service=service, start=start, contact=contact)
    assert booked.end - booked.start == timedelta(minutes=60)
    assert booked.claim.during.upper - booked.claim.during.lower == timedelta(minutes=60)
    last = [queries.free_times(service, [one], now=AT)[-1].start for one in (slow, quick)]
    assert last[1] - last[0] == timedelta(minutes=30)


@pytest.mark.req("BOOK-05")
def test_what_is_kept_for_walk_ins_is_booked_by_staff_alone(office):
    template = actions.add_template(
        by=BY, at=AT, name="Z rezerwą", week={day: [["08:00", "12:00"]] for day in WEEKDAYS}, step=30,
        kept_back=25,
    )  # fmt: skip
    actions.lay_hours(template, office.counters, by=BY, at=AT, first=AT.date(), last=None)
    web = {one.start for one in queries.free_times(office.service, office.counters, now=AT)}
    staff = {one.start for one in queries.free_times(office.service, office.counters, now=AT, kept_too=True)}
    assert web < staff
    whole = {one for one in staff if one.date() == max(staff).date()}
    assert len(whole - web) * 4 == len(whole)
    kept = min(staff - web)
    with pytest.raises(Refused, check=lambda refused: refused.code == "not-offered"):
        holding.hold(office.service, kept, counters=office.counters, key="k" * 43, at=AT)
    booked = actions.book_for_resident(
        "p" * 43, by=BY, at=AT, service=office.service, start=kept, counters=office.counters,
        contact=Contact("Anonim", "anonim@example.org"),
    )  # fmt: skip
    assert booked.start == kept


@pytest.mark.req("BOOK-04")
def test_what_no_longer_fits_is_shown_before_saving_then_listed_and_moved(administrator):
    counter = set_up(administrator)
    service = Service.objects.get()
    booking = make_booking(service, by=RESIDENT, at=time.now(), nth=3)
    day = booking.start.astimezone(time.WARSAW).date()
    given = {"what": "closed", "counters": counter.pk, "first": f"{day:%d.%m.%Y}", "last": f"{day:%d.%m.%Y}"}
    shown = administrator.post(reverse("visits:lay_hours"), {**given, "save": "1"})
    assert shown.status_code == 200
    assert "1 visit no longer fits" in shown.content.decode()
    assert booking.number in shown.content.decode()
    assert queries.misfits([counter], now=time.now()) == []
    saved = post(administrator, "lay_hours", {**given, "save": "1", "seen": "1"})
    assert saved["Location"] == reverse("visits:misfits")
    assert booking.number in page(administrator, "misfits")
    assert "Visits that no longer fit" in page(administrator, "set_up")
    moving = administrator.get(reverse("visits:move_by_office", args=[booking.number]))
    start = moving.context["form"].fields["start"].choices[0][0]
    without = administrator.post(reverse("visits:move_by_office", args=[booking.number]), {"start": start})
    assert without.status_code == 200
    post(administrator, "move_by_office", {"start": start, "why": "Urząd nieczynny."}, booking.number)
    moved = Booking.objects.get()
    assert moved.start.isoformat() == start
    assert "All booked visits fit" in page(administrator, "misfits")


@pytest.mark.req("BOOK-20", "BOOK-34")
def test_the_office_moves_a_visit_to_any_day_and_not_to_the_nearest_alone(administrator):
    set_up(administrator)
    booking = make_booking(Service.objects.get(), by=RESIDENT, at=time.now())
    address = reverse("visits:move_by_office", args=[booking.number])
    days = administrator.get(address).context["days"]
    far = f"{address}?dzien={days[-1].isoformat()}"
    starts = [value for value, _words in administrator.get(far).context["form"].fields["start"].choices]
    assert {start[:10] for start in starts} == {days[-1].isoformat()}
    administrator.post(far, {"start": starts[0], "why": "Prosi o inny dzień."})
    assert Booking.objects.get().start.astimezone(time.WARSAW).date() == days[-1]
    assert administrator.get(f"{address}?dzien=jutro").context["form"].fields["start"].choices


@pytest.mark.req("BOOK-03")
def test_a_counter_with_visits_does_not_vanish_in_silence(administrator):
    counter = set_up(administrator)
    make_booking(Service.objects.get(), by=RESIDENT, at=time.now())
    given = {"name": "Pokój 12", "unit": counter.unit_id, "location": counter.location_id, "priority": "1",
             "services": Service.objects.get().pk, "version": Resource.objects.get().version}  # fmt: skip
    refused = administrator.post(reverse("visits:counter", args=[counter.pk]), given)
    assert "They do not vanish" in refused.content.decode()
    assert Resource.objects.get().active
    gone = post(administrator, "counter", {**given, "sure": "on"}, counter.pk)
    assert gone["Location"] == reverse("visits:misfits")
    assert not Resource.objects.get().active
    assert "Dowód osobisty" in page(administrator, "misfits")


@pytest.mark.req("BOOK-01", "CORE-03")
def test_only_those_who_may_set_up_do(office):
    make_staff("urzednik@okienko.example", "clerk", by=BY, at=AT, unit=office.unit)
    clerk = Client()
    clerk.force_login(Person.objects.get(email="urzednik@okienko.example"))
    for name in (
        "set_up",
        "services",
        "counters",
        "templates",
        "lay_hours",
        "misfits",
        "categories",
        "places",
    ):
        assert clerk.get(reverse(f"visits:{name}")).status_code == 404


@pytest.mark.req("BOOK-04")
def test_all_that_no_longer_fit_are_moved_in_one_go_and_each_is_told_once(administrator):
    counter = set_up(administrator)
    service = Service.objects.get()
    made = [
        make_booking(service, by=RESIDENT, at=time.now(), nth=nth, email=f"osoba{nth}@example.org")
        for nth in range(3)
    ]
    day = made[0].start.astimezone(time.WARSAW).date()
    last = made[-1].start.astimezone(time.WARSAW).date()
    actions.close_hours([counter], by=BY, at=time.now(), first=day, last=last)
    address = reverse("visits:misfits")
    assert administrator.post(address, {"why": ""}).status_code == 200
    ordered = administrator.post(address, {"why": "Urząd nieczynny."})
    change = MassChange.objects.get()
    assert ordered.url == reverse("visits:mass_change", args=[change.pk])
    mass.carry_out(change, clock=time.now)
    assert queries.misfits([counter], now=time.now()) == []
    assert {one.why for one in Booking.objects.all()} == {"Urząd nieczynny."}
    told = Message.objects.filter(notice="visit.moved")
    assert sorted(told.values_list("subject_id", flat=True)) == sorted(one.pk for one in made)


@pytest.mark.req("BOOK-03")
def test_changing_a_service_does_not_drop_a_counter_that_rests(administrator):
    counter = set_up(administrator)
    Resource.objects.update(active=False)
    service = Service.objects.get()
    given = {**SERVICE, "counters": counter.pk, "version": service.version, "minutes": "45"}
    post(administrator, "service", given, service.code)
    assert list(Service.objects.get().counters.all()) == [counter]
