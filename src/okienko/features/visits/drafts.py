"""What a resident is in the middle of: kept with the session, so that nothing typed is lost and nothing is stored
of those who do not finish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest

from okienko.features.visits.models import Waiting

_DRAFT, _TYPED = "visits.draft", "visits.typed"
MOST_TYPED = 500
_SALT = "okienko.visits.hold"


@dataclass(frozen=True, slots=True)
class Draft:
    key: str
    service: str
    place: str
    start: datetime
    extended: int = 0


def of_offer(waiting: Waiting) -> Draft | None:
    """Of whoever waited and is offered a time, which is held under the key of the offer."""
    if waiting.start is None or waiting.resource is None:
        return None
    place = str(waiting.resource.location_id or "")
    return Draft(waiting.key, waiting.service.code, place, waiting.start)


def read(request: HttpRequest) -> Draft | None:
    kept = request.session.get(_DRAFT)
    return Draft(**{**kept, "start": datetime.fromisoformat(kept["start"])}) if kept else None


def keep(request: HttpRequest, draft: Draft) -> None:
    request.session[_DRAFT] = {**asdict(draft), "start": draft.start.isoformat()}


def seal(draft: Draft, until: datetime) -> str:
    """The same for a program, which has no session: signed, so that only what was held can be booked.

    It says until when the time was held then: an older seal of a hold that was extended since extends nothing.
    """
    kept = {**asdict(draft), "start": draft.start.isoformat(), "until": until.isoformat()}
    return signing.dumps(kept, salt=_SALT)


def unseal(text: str) -> tuple[Draft, datetime | None] | None:
    try:
        kept = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    until = kept.pop("until", "")
    draft = Draft(**{**kept, "start": datetime.fromisoformat(kept["start"])})
    return draft, datetime.fromisoformat(until) if until else None


def typed(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.session.get(_TYPED, {})
    return found


def keep_typed(request: HttpRequest, given: Mapping[str, Any], names: list[str]) -> None:
    request.session[_TYPED] = {name: str(given[name])[:MOST_TYPED] for name in names if name in given}


def finish(request: HttpRequest) -> None:
    for name in (_DRAFT, _TYPED):
        request.session.pop(name, None)
