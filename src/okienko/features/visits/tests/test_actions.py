from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from okienko.base.decisions import Missing, Refused
from okienko.base.numbers import is_whole
from okienko.features.visits import actions, confirming, holding, notices, queries
from okienko.features.visits.actions import Contact
from okienko.features.visits.factories import DEMO_VISITS, demo_services, make_booking
from okienko.features.visits.models import Booking, Service
from okienko.kernel.consents.actions import draft, ensure_built_in_groups, publish_text
from okienko.kernel.consents.models import ConsentGroup
from okienko.kernel.consents.queries import given_about
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.queries import entries_of
from okienko.kernel.messages.models import Message
from okienko.kernel.people.factories import make_staff
from okienko.kernel.slots import actions as slots
from okienko.kernel.slots.models import Claim
from okienko.kernel.units.actions import add_location, add_unit

from .conftest import AT, BY, RESIDENT, add_counter

CONTACT = Contact("Anonim Przykładowy", "anonim@example.org", "600000000")


def free(office, now=AT):
    return queries.free_times(office.service, office.counters, now=now)


def hold(office, start, key, at=AT):
    return holding.hold(office.service, start, counters=office.counters, key=key, at=at)


def book(office, key, start, at=AT, contact=CONTACT):
    return actions.book(key, by=RESIDENT, at=at, service=office.service, start=start, contact=contact)


def refused(code):
    return pytest.raises(Refused, check=lambda error: error.code == code)


@pytest.mark.req("BOOK-01", "BOOK-10")
def test_only_what_is_published_is_offered(office):
    assert queries.offered("dowod") == office.service
    for status in (Service.Status.DRAFT, Service.Status.ARCHIVED):
        actions.set_status(office.service, status, by=BY, at=AT)
        assert queries.offered("dowod") is None


@pytest.mark.req("BOOK-02")
def test_where_visits_cannot_be_booked_now_nothing_is_offered(office):
    office.place.open_for_visits = False
    office.place.save()
    assert queries.counters_of(office.service) == []


@pytest.mark.req("BOOK-10")
def test_the_soonest_place_comes_first_and_full_ones_last(office):
    far = add_location(by=BY, at=AT, unit=office.unit, name="Wydział zamiejscowy")
    office.service.counters.add(add_counter(office.unit, far, "Okienko 9"))
    start = free(office)[0].start
    for number in (1, 2):
        key = holding.new_key()
        hold(office, start, key)
        book(office, key, start, contact=Contact("A", f"a{number}@example.org"))
    counters = queries.counters_of(office.service)
    found = queries.earliest_by_place(office.service, counters, until=date.max, now=AT)
    assert [(one.place.name, one.start) for one in found] == [
        ("Wydział zamiejscowy", start),
        ("Ratusz", start + timedelta(minutes=30)),
    ]


@pytest.mark.req("BOOK-03")
def test_a_visit_goes_to_the_free_counter_of_the_highest_priority(office):
    later, sooner = office.counters
    slots.change_resource(later, by=BY, at=AT, version=later.version, priority=9)
    start = queries.free_times(office.service, queries.counters_of(office.service), now=AT)[0].start
    held = [
        holding.hold(
            office.service, start, counters=queries.counters_of(Service.objects.get()), key=key, at=AT
        ).resource_id
        for key in (holding.new_key(), holding.new_key())
    ]
    assert held == [sooner.pk, later.pk]


@pytest.mark.req("BOOK-11", "BOOK-12")
def test_what_is_held_is_gone_for_others_until_its_time_is_over(office):
    start = free(office)[0].start
    keys = [holding.new_key() for _ in range(3)]
    hold(office, start, keys[0])
    hold(office, start, keys[1])
    assert free(office)[0].start > start
    with refused("somebody-was-faster"):
        hold(office, start, keys[2])
    later = AT + timedelta(minutes=office.service.hold_minutes)
    assert free(office, later)[0].start == start
    hold(office, start, keys[2], at=later)
    with refused("hold-over"):
        book(office, keys[0], start, at=later)


@pytest.mark.req("BOOK-11")
def test_one_who_chooses_again_holds_one_time_and_keeps_it_when_the_other_is_gone(office):
    first, second = (one.start for one in free(office)[:2])
    for _ in range(2):
        key = holding.new_key()
        hold(office, second, key)
    key = holding.new_key()
    hold(office, first, key)
    hold(office, first, key)
    assert Claim.objects.filter(key=key).count() == 1
    with refused("somebody-was-faster"):
        hold(office, second, key)
    assert book(office, key, first).start == first


@pytest.mark.req("BOOK-12")
def test_a_time_that_was_never_offered_is_refused(office):
    start = free(office)[0].start
    for wrong in (start + timedelta(minutes=7), start + timedelta(hours=9), start + timedelta(days=200)):
        with refused("not-offered"):
            hold(office, wrong, holding.new_key())
    with refused("time-passed"):
        hold(office, AT - timedelta(minutes=30), holding.new_key())


@pytest.mark.req("BOOK-11")
def test_time_is_added_a_fixed_number_of_times(office):
    key = holding.new_key()
    hold(office, free(office)[0].start, key)
    until = holding.extend(key, extended=9, by=RESIDENT, at=AT + timedelta(minutes=4), minutes=5)
    assert until == AT + timedelta(minutes=9)
    with refused("no-more-time"):
        holding.extend(key, extended=10, by=RESIDENT, at=AT, minutes=5)


@pytest.mark.req("BOOK-10", "BOOK-18", "BOOK-35")
def test_a_booking_has_a_number_a_message_and_a_history(office):
    start, key = free(office)[0].start, holding.new_key()
    hold(office, start, key)
    booking = book(office, key, start)
    assert is_whole(booking.number)
    assert booking.claim.kind == Claim.Kind.TAKEN
    assert booking.resource == office.counters[0]
    message = Message.objects.get(notice="visit.confirmed")
    for told in (booking.spoken_number, "Dowód osobisty", "Ratusz", "8:30", booking.secret):
        assert told in message.text
    assert message.enclosures.get().name == "wizyta.ics"
    assert {entry.kind for entry in entries_of(booking)} == {"visit.booked", "message.written"}
    assert "Anonim" not in str([entry.after for entry in entries_of(booking)])


@pytest.mark.req("BOOK-12")
def test_the_same_key_books_once(office):
    start, key = free(office)[0].start, holding.new_key()
    hold(office, start, key)
    assert book(office, key, start) == book(office, key, start)
    assert Booking.objects.count() == Claim.objects.count() == Message.objects.count() == 1
    with refused("already-booked"):
        hold(office, start, key)


def test_what_was_archived_meanwhile_is_not_booked(office):
    start, key = free(office)[0].start, holding.new_key()
    hold(office, start, key)
    actions.set_status(office.service, Service.Status.ARCHIVED, by=BY, at=AT)
    with refused("service-gone"):
        book(office, key, start)


@pytest.mark.req("BOOK-15")
def test_one_e_mail_or_phone_has_so_many_visits_ahead_and_no_more(office):
    for nth in range(office.service.most_per_person):
        make_booking(office.service, by=RESIDENT, at=AT, nth=nth, email="Anonim@example.org")
    with refused("too-many-on-e-mail"):
        make_booking(office.service, by=RESIDENT, at=AT)
    make_booking(office.service, by=RESIDENT, at=AT, email="kto.inny@example.org")
    actions.give_back(Booking.objects.filter(email="Anonim@example.org").first(), by=RESIDENT, at=AT)
    make_booking(office.service, by=RESIDENT, at=AT)


def test_those_visits_are_found_by_an_index_whatever_the_case_of_the_letters(office):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT FROM visits_booking WHERE upper(email) = upper(%s::text) OR phone = %s",
            [CONTACT.email, CONTACT.phone],
        )
        plan = "\n".join(line for (line,) in cursor)
    assert "visit_by_email_in_any_case" in plan
    assert "visit_by_phone" in plan


@pytest.mark.req("BOOK-16")
def test_the_versions_of_consents_accepted_stay_with_the_booking(office):
    ensure_built_in_groups(by=BY, at=AT)
    group = ConsentGroup.objects.get(code="booking")
    text = draft(group, by=BY, at=AT, code="rodo", required=True, text_pl="Zgadzam się.")
    text = publish_text(text, by=BY, at=AT)
    start, key = free(office)[0].start, holding.new_key()
    hold(office, start, key)
    booking = actions.book(
        key, by=RESIDENT, at=AT, service=office.service, start=start, contact=CONTACT, accepted=[text]
    )
    assert [given.text_id for given in given_about("visits.booking", booking.pk)] == [text.pk]


@pytest.fixture
def by_link(office):
    Service.objects.update(confirm_by=Service.ConfirmBy.LINK, confirm_minutes=60)
    office.service.refresh_from_db()
    return make_booking(office.service, by=RESIDENT, at=AT, nth=4)


def places_at(office, start, now):
    return next((one.places for one in free(office, now) if one.start == start), 0)


@pytest.mark.req("BOOK-17")
def test_a_visit_waits_for_its_link_and_is_confirmed_once(office, by_link):
    assert by_link.state == "unconfirmed"
    assert f"/w/{by_link.secret}/potwierdz/" in Message.objects.get().text
    assert places_at(office, by_link.start, AT) == 1
    in_time = AT + timedelta(minutes=59)
    code = confirming.code_of(by_link)
    assert code in Message.objects.get().text
    assert actions.try_to_confirm(by_link, code, by=RESIDENT, at=in_time)
    by_link.refresh_from_db()
    assert by_link.claim.kind == Claim.Kind.TAKEN
    with refused("already-confirmed"):
        actions.try_to_confirm(by_link, code, by=RESIDENT, at=in_time)


@pytest.mark.req("BOOK-18")
def test_the_calendar_file_follows_the_visit(office, by_link):
    def told(at=AT):
        lines = notices.calendar_file(Booking.objects.get(), at=at).decode().split("\r\n")
        return {line.partition(":")[0]: line.partition(":")[2] for line in lines}

    assert told()["STATUS"] == "TENTATIVE"
    assert told(AT + timedelta(minutes=60))["STATUS"] == "CANCELLED"
    actions.try_to_confirm(by_link, confirming.code_of(by_link), by=RESIDENT, at=AT)
    first = told()
    assert first["STATUS"] == "CONFIRMED"
    actions.move(by_link, free(office)[-1].start, counters=office.counters, by=RESIDENT, at=AT)
    moved = told()
    assert (moved["UID"], moved["SEQUENCE"]) == (first["UID"], "1")
    assert moved["DTSTART"] > first["DTSTART"]
    actions.give_back(by_link, by=RESIDENT, at=AT)
    assert (told()["STATUS"], told()["SEQUENCE"]) == ("CANCELLED", "2")


@pytest.mark.req("BOOK-17")
def test_not_confirmed_in_time_it_lapses_and_the_time_is_free(office, by_link):
    late = AT + timedelta(minutes=60)
    assert places_at(office, by_link.start, late) == 2
    with refused("confirm-over"):
        actions.try_to_confirm(by_link, confirming.code_of(by_link), by=RESIDENT, at=late)
    assert actions.lapse_unconfirmed(by=BY, at=late) == 1
    assert actions.lapse_unconfirmed(by=BY, at=late) == 0
    by_link.refresh_from_db()
    assert by_link.state == "lapsed"
    # What has been left of the hold may be swept away by those who come after.
    for _ in range(2):
        hold(office, by_link.start, holding.new_key(), at=late)


@pytest.mark.req("BOOK-20")
def test_cancelling_gives_the_time_back_and_is_told(office):
    booking = make_booking(office.service, by=RESIDENT, at=AT)
    gone = actions.give_back(booking, by=RESIDENT, at=AT)
    assert (gone.state, gone.claim, Claim.objects.count()) == ("cancelled", None, 0)
    assert Message.objects.filter(notice="visit.cancelled").count() == 1
    assert Message.objects.get(notice="visit.confirmed").state == Message.State.CANCELLED
    with refused("cancelled"):
        actions.give_back(booking, by=RESIDENT, at=AT)


@pytest.mark.req("BOOK-20")
def test_an_unconfirmed_visit_can_be_cancelled_too(office, by_link):
    actions.give_back(by_link, by=RESIDENT, at=AT)
    assert not Claim.objects.exists()


@pytest.mark.req("BOOK-20", "BOOK-35")
def test_moving_keeps_the_old_time_until_the_new_is_sure(office):
    booking = make_booking(office.service, by=RESIDENT, at=AT)
    old, other = booking.start, free(office)[1].start
    for _ in range(2):
        hold(office, other, holding.new_key())
    with refused("somebody-was-faster"):
        actions.move(booking, other, counters=office.counters, by=RESIDENT, at=AT)
    booking = Booking.objects.get()
    assert (booking.start, booking.claim.kind) == (old, Claim.Kind.TAKEN)
    new = free(office)[-1].start
    moved = actions.move(booking, new, counters=office.counters, by=RESIDENT, at=AT)
    assert (moved.start, moved.end - moved.start, moved.changes) == (new, timedelta(minutes=30), 1)
    assert Claim.objects.filter(kind=Claim.Kind.TAKEN).count() == 1
    assert len(free(office)[0].resource_ids) == 2
    assert Message.objects.filter(notice="visit.moved").count() == 1
    assert [entry.kind for entry in entries_of(booking)].count("visit.moved") == 1


@pytest.mark.req("BOOK-20")
def test_a_visit_can_be_moved_over_its_own_time(office):
    """With one counter and a step shorter than the visit, the new time covers a part of the old."""
    Service.objects.update(minutes=60)
    office.service.refresh_from_db()
    only = office.counters[:1]
    office.service.counters.set(only)
    booking = make_booking(office.service, by=RESIDENT, at=AT)
    moved = actions.move(booking, booking.start + timedelta(minutes=30), counters=only, by=RESIDENT, at=AT)
    assert moved.start == booking.start + timedelta(minutes=30)


@pytest.mark.req("BOOK-14")
def test_links_expire(office):
    booking = make_booking(office.service, by=RESIDENT, at=AT)
    assert queries.by_secret(booking.secret, now=booking.end + timedelta(days=29)) == booking
    with pytest.raises(Missing):
        queries.by_secret(booking.secret, now=booking.end + timedelta(days=30))


def clerk(name, unit):
    person = make_staff(f"{name}@okienko.example", "clerk", by=BY, at=AT, unit=unit)
    return person, Actor(person.pk, person.name)


@pytest.mark.req("BOOK-30", "BOOK-31")
def test_staff_see_and_book_where_their_role_reaches(office):
    other = add_unit(by=BY, at=AT, symbol="X", name="Inny")
    here, by_here = clerk("tutaj", office.unit)
    elsewhere, by_elsewhere = clerk("gdzie.indziej", other)
    start = free(office)[0].start
    details = {"at": AT, "service": office.service, "start": start, "counters": office.counters}
    with pytest.raises(Missing):
        actions.book_for_resident(holding.new_key(), by=by_elsewhere, contact=CONTACT, **details)
    assert not Claim.objects.exists()
    key = holding.new_key()
    booking = actions.book_for_resident(key, by=by_here, contact=CONTACT, **details)
    assert actions.book_for_resident(key, by=by_here, contact=CONTACT, **details) == booking
    assert (booking.state, booking.source) == ("confirmed", "staff")
    assert list(queries.visible_to(here)) == [booking]
    assert list(queries.visible_to(elsewhere)) == []
    with pytest.raises(Missing):
        actions.cancel(booking, by=by_elsewhere, at=AT, why="Nie ma nas.")
    with refused("no-reason"):
        actions.cancel(booking, by=by_here, at=AT, why=" ")
    actions.cancel(booking, by=by_here, at=AT, why="Urząd nieczynny.")
    assert "Urząd nieczynny." in Message.objects.get(notice="visit.cancelled").text


@pytest.mark.req("BOOK-12")
@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "", "phone": ""},
        {"state": "cancelled"},
        {"state": "unconfirmed", "claim": None},
        {"confirmed_at": None},
        {"end": AT},
    ],
)
def test_the_database_itself_refuses_what_must_not_be(office, wrong):
    booking = make_booking(office.service, by=RESIDENT, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(**wrong)


def test_the_demonstration_has_three_services_and_visitors(office):
    Service.objects.all().delete()
    made = demo_services(by=BY, at=AT, unit=office.unit, counters=office.counters)
    assert [one.status for one in made] == ["published"] * 3
    assert Booking.objects.filter(state="confirmed").count() == DEMO_VISITS
