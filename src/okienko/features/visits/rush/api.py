"""The line for programs: the same places as on the pages, after the same work, no sooner and no later."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from okienko.base import time
from okienko.base.decisions import Missing, Refused
from okienko.features.visits import holding, working
from okienko.features.visits.rush import door as coming
from okienko.features.visits.rush import standing
from okienko.features.visits.rush.standing import Seen
from okienko.features.visits.rush.wire import LinePlaceIn, LinePlaceOut, VisitLineOut
from okienko.kernel.people.access import may

router = Router(tags=["visits"])

OPEN = frozenset(
    {"read_visit_line", "take_line_place", "read_line_place", "ask_for_line_place", "leave_line_place"}
)


@router.get("/visits/lines/{service}", response=VisitLineOut, summary="The line for the newest times")
def read_visit_line(request: HttpRequest, service: str) -> dict[str, Any]:
    """With a token for a place and the work that it costs; 404 where new times open at no set hour."""
    at = time.now()
    door, token = coming.door(service, at=at), holding.new_key()
    return {
        "service": service,
        "opens_at": door.opening.hour_at,
        "first_day": door.opening.first_day,
        "last_day": door.opening.last_day,
        "stands": door.stands,
        "next_at": door.release.next(at).hour_at,
        "token": token,
        "task": door.task(token),
        "bits": 0 if _trusted(request) else working.bits(),
    }


@router.post("/visits/lines/{service}", response={201: LinePlaceOut}, summary="Take a place in the line")
def take_line_place(request: HttpRequest, service: str, given: LinePlaceIn) -> dict[str, Any]:
    """Sent twice with the same token, it is the same place. Places from one network are limited."""
    at = time.now()
    door = coming.door(service, at=at)
    if not coming.may_enter(door, given.token, at=at):
        raise Refused(_("There is no line now. Hold one of the free times."), code="no-line")
    network, trusted = working.network_mark(request), _trusted(request)
    seen = coming.enter(door, given.token, work=given.work, network=network, at=at, trusted=trusted)
    return _plain(given.token, seen)


@router.get("/visits/line-places/{token}", response=LinePlaceOut, summary="A place in the line, by its token")
def read_line_place(request: HttpRequest, token: str) -> dict[str, Any]:
    """How it was when somebody last asked: reading calls nobody, and does not count as being there."""
    return _plain(token, standing.look(_place(token), at=time.now()))


@router.post("/visits/line-places/{token}/ask", response=LinePlaceOut, summary="Ask for one's turn")
def ask_for_line_place(request: HttpRequest, token: str) -> dict[str, Any]:
    """Ask again after `ask_after` seconds. In the state `turn`, hold a time with the token as its `turn`."""
    return _plain(token, standing.come(_place(token), at=time.now()))


@router.post("/visits/line-places/{token}/leave", response=LinePlaceOut, summary="Leave the line")
def leave_line_place(request: HttpRequest, token: str) -> dict[str, Any]:
    at, place = time.now(), _place(token)
    standing.leave(place, at=at)
    return _plain(token, standing.look(place, at=at))


def _trusted(request: HttpRequest) -> bool:
    return may(request.user, "visits.book")


def _place(token: str) -> str:
    if not holding.is_key(token):
        raise Missing
    return standing.hashed(token)


def _plain(token: str, seen: Seen) -> dict[str, Any]:
    return {
        "token": token,
        "service": seen.code,
        "state": seen.state.value,
        "opens_at": seen.hour_at,
        "number": seen.number,
        "ahead": seen.ahead,
        "wait_seconds": round(seen.wait.total_seconds()),
        "all_taken": seen.gone,
        "until": seen.until,
        "ask_after": seen.look_again,
    }
