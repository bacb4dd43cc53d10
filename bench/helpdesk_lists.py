"""The list at as many cases as django-helpdesk bears, question by question, for who sees everything and who sees a part."""

from __future__ import annotations

import csv
import os
import tempfile
from dataclasses import asdict
from typing import Any

from bench import lists
from bench.helpdesk import HELPDESK, their_peer
from bench.peers import load, processor_seconds, result

ROUNDS, SECONDS = 20, 6.0
WANTED = 20  # times faster than theirs
ROLES = {"administrator": "everything", "koordynator of a big unit": "queue"}
VIEWS = lists.VIEWS | {
    "searched": "?q=dziura",
    "searched, of middling frequency": "?q=Hipotetyczna",
}


def measure(size: int) -> list[dict[str, Any]]:
    theirs = their_peer()
    _fill(theirs)
    their = {(one["role"], one["view"]): one for one in theirs.ask("lists", ROUNDS, SECONDS)}
    told = []
    for one in _ours():
        found = their.get((ROLES[one["role"]], one["view"]))
        if found is None:
            continue
        name = f"list of {size:,}: {one['view']}, {one['role']}"
        shown = f"p50 {one['p50']:.0f}/{found['p50']:.0f} ms, {one['queries']}/{found['queries']} queries, {found['rows']:,} rows"
        ratio, cheaper = found["p95"] / one["p95"], found["cost"] / one["cost"]
        told += [
            result(f"{name} ({shown}): p95", one["p95"], "ms", peer_name=HELPDESK, peer_value=found["p95"]),
            result(f"{name}: times faster", ratio, limit=WANTED, ok=ratio >= WANTED),
            result(
                f"{name}: CPU, the database's included",
                one["cost"],
                "ms",
                peer_name=HELPDESK,
                peer_value=found["cost"],
            ),
            result(f"{name}: times cheaper", cheaper),
        ]
    return [*told, load()]


def _ours() -> list[dict[str, Any]]:
    from django.conf import settings
    from django.test import Client

    from okienko.kernel.people.models import Person

    settings.ALLOWED_HOSTS = ["testserver"]
    people, told = dict(lists._people()), list[dict[str, Any]]()
    for role in ROLES:
        client = Client()
        client.force_login(Person.objects.get(email=people[role]))
        addresses = {view: f"/sprawy/zgloszenia/{query}" for view, query in VIEWS.items()}
        addresses["page 500 (or the last full one)"] = lists._page(client, 500)
        for view, address in addresses.items():
            timing = asdict(lists._timed(client, role, view, address))
            used = processor_seconds(os.getpid())
            for _ in range(ROUNDS):
                client.get(address)
            told.append(timing | {"cost": (processor_seconds(os.getpid()) - used) / ROUNDS * 1000})
    return told


def _fill(theirs: Any) -> None:
    """With the same words, times and categories as ours."""
    from okienko.kernel.cases.models import Case

    names = ("subject", "description", "kind", "contact_email", "received_at", "due_at", "open", "person")
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="", delete=False) as file:
        rows = csv.writer(file)
        rows.writerow(
            ["subject", "description", "kind", "contact_email", "received_at", "due_at", "state", "taken"]
        )
        cases = Case.objects.order_by("pk").values_list(*names)
        for subject, text, kind, email, received, due, still_open, person in cases.iterator(5000):
            rows.writerow(
                [
                    subject, text or subject, kind, email, received.isoformat(), due.isoformat() if due else "",
                    "open" if still_open else "closed", "yes" if person else "no",
                ]
            )  # fmt: skip
    try:
        theirs.ask("fill", file.name)
    finally:
        os.unlink(file.name)
