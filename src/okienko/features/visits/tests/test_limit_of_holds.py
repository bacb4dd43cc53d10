"""One network may hold so many times within an hour by the pages, however many come at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okienko.base import time
from okienko.base.decisions import Refused
from okienko.features.visits import holding
from okienko.features.visits.models import NetworkHolds, Service
from okienko.kernel.people.factories import make_staff
from okienko.kernel.slots.models import Claim

from .conftest import AT, BY
from .test_views import TYPED, free, hold

pytestmark = pytest.mark.req("BOOK-15")


@pytest.fixture
def few(office, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    Service.objects.update(most_holds=2)
    type(office.place).objects.update(phone="+48 600 000 001")
    office.service.refresh_from_db()
    return office


def visitor(address="192.0.2.7"):
    return Client(headers={"accept-language": "en"}, REMOTE_ADDR=address)


def hold_nth(office, nth, at=None):
    hold_at(office, free(office)[nth].start, at)


def hold_at(office, start, at=None, network="n"):
    key, at = holding.new_key(), at or time.now()
    holding.hold(office.service, start, counters=office.counters, key=key, at=at, network=network)


def test_who_held_as_often_as_may_be_reads_when_and_whom_to_call(few):
    assert [hold(visitor(), few).status_code for _ in range(2)] == [302, 302]
    answer = hold(visitor(), few)
    page = answer.content.decode()
    assert answer.status_code == 409
    again = (NetworkHolds.objects.get().since + timedelta(hours=1)).astimezone(time.WARSAW)
    assert f"From {again:%H:%M}" in page
    assert 'href="tel:+48600000001"' in page
    assert Claim.objects.count() == 2
    assert hold(visitor("192.0.2.8"), few).status_code == 302


def test_what_was_typed_is_kept_and_another_time_instead_is_not_one_more(few):
    client = visitor()
    times = free(few)
    hold(client, few, times[3].start)
    client.post("/wizyty/dane/", TYPED)
    for nth in (4, 5, 6):
        assert hold(client, few, times[nth].start).status_code == 302
    assert NetworkHolds.objects.get().holds == 1
    hold(visitor(), few)
    Claim.objects.update(expires_at=time.now() - timedelta(seconds=1))
    assert hold(client, few, times[7].start).status_code == 409
    assert client.session["visits.typed"]["name"] == TYPED["name"]


def test_a_time_that_is_not_held_in_the_end_does_not_count(few):
    hold_nth(few, 0)
    for start in (free(few)[0].start.replace(minute=7), time.now() - timedelta(days=1)):
        with pytest.raises(Refused):
            hold_at(few, start)
    hold_nth(few, 1)
    with pytest.raises(Refused) as refused:
        hold_nth(few, 2)
    assert refused.value.code == "too-many-holds"


def test_after_an_hour_it_begins_anew_and_what_is_over_is_forgotten(few):
    now = time.now()
    for nth in (0, 1):
        hold_nth(few, nth, at=now)
    holding.forget_networks(at=now + timedelta(minutes=59))
    with pytest.raises(Refused):
        hold_nth(few, 2, at=now + timedelta(minutes=59))
    hold_nth(few, 2, at=now + timedelta(hours=1))
    assert NetworkHolds.objects.get().holds == 1
    holding.forget_networks(at=now + timedelta(hours=2))
    assert not NetworkHolds.objects.exists()


def test_staff_and_networks_that_are_let_off_are_not_limited(few, settings):
    clerk = visitor()
    clerk.force_login(make_staff("urzednik@okienko.example", "clerk", by=BY, at=AT, unit=few.unit))
    settings.VISITS_NETWORKS_LET_OFF = [ip_network("10.1.0.0/16")]
    for _ in range(4):
        assert hold(clerk, few).status_code == 302
        assert hold(visitor("10.1.2.3"), few).status_code == 302
        Claim.objects.all().delete()
    assert not NetworkHolds.objects.exists()


def test_counting_costs_no_statement_more(few):
    hold_nth(few, 0)
    start = free(few)[1].start
    with CaptureQueriesContext(connection) as asked:
        hold_at(few, start)
    assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) <= 3


@pytest.mark.django_db(transaction=True)
def test_however_many_come_at_once_no_more_are_held(few):
    Service.objects.update(most_holds=5)
    few.service.refresh_from_db()
    starts = [one.start for one in free(few)[:16]]

    def come(start):
        try:
            hold_at(few, start)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "held"

    with ThreadPoolExecutor(8) as threads:
        ends = list(threads.map(come, starts))
    assert sorted(ends) == ["held"] * 5 + ["too-many-holds"] * 11
    assert NetworkHolds.objects.get().holds == Claim.objects.count() == 5
