from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from okienko.base import time
from okienko.features.visits import actions, jobs, notices, queries, rules
from okienko.features.visits.factories import make_booking
from okienko.features.visits.forms.setting_up import ServiceForm
from okienko.features.visits.models import Service
from okienko.kernel.messages import declaring
from okienko.kernel.messages.models import Message
from okienko.kernel.slots.models import Resource

from .conftest import AT, BY, RESIDENT

HOUR = timedelta(hours=1)


@pytest.fixture
def booking(office):
    Service.objects.update(remind_hours=[24, 2])
    office.service.refresh_from_db()
    return make_booking(office.service, by=RESIDENT, at=AT, nth=30)


def remind(at):
    return [actions.remind(one, by=BY, at=at) for one in queries.coming_soon(now=at)]


def reminders():
    return list(Message.objects.filter(notice="visit.reminder").order_by("pk"))


@pytest.mark.req("BOOK-19")
def test_each_reminder_is_written_once_at_its_time(booking):
    assert remind(booking.start - 25 * HOUR) == []
    assert remind(booking.start - 24 * HOUR) == [True]
    assert remind(booking.start - 23 * HOUR) == []
    assert not actions.remind(booking, by=BY, at=booking.start - 23 * HOUR)
    assert remind(booking.start - 2 * HOUR) == [True]
    assert remind(booking.start - HOUR) == []
    assert remind(booking.start + HOUR) == []
    assert len(reminders()) == 2
    assert booking.spoken_number in reminders()[0].text


@pytest.mark.req("BOOK-19")
def test_after_a_night_without_workers_there_is_one_and_not_two(booking):
    assert remind(booking.start - HOUR) == [True]
    assert len(reminders()) == 1


@pytest.mark.req("BOOK-19")
def test_never_after_cancelling_and_what_still_waited_does_not_go(booking):
    remind(booking.start - 24 * HOUR)
    actions.give_back(booking, by=RESIDENT, at=booking.start - 23 * HOUR)
    assert reminders()[0].state == Message.State.CANCELLED
    assert remind(booking.start - 2 * HOUR) == []
    assert not actions.remind(booking, by=BY, at=booking.start - 2 * HOUR)


@pytest.mark.req("BOOK-19", "BOOK-20")
def test_a_moved_visit_is_reminded_of_its_new_time(office, booking):
    remind(booking.start - 24 * HOUR)
    at = booking.start - 23 * HOUR
    free = queries.free_times(office.service, office.counters, now=at)
    new = next(one.start for one in free if one.start < booking.start)
    actions.move(booking, new, counters=office.counters, by=RESIDENT, at=at)
    assert remind(at) == [True]
    first, second = reminders()
    assert first.state == Message.State.CANCELLED
    assert f"{new.astimezone(time.WARSAW):%H:%M}" in second.text


@pytest.mark.req("BOOK-19")
def test_who_has_only_just_booked_is_not_reminded(office, booking):
    soon = make_booking(office.service, by=RESIDENT, at=AT, nth=0, email="b@example.org")
    assert soon.start - AT < 24 * HOUR
    remind(AT + timedelta(minutes=1))
    assert [one.subject_id for one in reminders()] == []


@pytest.mark.req("BOOK-19")
@pytest.mark.parametrize(("over", "address"), [("email", "anonim@example.org"), ("sms", "48600000000")])
def test_by_e_mail_or_by_sms_as_the_service_says(office, booking, over, address):
    Service.objects.update(remind_over=over)
    type(booking).objects.update(phone="600000000")
    remind(booking.start - 24 * HOUR)
    assert [(one.channel, one.address) for one in reminders()] == [(over, address)]


@pytest.mark.req("BOOK-19")
def test_a_job_of_the_worker_writes_what_is_due(office, booking):
    service = Service.objects.get()
    soon, later = (make_booking(service, by=RESIDENT, at=time.now(), nth=nth) for nth in (0, 40))
    type(booking).objects.update(created_at=time.now() - 9 * 24 * HOUR)
    assert later.start - time.now() > 24 * HOUR
    for _ in range(2):
        jobs.remind(0)
    assert [one.subject_id for one in reminders()] == [soon.pk]


@pytest.mark.req("BOOK-19")
def test_one_that_cannot_be_reminded_does_not_keep_the_others_from_it(office, booking, monkeypatch):
    service = Service.objects.get()
    first, second = (make_booking(service, by=RESIDENT, at=time.now(), nth=nth) for nth in (0, 1))
    type(booking).objects.update(created_at=time.now() - 9 * 24 * HOUR)
    tell = notices.tell

    def tells(notice, about, **how):
        if about == first:
            raise ValueError("no such text")
        tell(notice, about, **how)

    monkeypatch.setattr(notices, "tell", tells)
    with pytest.raises(ExceptionGroup):
        jobs.remind(0)
    assert [one.subject_id for one in reminders()] == [second.pk]
    first.refresh_from_db()
    assert first.reminded_due is None


@given(st.lists(st.integers(1, 720), max_size=5), st.integers(0, 60 * 24 * 31))
def test_the_latest_that_is_due_is_the_one(hours, minutes):
    start = datetime(2026, 12, 1, 9, tzinfo=UTC)
    at = start - timedelta(minutes=minutes)
    due = rules.reminder_due(start, hours, at)
    passed = [start - lead * HOUR for lead in hours if start - lead * HOUR <= at]
    assert due == (max(passed) if passed and at < start else None)


@pytest.mark.req("BOOK-19")
@pytest.mark.parametrize("wrong", ["x", "0", "-1", "721", "1.5", "1 2 3 4 5 6", "²"])
@pytest.mark.django_db
def test_wrong_hours_are_told(wrong):
    form = ServiceForm({"remind_hours": wrong}, counters=Resource.objects.none(), lengths={})
    assert "remind_hours" in form.errors


@pytest.mark.req("BOOK-18", "BOOK-38")
def test_the_confirmation_thanks_in_the_language_of_the_reader_and_shows_a_code(booking):
    Service.objects.update(thanks={"pl": "Dziękujemy.", "en": "Thank you."})
    address = f"/wizyty/w/{booking.secret}/"
    type(booking).objects.update(start=time.now() + HOUR, end=time.now() + 2 * HOUR)
    page = Client(headers={"accept-language": "en"}).get(address).content.decode()
    assert "Thank you." in page
    assert f"Code of the visit {booking.spoken_number}" in page
    assert "Dziękujemy." in Client(headers={"accept-language": "uk"}).get(address).content.decode()


@pytest.mark.req("BOOK-38")
def test_texts_of_messages_may_differ_by_service(office):
    assert declaring.notice("visit.reminder").variants() == {"dowod": office.service.title}
    make_booking(office.service, by=RESIDENT, at=AT)
    assert Message.objects.get().variant == "dowod"
