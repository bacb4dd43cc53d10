"""What is measured inside of django-helpdesk: a queue for each category, people with and without all queues, the list."""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import csv
import json
import os
import sys
from datetime import datetime
from itertools import cycle
from pathlib import Path
from time import monotonic, perf_counter, process_time
from typing import Any

import django

django.setup()

from django.contrib.auth.models import Permission, User  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from helpdesk.models import FollowUp, Queue, Ticket  # noqa: E402
from helpdesk.query import query_to_base64  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

QUEUES = 12
STATES = {"open": Ticket.OPEN_STATUS, "closed": Ticket.CLOSED_STATUS}


def prepare() -> dict[str, Any]:
    """Somebody who sees everything, and somebody of one queue; a token for the API."""
    queues = []
    for number in range(QUEUES):
        queue, _ = Queue.objects.get_or_create(
            slug=f"queue-{number}",
            defaults={
                "title": f"Queue {number}", "allow_public_submission": True, "email_address": "biuro@okienko.example",
            },
        )  # fmt: skip
        queues.append(queue)
    for name in ("everything", "queue"):
        User.objects.get_or_create(
            username=name, defaults={"is_staff": True, "is_superuser": name == "everything"}
        )
    codename = queues[0].permission_name.removeprefix("helpdesk.")
    User.objects.get(username="queue").user_permissions.add(Permission.objects.get(codename=codename))
    token, _ = Token.objects.get_or_create(user=User.objects.get(username="everything"))
    return {"queues": [one.pk for one in queues], "token": token.key}


def fill(path: str) -> int:
    """Tickets with the words, times and categories of our cases, each with two entries of what was done with it."""
    if Ticket.objects.count() > QUEUES:
        return int(Ticket.objects.count())
    queues: dict[str, int] = {}
    free = cycle(prepare()["queues"])
    staff = User.objects.get(username="queue")
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    for first in range(0, len(rows), 5000):
        tickets = []
        for row in rows[first : first + 5000]:
            queue = queues[row["kind"]] = queues.get(row["kind"]) or next(free)
            at = datetime.fromisoformat(row["received_at"])
            tickets.append(
                Ticket(
                    title=row["subject"][:200], description=row["description"], queue_id=queue, created=at, modified=at,
                    submitter_email=row["contact_email"], priority=3, status=STATES[row["state"]],
                    assigned_to=staff if row["taken"] == "yes" else None,
                    due_date=datetime.fromisoformat(row["due_at"]) if row["due_at"] else None,
                )
            )  # fmt: skip
        Ticket.objects.bulk_create(tickets)
        FollowUp.objects.bulk_create(
            FollowUp(ticket=one, date=one.created, title=title, comment=one.description, public=True)
            for one in tickets
            for title in ("Ticket Opened Via Web", "Passed on")
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return len(rows)


def lists(rounds: int, seconds: float) -> list[dict[str, Any]]:
    """The answer that its page with the list asks for, with our pages of fifty."""
    one_queue = {"queue__id__in": [Queue.objects.order_by("pk")[0].pk]}
    views: dict[str, tuple[dict[str, Any], int, int]] = {
        "first page": ({}, 0, 5),
        "filtered by state": ({"filtering": {"status__in": [1]}}, 0, 5),
        "filtered by category and open": ({"filtering": {**one_queue, "status__in": [1, 2]}}, 0, 5),
        "sorted by deadline": ({}, 0, 6),
        "sorted by number": ({}, 0, 0),
        "searched": ({"search_string": "dziura"}, 0, 5),
        "searched, of middling frequency": ({"search_string": "Hipotetyczna"}, 0, 5),
        "page 500 (or the last full one)": ({}, 499 * 50, 5),
    }
    told = []
    for role in ("everything", "queue"):
        client: Any = Client()
        client.force_login(User.objects.get(username=role))
        for name, (asked, start, column) in views.items():
            query = {"filtering": {}, "filtering_null": {}, "sorting": None, "sortreverse": False, **asked}
            told.append({"role": role, "view": name, **_timed(client, query, start, column, rounds, seconds)})
    return told


def _timed(
    client: Any, query: dict[str, Any], start: int, column: int, rounds: int, seconds: float
) -> dict[str, Any]:
    address = f"/datatables_ticket_list/{query_to_base64(query)}"
    given = {"draw": 1, "start": start, "length": 50, "order[0][column]": column, "order[0][dir]": "desc"}
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        answer = client.get(address, given)
    assert answer.status_code == 200, answer.content[:300]
    times: list[float] = []
    began, used = monotonic(), _used()
    while len(times) < rounds and (len(times) < 3 or monotonic() < began + seconds):
        at = perf_counter()
        client.get(address, given)
        times.append((perf_counter() - at) * 1000)
    cost = (_used() - used) / len(times) * 1000
    times.sort()
    found = answer.json()
    return {
        "p50": times[len(times) // 2], "p95": times[int(len(times) * 0.95)], "cost": cost, "queries": len(asked),
        "rows": found["recordsFiltered"],
    }  # fmt: skip


def _used() -> float:
    """Seconds of the processor, this process's and its connection's in the database."""
    connection.ensure_connection()
    stat = (
        Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(") ")[2].split()
    )
    return process_time() + (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _number(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def main() -> None:
    command, *arguments = sys.argv[1:]
    print(json.dumps(globals()[command](*(_number(one) for one in arguments))))


if __name__ == "__main__":
    main()
