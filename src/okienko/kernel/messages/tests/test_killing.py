"""Senders are killed at any moment, again and again: what the server got is what the outbox says."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from okienko.base.time import now
from okienko.kernel.messages import delivery, queries
from okienko.kernel.messages.models import Attempt, Message
from okienko.kernel.messages.rules.retries import LEASE
from okienko.kernel.messages.tests import offices
from okienko.kernel.messages.tests.servers import eventually, smtp_server

State = Message.State
MESSAGES = 120
KILLS = 6
SENDER = Path(__file__).with_name("sender.py")


def start_sender(smtp: str) -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    address = make_conninfo(**{part: str(database[name]) for part, name in known.items() if database[name]})
    environment = os.environ | {
        "OKIENKO_DATABASE_URL": address,
        "OKIENKO_SMTP_URL": smtp,
        "OKIENKO_MODE": "test",
    }
    return subprocess.Popen([sys.executable, SENDER], env=environment)  # noqa: S603


@pytest.mark.processes
@pytest.mark.xdist_group("processes")
@pytest.mark.req("CORE-31")
@pytest.mark.django_db(transaction=True)
def test_no_message_twice_and_none_lost_when_senders_are_killed(notices: None) -> None:
    unit = offices.make_unit()
    for number in range(MESSAGES):
        offices.write(unit, cause=f"c{number}", at=offices.LONG_AGO)
    chance = random.Random(31)
    with smtp_server() as (box, address):
        box.delay = 0.01
        for _ in range(KILLS):
            before = len(box.mails)
            with start_sender(address) as sender:
                eventually(lambda before=before: len(box.mails) > before or not waiting(), 30)  # type: ignore[misc]
                time.sleep(chance.random() * 0.15)
                sender.send_signal(signal.SIGKILL)
            lease_is_over()
        with start_sender(address) as last:
            assert last.wait(60) == 0
        lease_is_over()
        got = Counter(box.ids())
    assert set(got.values()) == {1}
    said = {message.mail_id: message.state for message in Message.objects.all()}
    assert set(said.values()) <= {State.SENT, State.UNCERTAIN}
    # Whatever is said to be sent has arrived; what has not arrived stands on the page of troubles.
    assert {mail for mail, state in said.items() if state == State.SENT} <= set(got)
    doubtful = {mail for mail, state in said.items() if state == State.UNCERTAIN}
    assert set(said) - set(got) <= doubtful
    assert queries.trouble_count() == len(doubtful) <= KILLS


def waiting() -> int:
    return Message.objects.filter(state=State.WAITING).count()


def lease_is_over() -> None:
    """As if the time after which a silent sender counts as dead had passed, and a courier had looked for such."""
    open_ = Attempt.objects.filter(phase__in=[Attempt.Phase.CLAIMED, Attempt.Phase.HANDING])
    open_.update(started_at=now() - 2 * LEASE)
    delivery.release_dead("email", safe=False, at=now())
