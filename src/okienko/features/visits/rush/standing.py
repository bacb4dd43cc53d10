"""Places in a line: taken, looked at, called, left. All of it is in the database, moved on by whoever looks.

A place is no booking and leaves no history of its own; only the draw does. Nothing has to run in the background: a
turn ends by its time, and the next look of anybody calls those who follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from okienko.base.decisions import Missing, Refused
from okienko.base.time import WARSAW
from okienko.features.visits import queries
from okienko.features.visits.rush import actions, kept, rules, statements
from okienko.features.visits.rush.models import Line, Place, Release
from okienko.features.visits.rush.rules import State
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic

_BY = Actor.system("visits")


@dataclass(frozen=True, slots=True)
class Seen:
    """A place as its visitor sees it."""

    state: State
    code: str
    number: int | None
    ahead: int
    wait: timedelta
    hour_at: datetime
    first_day: date
    until: datetime | None
    gone: bool
    look_again: float


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def line_of(release: Release, opening: rules.Opening) -> Line:
    days = {"first_day": opening.first_day, "last_day": opening.last_day}
    found, _made = Line.objects.get_or_create(release=release, hour_at=opening.hour_at, defaults=days)
    return found


def line_at(release: Release, opening: rules.Opening) -> Line | None:
    return Line.objects.filter(release=release, hour_at=opening.hour_at).first()


# --- Taking a place -----------------------------------------------------------------------------------------


def join(release: Release, token: str, *, network: str, worked: bool, at: datetime) -> bool:
    """A place under the token, in the line of the release that comes or has just come; asked twice, it is one.

    Whether it is a new place, and one for the lot: of such a one there is no more to tell.
    """
    opening = release.joined(at)
    line = kept.known(("line", release.pk, opening.hour_at), lambda: line_of(release, opening), at=at)
    if line.drawn_at is None and line.hour_at <= at:
        line = actions.draw(line, by=_BY, at=at)
    values: dict[str, Any] = {
        "line": line.pk, "hash": hashed(token), "network": network, "idle": 0 if worked else 1,
        "most": release.most_per_network, "most_idle": rules.MOST_WITHOUT_WORK, "at": at,
    }  # fmt: skip
    given, known, early = (
        _inserted(statements.JOIN_EARLY, values) if line.drawn_at is None else (False, False, False)
    )
    if not early:
        given, known, _drawn = _inserted(statements.JOIN, values)
    if not given and not known:
        raise Refused(
            _("Your network has as many places in this line as it may have."), code="line-network-full"
        )
    return given and early


def _inserted(statement: str, values: Mapping[str, Any]) -> tuple[bool, bool, bool]:
    """Whether the place was given, was known already, and whether the line is as the statement wants it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            given, known, here = cursor.fetchone()
            return given, known, here
    except IntegrityError:
        if connection.in_atomic_block:
            raise
        return False, True, True  # the same token at the same moment: nothing of this one is kept


def leave(place_hash: str, *, at: datetime) -> None:
    Place.objects.filter(token_hash=place_hash, ended_at__isnull=True).update(ended_at=at, end=Place.End.LEFT)


# --- Looking ------------------------------------------------------------------------------------------------


def look(place_hash: str, *, at: datetime) -> Seen:
    """How it is with a place, without moving anything: one statement."""
    return _seen(_read(place_hash, at), at)


def early(code: str, opening: rules.Opening, *, at: datetime) -> Seen:
    """A place that was taken just now, before the hour: known without asking the database."""
    again, none = rules.look_at_the_hour(opening.hour_at - at), timedelta()
    return Seen(
        State.EARLY, code, None, 0, none, opening.hour_at, opening.first_day, None, gone=False, look_again=again
    )  # fmt: skip


def come(place_hash: str, *, at: datetime) -> Seen:
    """The visitor is there: the line moves on as far as it can, and a turn that has come is taken up."""
    row = _read(place_hash, at)
    if row["drawn_at"] is None and row["hour_at"] <= at:
        actions.draw(Line.objects.get(pk=row["line"]), by=_BY, at=at)
        row = _read(place_hash, at)
    if at - row["seen_at"] >= rules.SEEN_KNOWN and not row["end"]:
        Place.objects.filter(pk=row["id"]).update(seen_at=at)
    if _state(row, at) == State.WAITING and _move_on(row, at):
        row = _read(place_hash, at)
    if _state(row, at) == State.TURN and row["arrived_at"] is None:
        return _take_up(row, at)
    return _seen(row, at)


def _read(place_hash: str, at: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(statements.LOOK, {"hash": place_hash, "at": at})
        row = cursor.fetchone()
        if row is None:
            raise Missing
        return dict(zip((column.name for column in cursor.description), row, strict=True))


def _state(row: Mapping[str, Any], at: datetime) -> State:
    return rules.state(
        number=row["number"], arrived=row["arrived_at"] is not None, until=row["until"], end=row["end"], at=at
    )


def _seen(row: Mapping[str, Any], at: datetime) -> Seen:
    state = _state(row, at)
    number, called, hour_at = row["number"], row["called"], row["hour_at"]
    ahead = max((number or 0) - called - 1 - row["given_up"], 0)
    wait = rules.expected_wait(
        ahead,
        called=called,
        since=at - (row["drawn_at"] or at),
        at_once=row["at_once"],
        choose_minutes=row["choose_minutes"],
    )
    again = rules.look_again(ahead, row["at_once"])
    if state == State.EARLY:
        again = rules.look_at_the_hour(hour_at - at)
    gone = state == State.WAITING and row["free"] == 0
    return Seen(
        state, row["code"], number, ahead, wait, hour_at, row["first_day"], row["until"], gone, again
    )  # fmt: skip


def _take_up(row: Mapping[str, Any], at: datetime) -> Seen:
    """From now on they have their time to choose."""
    until = at + timedelta(minutes=row["choose_minutes"])
    came = Place.objects.filter(pk=row["id"], arrived_at__isnull=True, ended_at__isnull=True, until__gt=at)
    came.update(arrived_at=at, until=until, seen_at=at)
    return _seen({**row, "arrived_at": at, "until": until}, at)


# --- Calling ------------------------------------------------------------------------------------------------


def _move_on(row: Mapping[str, Any], at: datetime) -> bool:
    """Whether anything may have changed: free times counted anew, or somebody called."""
    counted = bool(row["looked_at"] is None or row["looked_at"] <= at - rules.FREE_KNOWN)
    if counted:
        count_free(row["line"], at=at)
    if row["inside"] >= row["at_once"] or (row["free"] == 0 and not counted):
        return counted
    return call_next(row["line"], at=at) or counted


@atomic
def call_next(line_id: int, *, at: datetime) -> bool:
    """Call as many as there is room for, the lowest numbers first. One at a time does it; others go on meanwhile."""
    locked = Line.objects.select_for_update(skip_locked=True, of=("self",)).select_related("release")
    line = locked.filter(pk=line_id).first()
    if line is None or line.drawn_at is None:
        return False
    inside, choosing = _inside(line, at)
    room = line.release.at_once - inside
    if line.free is not None:
        room = min(room, line.free - choosing)
    if room <= 0:
        return False
    with connection.cursor() as cursor:
        at = max(at, line.called_at or at)
        there, until = at - rules.PRESENT, at + rules.CALL_WAITS
        cursor.execute(
            statements.CALL, {"line": line_id, "at": at, "there": there, "until": until, "room": room}
        )
        return bool(cursor.rowcount > 0)


def _inside(line: Line, at: datetime) -> tuple[int, int]:
    """How many have a turn, and how many of them hold no time yet."""
    inside = line.places.filter(ended_at__isnull=True, called_at__isnull=False, until__gt=at)
    found = inside.aggregate(all=Count("pk"), choosing=Count("pk", filter=Q(key="")))
    return found["all"], found["choosing"]


def _anybody_waits(line: Line, at: datetime) -> bool:
    there = at - rules.PRESENT
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM rush_place w WHERE {statements.TO_CALL} AND w.seen_at > %(there)s)",  # noqa: S608
            {"line": line.pk, "at": at, "there": there},
        )
        return bool(cursor.fetchone()[0])


def count_free(line_id: int, *, at: datetime) -> None:
    """How many of the new times nobody holds: counted every few seconds by one of those who look."""
    stale = Line.objects.filter(pk=line_id).exclude(looked_at__gt=at - rules.FREE_KNOWN)
    if not stale.update(looked_at=at):
        return
    line = Line.objects.select_related("release__service").get(pk=line_id)
    service = line.release.service
    free = queries.free_times(service, queries.counters_of(service), now=at)
    left = sum(one.places for one in free if one.start.astimezone(WARSAW).date() >= line.first_day)
    Line.objects.filter(pk=line_id).update(free=left)


# --- The door -----------------------------------------------------------------------------------------------


def in_force(release: Release, opening: rules.Opening, *, at: datetime) -> bool:
    """Whether the days of this release go by turns now: for an hour, and longer only while somebody waits."""
    since = at - opening.hour_at
    if since < rules.WATCHED:
        return True
    line = line_at(release, opening) if since < rules.LONGEST else None
    return line is not None and _anybody_waits(line, at)


def is_busy(release: Release, opening: rules.Opening, *, at: datetime) -> bool:
    """Whether somebody who comes now would have to wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            statements.BUSY,
            {
                "release": release.pk, "hour": opening.hour_at, "at_once": release.at_once, "at": at,
                "there": at - rules.PRESENT,
            },
        )  # fmt: skip
        found = cursor.fetchone()
    return bool(found and found[0])


def turn_of(release: Release, opening: rules.Opening, hashes: list[str], *, at: datetime) -> Place | None:
    here = Place.objects.filter(line__release=release, line__hour_at=opening.hour_at, token_hash__in=hashes)
    return here.filter(called_at__isnull=False, ended_at__isnull=True, until__gt=at).first()


@atomic
def enter(release: Release, opening: rules.Opening, *, token: str, key: str, at: datetime) -> bool:
    """Whoever holds one of the new times has a turn, and holds one time with it. Where nobody waits and there is
    room, the turn is taken in passing. Whether one has stood in the line for it.
    """
    hashes = [hashed(text) for text in (token, key) if text]
    known = Place.objects.filter(token_hash__in=hashes).select_related("line")
    places = list(known.order_by("number", "pk"))
    place = next((one for one in places if _has_turn(one, release, opening, at)), None)
    if place is None:
        for earlier in places:
            if earlier.token_hash == hashed(key):
                # Whoever went in under the same key before, and let that turn run out, goes in anew.
                Place.objects.filter(pk=earlier.pk).update(token_hash=hashed(f"{key}:{earlier.pk}"), key="")
        _pass_through(release, opening, key, at)
        return False
    place = Place.objects.select_for_update().get(pk=place.pk)
    if place.ended_at is not None or (
        place.key not in ("", key) and queries.held(place.key, now=at) is not None
    ):
        raise Refused(_("This place in the line holds another time already."), code="turn-used")
    if place.arrived_at is None:
        place.arrived_at, place.until = at, at + release.choosing
    place.key = key
    place.save(update_fields=["key", "arrived_at", "until"])
    return place.token_hash != hashed(key)


def _has_turn(place: Place, release: Release, opening: rules.Opening, at: datetime) -> bool:
    here = place.line.release_id == release.pk and place.line.hour_at == opening.hour_at
    return here and place.ended_at is None and place.until is not None and place.until > at


def _pass_through(release: Release, opening: rules.Opening, key: str, at: datetime) -> None:
    locked = Line.objects.select_for_update()
    line = locked.filter(release=release, hour_at=opening.hour_at).first()
    if line is None:
        line = locked.get(pk=line_of(release, opening).pk)
    if line.drawn_at is None:
        actions.draw(line, by=_BY, at=at)
    values: dict[str, Any] = {
        "line": line.pk, "at": at, "there": at - rules.PRESENT, "at_once": release.at_once, "hash": hashed(key),
        "until": at + release.choosing, "key": key,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statements.PASS_THROUGH, values)
        if not cursor.rowcount:
            raise Refused(_("New times go by turns now. Take a place in the line."), code="in-line")


def booked(key: str, *, at: datetime) -> None:
    """One booking is all that a place is for."""
    Place.objects.filter(key=key, ended_at__isnull=True).update(ended_at=at, end=Place.End.BOOKED)
