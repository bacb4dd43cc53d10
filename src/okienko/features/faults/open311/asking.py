"""What a program asked, read to the letter of GeoReport v2: an empty parameter is one that is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONGEST_SPAN = timedelta(days=90)
MOST_ROWS = 1000
MOST_PAGES = 10_000
STATUSES = ("open", "closed")


class Wrong(Exception):
    """What is not as the standard wants it: the status of the answer and a sentence for each mistake."""

    def __init__(self, status: int, *mistakes: str) -> None:
        super().__init__(*mistakes)
        self.status, self.mistakes = status, mistakes


Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """Which requests: those of these numbers, whatever else was said, or those of a span of time."""

    numbers: tuple[str, ...]
    services: tuple[str, ...]
    open: bool | None
    requested: tuple[datetime, datetime]
    updated: tuple[datetime | None, datetime | None]
    page: int
    size: int


def question(given: Given, *, at: datetime) -> Question:
    return Question(
        numbers=_many(given, "service_request_id"),
        services=_many(given, "service_code"),
        open=_open(given),
        requested=span(given, at=at),
        updated=(moment(given, "updated_after"), moment(given, "updated_before")),
        page=_whole(given, "page", 1, MOST_PAGES),
        size=_whole(given, "page_size", MOST_ROWS, MOST_ROWS),
    )


def _many(given: Given, name: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in given.get(name, "").split(",") if part.strip())
    if len(found) > MOST_ROWS:
        raise Wrong(400, f"{name}: at most {MOST_ROWS} at once")
    return found


def _open(given: Given) -> bool | None:
    wanted = set(_many(given, "status"))
    if not wanted <= set(STATUSES):
        raise Wrong(400, f"status: one of {', '.join(STATUSES)}")
    return None if len(wanted) != 1 else wanted == {"open"}


def _whole(given: Given, name: str, otherwise: int, most: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise Wrong(400, f"{name}: a whole number from 1 to {most}")
    return int(text)


def moment(given: Given, name: str) -> datetime | None:
    # A plus sign that nobody encoded arrives as a space.
    text = given.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Wrong(400, f"{name}: a date and time with its zone, such as 2026-01-31T00:00:00Z")


def span(given: Given, *, at: datetime) -> tuple[datetime, datetime]:
    """From when to when: the last 90 days unless said otherwise, and never more than 90."""
    start, end = moment(given, "start_date"), moment(given, "end_date")
    if start is None:
        end = end or at
        return _earlier(end), end
    if end is None:
        return start, start + min(LONGEST_SPAN, datetime.max.replace(tzinfo=UTC) - start)
    if end < start:
        raise Wrong(400, "end_date: earlier than start_date")
    if end - start > LONGEST_SPAN:
        raise Wrong(400, f"start_date, end_date: at most {LONGEST_SPAN.days} days apart")
    return start, end


def _earlier(end: datetime) -> datetime:
    return end - min(LONGEST_SPAN, end - datetime.min.replace(tzinfo=UTC))


def position(given: Given) -> tuple[float, float] | None:
    """Latitude and longitude: both or neither."""
    texts = given.get("lat", "").strip(), given.get("long", "").strip()
    if texts == ("", ""):
        return None
    try:
        latitude, longitude = float(texts[0]), float(texts[1])
    except ValueError:
        raise Wrong(400, "lat, long: both as numbers, in degrees of WGS 84") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Wrong(400, "lat, long: not on the Earth")
    return latitude, longitude
