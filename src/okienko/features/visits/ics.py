"""A visit as an iCalendar file (RFC 5545), for the calendars of phones and mail programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

MEDIA_TYPE = "text/calendar; charset=utf-8"
LONGEST_LINE = 75  # octets, without the line end


@dataclass(frozen=True, slots=True)
class Event:
    """`uid` stays the same and `sequence` grows when the visit changes: programs then replace what they have."""

    uid: str
    sequence: int
    stamp: datetime
    start: datetime
    end: datetime
    summary: str
    location: str
    description: str
    url: str
    status: str = "CONFIRMED"


def written(event: Event) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Okienko//Visits//EN",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_moment(event.stamp)}",
        f"DTSTART:{_moment(event.start)}",
        f"DTEND:{_moment(event.end)}",
        f"SUMMARY:{escaped(event.summary)}",
        f"LOCATION:{escaped(event.location)}",
        f"DESCRIPTION:{escaped(event.description)}",
        f"URL:{event.url}",
        f"STATUS:{event.status}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(piece + b"\r\n" for line in lines for piece in folded(line))


def escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def folded(line: str) -> Iterable[bytes]:
    """Lines of at most 75 octets, the next ones begun by a space; no letter is cut in two."""
    piece = b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > LONGEST_LINE:
            yield piece
            piece = b" "
        piece += octets
    yield piece


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
