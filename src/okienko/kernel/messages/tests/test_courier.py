"""What is written goes out by itself, however much there is, and what is away is not pressed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from okienko.kernel.messages import courier, delivery
from okienko.kernel.messages.courier import Courier, Couriers
from okienko.kernel.messages.models import Message
from okienko.kernel.messages.rules.retries import LEASE
from okienko.kernel.messages.tests.offices import AT, Clock, make_unit, write
from okienko.kernel.messages.tests.servers import Letterbox, eventually

State = Message.State
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.req("CORE-31"),
    pytest.mark.usefixtures("notices"),
]


@pytest.fixture
def couriers(letterbox: Letterbox) -> Iterator[Couriers]:
    both = Couriers(clock=Clock())
    both.start()
    yield both
    both.stop(seconds=5)


def test_what_is_committed_goes_out_with_nobody_called(couriers: Couriers, letterbox: Letterbox) -> None:
    (message,) = write(make_unit())
    eventually(lambda: Message.objects.get().state == State.SENT, 10)
    assert letterbox.ids() == [message.mail_id]


def test_many_go_out_by_several_hands_each_once(letterbox: Letterbox) -> None:
    unit = make_unit()
    for number in range(courier.LOAD * 3):
        write(unit, cause=f"c{number}")
    letterbox.delay = 0.01
    assert Courier("email", clock=Clock()).round()
    assert len(letterbox.ids()) == len(set(letterbox.ids())) == courier.LOAD * 3
    assert len(letterbox.sessions) == 3
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}


def test_who_is_told_to_stop_finishes_what_is_in_hand_and_takes_no_more(
    couriers: Couriers, letterbox: Letterbox
) -> None:
    unit = make_unit()
    letterbox.delay = 0.2
    for number in range(10):
        write(unit, cause=f"c{number}")
    eventually(lambda: len(letterbox.ids()) > 0, 10)
    couriers.stop(seconds=5)
    assert not any(thread.is_alive() for thread in couriers.threads)
    states = list(Message.objects.values_list("state", flat=True))
    assert State.SENDING not in states
    assert 0 < states.count(State.WAITING) < 10


def test_a_server_that_is_away_is_asked_less_and_less_often(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    unit = make_unit()
    for number in range(5):
        write(unit, cause=f"c{number}")
    asked: list[float] = []
    one = Courier("email", clock=Clock())
    monkeypatch.setattr(one.stopped, "wait", lambda pause: asked.append(pause) or len(asked) > 4)
    one.work()
    assert asked == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert Message.objects.filter(tries=1).count() == 4
    assert Message.objects.filter(state=State.WAITING).count() == 5


def test_a_round_that_fails_is_told_and_the_next_one_goes_on(
    letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write(make_unit())
    one, real = Courier("email", clock=Clock()), delivery.deliver_due

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(delivery, "deliver_due", broken)
    assert not one.round()
    assert "messages by email could not be carried" in caplog.text
    monkeypatch.setattr(delivery, "deliver_due", real)
    assert one.round()
    assert len(letterbox.ids()) == 1


def test_what_a_dead_sender_had_in_hand_is_looked_for(letterbox: Letterbox) -> None:
    write(make_unit())
    assert delivery.claim("email", at=AT) is not None
    clock = Clock(AT + LEASE)
    one = Courier("email", clock=clock)
    assert one.round()
    assert letterbox.ids() == []
    clock.forward(seconds=courier.LOOK_FOR_DEAD.total_seconds() - 1)
    assert one.round()
    assert letterbox.ids() == []  # who looked a moment ago does not look again at once
    clock.forward(seconds=1)
    assert one.round()
    assert len(letterbox.ids()) == 1


def test_what_is_to_wait_is_left_for_its_time(letterbox: Letterbox) -> None:
    write(make_unit(), not_before=AT + timedelta(hours=1))
    clock = Clock()
    one = Courier("email", clock=clock)
    began = time.monotonic()
    assert one.round()
    assert letterbox.ids() == []
    clock.forward(hours=1)
    assert one.round()
    assert len(letterbox.ids()) == 1
    assert time.monotonic() - began < 30
