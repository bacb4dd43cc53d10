"""What is measured inside of pretix: a time is a sub-event with one quota, holding it is putting it into a cart."""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import json
import multiprocessing
import secrets
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic, process_time
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django_scopes import scope, scopes_disabled  # noqa: E402
from pretix.base.models import (  # noqa: E402
    CartPosition,
    Event,
    Item,
    Organizer,
    Quota,
    SubEvent,
    Team,
)
from pretix.base.services.cart import CartError, CartManager  # noqa: E402
from pretix.base.services.locking import LockTimeoutException  # noqa: E402
from pretix.base.services.quotas import QuotaAvailability  # noqa: E402
from pretix.presale.views.organizer import add_subevents_for_days  # noqa: E402

SLUG = "bench"


def prepare() -> dict[str, Any]:
    """An event of its own for each run, and a token for its API."""
    organizer, _ = Organizer.objects.get_or_create(slug=SLUG, defaults={"name": "Bench"})
    with scope(organizer=organizer):
        event = Event.objects.create(
            organizer=organizer, name="Bench", slug=f"b{secrets.token_hex(4)}", has_subevents=True, live=True,
            plugins="", date_from=datetime.now(UTC) + timedelta(days=1), currency="EUR",
        )  # fmt: skip
        event.settings.timezone = "Europe/Warsaw"
        event.settings.reservation_time = 30
        Item.objects.create(event=event, name="Visit", default_price=0)
        team = Team.objects.create(
            organizer=organizer, name="Bench", all_events=True, all_event_permissions=True,
            all_organizer_permissions=True,
        )  # fmt: skip
        token = team.tokens.create(name="Bench")
    return {"event": event.slug, "token": token.token, "organizer": SLUG}


def add_times(slug: str, count: int, size: int) -> list[int]:
    """One after another, a quarter of an hour each, within the days of a month."""
    event = _event(slug)
    with scope(organizer=event.organizer):
        item = event.items.get()
        first = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0) + timedelta(days=1)
        each = timedelta(days=28) / count
        rows = [
            SubEvent(
                event=event, name=str(number), active=True, is_public=True, date_from=first + number * each
            )
            for number in range(count)
        ]
        made = SubEvent.objects.bulk_create(rows)
        quotas = Quota.objects.bulk_create(
            [Quota(event=event, subevent=one, name="one", size=size) for one in made]
        )
        through = Quota.items.through
        through.objects.bulk_create([through(quota_id=one.pk, item_id=item.pk) for one in quotas])
    return [one.pk for one in made]


def item(slug: str) -> int:
    event = _event(slug)
    with scope(organizer=event.organizer):
        return int(event.items.get().pk)


def statements(slug: str) -> dict[str, Any]:
    (time,) = add_times(slug, 1, 1)
    hold = _holder(slug)
    hold(add_times(slug, 1, 1)[0])
    with CaptureQueriesContext(connection) as seen:
        assert hold(time)
    with CaptureQueriesContext(connection) as refused:
        assert not hold(time)
    return {"held": len(seen), "refused": len(refused)}


def race(slug: str, count: int, workers: int, seconds: float, disjoint: str) -> dict[str, Any]:
    """All begin at once on the same times, or each on as many of its own, which it then really holds."""
    lists = [add_times(slug, count, 1) for _ in range(workers if disjoint == "disjoint" else 1)] * workers
    connection.close()
    context = multiprocessing.get_context("fork")
    ready, done = context.Barrier(workers + 1), context.Queue()
    running = [
        context.Process(
            target=_work, args=(slug, lists[number], seconds, disjoint == "disjoint", ready, done)
        )
        for number in range(workers)
    ]
    for one in running:
        one.start()
    ready.wait()
    told = [done.get(timeout=120) for _ in running]
    for one in running:
        one.join()
    event = _event(slug)
    with scope(organizer=event.organizer):
        counts = (
            CartPosition.objects.filter(event=event).order_by().values("subevent").annotate(n=Count("pk"))
        )
        twice = sum(one["n"] - 1 for one in counts)
    return {
        "rate": sum(attempts / taken for attempts, _, _, taken in told),
        "held": sum(held for _, held, _, _ in told),
        "timeouts": sum(late for _, _, late, _ in told),
        "twice": twice,
    }


def availability(slug: str, count: int, size: int, full: float) -> dict[str, Any]:
    """The calendar of a month as the page of the event makes it, and what it asks about quotas alone."""
    add_times(slug, count, size)
    event = _event(slug)
    with scope(organizer=event.organizer):
        item, now = event.items.get(), datetime.now(UTC)
        times = list(event.subevents.values_list("pk", flat=True))
        chance = Random(7)
        taken = [one for one in times for _ in range(size) if chance.random() < full]
        CartPosition.objects.bulk_create(
            CartPosition(
                event=event, item=item, subevent_id=one, cart_id=secrets.token_hex(16), price=0,
                expires=now + timedelta(days=1), max_extend=now + timedelta(days=1),
            )
            for one in taken
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        channel = event.organizer.sales_channels.get(identifier="web")
        last = now + timedelta(days=31)

        def calendar() -> None:
            add_subevents_for_days(
                event.subevents_annotated(channel), before=now, after=last, ebd=defaultdict(list), timezones=set(),
                sales_channel=channel, event=event,
            )  # fmt: skip

        quotas = list(event.quotas.all())

        def asked() -> None:
            availability = QuotaAvailability()
            availability.queue(*quotas)
            availability.compute(allow_cache=True)

        with CaptureQueriesContext(connection) as seen:
            calendar()
        return {"calendar": _cpu(calendar), "quotas": _cpu(asked), "statements": len(seen)}


def _cpu(ask: Any) -> float:
    taken = []
    for _ in range(3):
        start = process_time()
        ask()
        taken.append((process_time() - start) * 1000)
    return min(taken)


def _work(slug: str, times: list[int], seconds: float, once: bool, ready: Any, done: Any) -> None:
    hold = _holder(slug)
    hold(times[0])
    ready.wait()
    began, attempts, held, late = monotonic(), 0, 0, 0
    offset = secrets.randbelow(len(times)) if not once else 1
    while monotonic() < began + seconds and not (once and attempts + offset >= len(times)):
        try:
            held += hold(times[(attempts + offset) % len(times)])
        except LockTimeoutException:
            late += 1
        attempts += 1
    done.put((attempts - late, held, late, monotonic() - began))


def _holder(slug: str) -> Any:
    """What is the same for every visitor is read once, as it would be kept by a cache."""
    event = _event(slug)
    with scope(organizer=event.organizer):
        item = event.items.get().pk
        channel = event.organizer.sales_channels.get(identifier="web")

    def hold(time: int) -> bool:
        wanted = {
            "item": item,
            "variation": None,
            "subevent": time,
            "count": 1,
            "price": None,
            "voucher": None,
        }
        with scope(organizer=event.organizer):
            manager = CartManager(event=event, cart_id=secrets.token_hex(16), sales_channel=channel)
            try:
                manager.add_new_items([wanted])
                manager.commit()
            except CartError:
                return False
        return True

    return hold


def _event(slug: str) -> Any:
    with scopes_disabled():
        return Event.objects.select_related("organizer").get(slug=slug, organizer__slug=SLUG)


def _number(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def main() -> None:
    command, *arguments = sys.argv[1:]
    given = [_number(one) for one in arguments]
    print(json.dumps(globals()[command](*given)))


if __name__ == "__main__":
    main()
