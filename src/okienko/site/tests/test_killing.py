"""Pages, the worker and the database are killed again and again while cases are handled and letters go out."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from okienko.kernel.messages.tests.servers import Letterbox, smtp_server
from okienko.site.tests.office import Office, okienko, wait_for
from okienko.site.tests.test_processes import Open, data, open_office

__all__ = ["data", "open_office"]

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]

VICTIMS = ("worker", "database", "web", "worker", "database", "worker", "web", "database")


def kill_one_after_another(office: Office, over: threading.Event) -> None:
    chance = random.Random(6)
    for victim in VICTIMS:
        os.kill(office.pid_of(victim), signal.SIGKILL)
        wait_for(office.is_ready)
        time.sleep(chance.random())
    over.set()


class Clerk:
    """A program that handles one case as fast as it is let, and remembers what it was told is done."""

    def __init__(self, office: Office, token: str, number: str) -> None:
        self.office, self.number = office, number
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.done: list[int] = []

    def ask(self, method: str, path: str, body: object = None) -> dict[str, object] | None:
        """None where no answer, or none that says what was done, came back."""
        line = http.client.HTTPConnection("127.0.0.1", self.office.port, timeout=10)
        try:
            line.request(
                method, f"/api/v1/cases/{self.number}{path}", json.dumps(body) if body else None, self.headers
            )
            answer = line.getresponse()
            said = answer.read()
            return json.loads(said) if answer.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()

    def work(self) -> None:
        case = self.ask("GET", "")
        if case is None:
            time.sleep(0.05)
            return
        if case["state"] == "coordinator":
            step, inputs = "return-to-operator", {"addressee": "inny wydział", "reason": "to nie my"}
        else:
            step, inputs = "pass-to-coordinator", {"group": "ZZM-K" if case["group"] == "ZDM-K" else "ZDM-K"}
        done = self.ask("POST", f"/steps/{step}", {"inputs": inputs, "version": case["version"]})
        if done is not None:
            self.done.append(int(str(done["version"])))


@pytest.mark.req("CORE-31", "CORE-61")
def test_whoever_is_killed_what_was_done_stays_done_and_is_told_once(data: Path, open_office: Open) -> None:
    with smtp_server() as (box, address):
        office = open_office(data, OKIENKO_SMTP_URL=address)
        office.wait_until_greeting()
        wait_for(office.is_ready)
        with office.database() as database:
            case_id, number, begun = database.execute(
                "SELECT id, number, version FROM cases_case WHERE state = 'new' ORDER BY id LIMIT 1"
            ).fetchone() or (0, "", 0)
        token = okienko(
            data,
            *("token", "create", "--person", "supernadzorca@okienko.example"),
            *("--scope", "faults.see", "faults.pass", "faults.coordinate"),
        ).stdout.strip()
        clerk, over = Clerk(office, token, number), threading.Event()
        killer = threading.Thread(target=kill_one_after_another, args=(office, over))
        killer.start()
        while not over.is_set() and killer.is_alive():
            clerk.work()
        killer.join()
        assert over.is_set()
        wait_for(lambda: not _outbox(office).get("waiting"), seconds=90)
        _compare(office, box, clerk, case_id, begun)
        office.stop()


def _outbox(office: Office) -> Counter[str]:
    with office.database() as database:
        return Counter(
            dict(
                database.execute(
                    "SELECT state, count(*) FROM office_messages_message GROUP BY state"
                ).fetchall()
            )
        )


def _compare(office: Office, box: Letterbox, clerk: Clerk, case_id: int, begun: int) -> None:
    with office.database() as database:
        version = _one(database, "SELECT version FROM cases_case WHERE id = %s", case_id)
        entries = _one(
            database,
            "SELECT count(*) FROM history_entry WHERE subject_type = 'cases.case' AND subject_id = %s"
            " AND kind IN ('zgloszenia.pass-to-coordinator', 'zgloszenia.return-to-operator')",
            case_id,
        )
        told = database.execute(
            "SELECT cause, mail_id, state FROM office_messages_message"
            " WHERE channel = 'email' AND cause LIKE %s",
            [f"fault:{case_id}:%"],
        ).fetchall()
    assert len(clerk.done) > len(VICTIMS)
    assert version >= clerk.done[-1]
    assert clerk.done == sorted(set(clerk.done))
    assert entries == version - begun
    # Every step that was taken is told, and no other.
    causes = {cause for cause, _, _ in told}
    assert {f"fault:{case_id}:{number}" for number in range(begun + 1, version + 1)} <= causes
    # What is said to be sent arrived, once; what a kill caught between is shown as doubtful, never repeated.
    got = Counter(box.ids())
    assert set(got.values()) == {1}
    assert {mail for _, mail, state in told if state == "sent"} <= set(got)
    assert sum(state != "sent" for _, _, state in told) <= len(VICTIMS)


def _one(database: psycopg.Connection[tuple[int]], question: str, *values: object) -> int:
    row = database.execute(question.encode(), values).fetchone()
    assert row is not None
    return row[0]
