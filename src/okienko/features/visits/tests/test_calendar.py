from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from okienko.base import time
from okienko.base.time import WARSAW
from okienko.features.visits import holding
from okienko.features.visits.factories import make_booking
from okienko.features.visits.models import Booking, Service
from okienko.kernel.cases.actions import save_view
from okienko.kernel.cases.models import SavedView
from okienko.kernel.messages.models import Message
from okienko.kernel.people.factories import make_staff
from okienko.kernel.people.models import Person
from okienko.kernel.slots import actions as slots
from okienko.kernel.units.actions import add_location

from .conftest import AT, BY, RESIDENT, add_counter
from .test_views import free, hold

ADDRESS = "/wizyty/kalendarz/"


def shown(client, start, view, **other):
    day = start.astimezone(WARSAW).date()
    return client.get(ADDRESS, {"widok": view, "dzien": day.isoformat(), **other})


@pytest.mark.req("BOOK-31", "BOOK-32")
def test_day_week_and_month_show_what_is_free_taken_and_held(office, clerk):
    here = clerk("urzednik")
    start = free(office)[20].start
    before = shown(here, start, "dzien").context["days"][0]
    booking = make_booking(office.service, by=RESIDENT, at=time.now(), nth=20, name="Wanda Wymyślona")
    hold(Client(), office, start)
    page = shown(here, start, "dzien")
    day = page.context["days"][0]
    assert (day.taken, day.held, day.free) == (before.taken + 1, before.held + 1, before.free - 2)
    assert "Wanda Wymyślona" in page.content.decode()
    assert "somebody is filling in the form" in page.content.decode()
    week = shown(here, start, "tydzien")
    assert booking.number in week.content.decode()
    month = shown(here, start, "miesiac").context["days"]
    assert [(one.taken, one.held) for one in month if one.date == day.date] == [(1, 1)]
    assert page.context["topics"] == f"slots:{office.counters[0].pk},{office.counters[1].pk}"


@pytest.mark.req("BOOK-31")
def test_a_month_is_a_grid_of_weeks_whose_days_lead_on(office, clerk):
    page = clerk("urzednik").get(ADDRESS, {"widok": "miesiac", "dzien": "2026-11-20"})
    weeks = page.context["weeks"]
    assert {len(week) for week in weeks} == {7}
    assert [day and day.date.day for day in weeks[0]] == [None, None, None, None, None, None, 1]
    assert weeks[-1][0].date == date(2026, 11, 30)
    assert weeks[-1][1:] == [None] * 6
    text = page.content.decode()
    assert text.index("Monday") < text.index("Sunday")
    assert text.count('role="row"') == len(weeks) + 1
    assert "widok=dzien&amp;dzien=2026-11-30" in text
    assert "data-live-part" in text
    today = clerk("urzednik").get(ADDRESS, {"widok": "miesiac"}).content.decode()
    assert today.count('class="today" aria-current="date"') == 1


@pytest.mark.req("BOOK-31")
def test_a_day_of_which_nothing_is_left_is_told_as_closed(office, clerk):
    day = (time.now() + timedelta(days=3)).astimezone(WARSAW).date()
    start = datetime.combine(day, datetime.min.time(), WARSAW)
    for counter in office.counters:
        slots.close(counter, start, start + timedelta(days=1), by=BY, at=time.now(), note="remont")
    page = clerk("urzednik").get(ADDRESS, {"widok": "miesiac", "dzien": day.isoformat()})
    assert [one.date for one in page.context["days"] if one.is_closed] == [day]


@pytest.mark.req("BOOK-31")
def test_the_list_begins_today_with_what_comes_next_and_past_ones_are_a_filter(office, clerk):
    here, now = clerk("urzednik"), time.now()
    late, soon = (make_booking(office.service, by=RESIDENT, at=now, nth=nth) for nth in (30, 20))
    gone = make_booking(office.service, by=RESIDENT, at=now, nth=10)
    Booking.objects.filter(pk=gone.pk).update(
        start=gone.start - timedelta(days=30), end=gone.end - timedelta(days=30)
    )

    def numbers(address):
        return [one.number for one in here.get(reverse("visits:list") + address).context["list"].rows]

    page = here.get(reverse("visits:list"))
    ahead, past = page.context["tabs"]
    assert numbers("") == numbers(ahead["url"]) == [soon.number, late.number]
    assert (
        numbers(past["url"]) == numbers(f"?day_to={soon.start.date() - timedelta(days=25)}") == [gone.number]
    )
    assert numbers("?day_from=2020-01-01") == [gone.number, soon.number, late.number]
    file = b"".join(here.get(reverse("visits:export", args=["csv"])))
    assert (soon.spoken_number.encode() in file, gone.spoken_number.encode() in file) == (True, False)


@pytest.mark.req("BOOK-31")
def test_by_counter_place_and_matter(office, clerk):
    here = clerk("urzednik")
    booking = make_booking(office.service, by=RESIDENT, at=time.now(), nth=3)
    other = next(one for one in office.counters if one != booking.resource)
    for given, found in (
        ({"stanowisko": booking.resource_id}, True),
        ({"stanowisko": other.pk}, False),
        ({"miejsce": office.place.pk}, True),
        ({"usluga": office.service.code}, True),
    ):
        page = shown(here, booking.start, "dzien", **given).content.decode()
        assert (booking.number in page) is found


@pytest.mark.req("BOOK-32")
@pytest.mark.parametrize("view", ["dzien", "tydzien", "miesiac"])
def test_the_page_asks_to_be_told_of_changes_and_for_what_has_changed(office, clerk, settings, view):
    settings.LIVE_URL = "https://live.example"
    page = shown(clerk("urzednik"), time.now(), view).content.decode()
    counters = ",".join(str(one.pk) for one in office.counters)
    assert f'data-live="slots:{counters}" data-live-url="https://live.example/live/"' in page
    assert '<div id="diary" data-live-part>' in page


@pytest.mark.req("BOOK-32")
def test_what_is_free_taken_and_held_is_said_in_words(office, clerk):
    here, start = clerk("urzednik"), free(office)[20].start
    booking = make_booking(office.service, by=RESIDENT, at=time.now(), nth=20, name="Wanda Wymyślona")
    hold(Client(), office, start)
    page = shown(here, start, "dzien").content.decode()
    hour = f"<strong>{start.astimezone(WARSAW):%H:%M}</strong>"
    assert f'href="{reverse("visits:booking", args=[booking.number])}">{hour} Wanda Wymyślona' in page
    assert f'<span class="visit held">{hour} held' in page
    later = next(one.start for one in free(office) if one.start > start)
    assert f"<strong>{later.astimezone(WARSAW):%H:%M}</strong> free" in page
    for view in ("tydzien", "miesiac"):
        page = shown(here, start, view).content.decode()
        for word in ("free", "taken", "held"):
            assert word in page


@pytest.mark.req("BOOK-31", "CORE-03")
def test_nobody_sees_the_calendar_of_others(office, clerk):
    booking = make_booking(office.service, by=RESIDENT, at=time.now(), nth=3)
    page = shown(clerk("inny"), booking.start, "dzien")
    assert booking.number not in page.content.decode()
    assert page.context["topics"] == ""
    assert shown(Client(), booking.start, "dzien").status_code == 302


@pytest.mark.req("BOOK-32")
@pytest.mark.parametrize("view", ["dzien", "tydzien", "miesiac"])
def test_as_few_questions_whatever_the_number(office, clerk, view):
    here = clerk("urzednik")
    for number in range(3, 9):
        add_counter(office.unit, office.place, f"Okienko {number}", number)
    for number in range(6):
        make_booking(office.service, by=RESIDENT, at=time.now(), nth=20, email=f"{number}@example.org")
    start = Booking.objects.all()[0].start
    shown(here, start, view)
    with CaptureQueriesContext(connection) as asked:
        shown(here, start, view, usluga=office.service.code)
    own = [one["sql"] for one in asked if "visits_" in one["sql"] or "slots_" in one["sql"]]
    assert len(own) <= 6, own
    assert len(asked) <= 8, [one["sql"][:230] for one in asked]


@pytest.mark.req("BOOK-30")
def test_a_visit_for_somebody_with_an_account_is_among_their_own(office, clerk):
    resident = Person.objects.create(
        email="zofia@okienko.example", first_name="Zofia", last_name="Zmyślona", joined_at=AT
    )
    here = clerk("urzednik")
    page = here.get("/wizyty/umow/", {"konto": "zmyślona"})
    assert "zofia@okienko.example" in page.content.decode()
    form = page.context["form"]
    given = {
        "start": form.fields["start"].choices[0][0], "name": "Zofia Zmyślona", "phone": "600 000 000",
        "account": resident.pk, "key": page.context["key"],
    }  # fmt: skip
    assert here.post("/wizyty/umow/?konto=zmyślona", given).status_code == 302
    assert list(resident.visits.all()) == [Booking.objects.get()]
    assert "zofia@" not in here.get("/wizyty/umow/", {"konto": "zo"}).content.decode()


@pytest.fixture
def branch(office):
    place = add_location(by=BY, at=AT, unit=office.unit, name="Filia")
    counter = add_counter(office.unit, place, "Okienko 9", 9)
    office.service.counters.add(counter)
    return counter


@pytest.mark.req("BOOK-30")
def test_by_phone_the_place_is_chosen_and_said_and_messages_speak_the_language_of_the_caller(
    office, clerk, branch
):
    here = clerk("urzednik")
    page = here.get("/wizyty/umow/")
    words = page.context["form"].fields["start"].choices[0][1]
    assert words.endswith("(Ratusz, Filia)")
    address = f"/wizyty/umow/?miejsce={branch.location_id}"
    start, words = here.get(address).context["form"].fields["start"].choices[0]
    assert "(" not in words
    given = {"start": start, "name": "Anonim", "email": "anonim@example.org", "language": "uk"}
    assert here.post(address, {**given, "key": holding.new_key()}).status_code == 302
    booking = Booking.objects.get()
    assert booking.resource == branch
    assert "Візит заброньовано" in Message.objects.get(notice="visit.confirmed").text
    assert here.get("/wizyty/umow/?miejsce=99999").context["place"] == ""
    entry = shown(here, booking.start + timedelta(days=1), "dzien").content.decode()
    assert f"?miejsce={branch.location_id}&amp;dzien=" in entry


@pytest.mark.req("BOOK-20", "BOOK-30")
def test_the_office_moves_a_visit_to_another_place(office, clerk, branch):
    booking = make_booking(office.service, by=RESIDENT, at=time.now())
    address = f"{reverse('visits:move_by_office', args=[booking.number])}?miejsce={branch.location_id}"
    start = clerk("urzednik").get(address).context["form"].fields["start"].choices[0][0]
    assert clerk("urzednik").post(address, {"start": start, "why": "Bliżej domu."}).status_code == 302
    booking.refresh_from_db()
    assert booking.resource == branch


@pytest.mark.req("BOOK-31", "BOOK-33")
@pytest.mark.parametrize("page", [ADDRESS, "/wizyty/dzien/"])
def test_the_day_is_typed_as_people_write_it(office, clerk, page):
    here = clerk("urzednik")
    found = here.get(page, {"widok": "dzien", "dzien": "30.11.2026"})
    assert date(2026, 11, 30) in (found.context.get("day"), found.context.get("shown"))
    assert 'name="dzien" value="30.11.2026"' in found.content.decode()
    wrong = here.get(page, {"widok": "dzien", "dzien": "pojutrze?"})
    assert wrong.context["form"].errors.keys() == {"dzien"}
    assert time.now().astimezone(WARSAW).date() in (wrong.context.get("day"), wrong.context.get("shown"))


@pytest.mark.req("BOOK-30")
def test_the_clerk_is_warned_of_the_limit_and_may_go_over_it(office, clerk):
    Service.objects.update(most_per_person=1)
    here = clerk("urzednik")

    def post(**more):
        page = here.get("/wizyty/umow/")
        start = page.context["form"].fields["start"].choices[0][0]
        given = {"start": start, "name": "Anonim", "phone": "600000000", "key": holding.new_key(), **more}
        return here.post("/wizyty/umow/", given)

    assert post().status_code == 302
    warned = post()
    assert "as many visits" in warned.content.decode()
    assert 'name="over_limit"' in warned.content.decode()
    assert post(over_limit="on").status_code == 302
    assert Booking.objects.count() == 2


@pytest.mark.req("BOOK-30", "BOOK-31")
def test_a_free_time_of_the_calendar_leads_to_booking_it(office, clerk):
    here = clerk("urzednik")
    start = free(office)[20].start
    page = here.get(
        "/wizyty/umow/", {"dzien": start.astimezone(WARSAW).date().isoformat(), "start": start.isoformat()}
    )
    assert page.context["form"]["start"].value() == start.isoformat()


@pytest.mark.req("BOOK-31")
def test_the_list_is_narrowed_by_place(office, clerk):
    booking = make_booking(office.service, by=RESIDENT, at=time.now(), nth=3)
    page = clerk("urzednik").get(reverse("visits:list"), {"place": office.place.pk, "columns": "place"})
    assert booking.spoken_number in page.content.decode()


@pytest.mark.req("BOOK-31")
def test_the_list_is_narrowed_by_counter(office, clerk):
    visits = [make_booking(office.service, by=RESIDENT, at=time.now(), nth=3, email=f"a{nth}@example.org")
              for nth in (1, 2)]  # fmt: skip
    assert [one.resource for one in visits] == office.counters
    for one in visits:
        page = clerk("urzednik").get(reverse("visits:list"), {"counter": one.resource_id})
        assert list(page.context["list"].rows) == [one]


@pytest.mark.req("CORE-24")
def test_a_view_of_the_list_is_kept_by_its_owner_and_shown_to_others(office, clerk):
    make_staff("drugi@okienko.example", "clerk", by=BY, at=AT, unit=office.unit)
    client, other = clerk("urzednik"), clerk("drugi")
    address = reverse("visits:list")
    query = "?state=confirmed"
    saved = client.post(reverse("visits:save_view"), {"name": "Umówione", "view": query, "shared": "1"})
    assert saved["Location"] == f"{address}{query}"
    view = SavedView.objects.get()
    assert [(one.name, one.url, one.shared) for one in other.get(address).context["list"].views] == [
        ("Umówione", f"{address}{query}", True)
    ]
    removed = reverse("visits:forget_view", args=[view.pk])
    assert other.post(removed).status_code == 404
    case_list_view = save_view(view.owner, "zgloszenia", "Inna", "", shared=False, by=BY, at=AT)
    assert client.post(reverse("visits:forget_view", args=[case_list_view.pk])).status_code == 404
    client.post(removed)
    assert list(SavedView.objects.values_list("name", flat=True)) == ["Inna"]
