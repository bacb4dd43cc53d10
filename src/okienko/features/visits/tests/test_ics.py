from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.features.visits import ics

EVENT = ics.Event(
    uid="visit-1@okienko.example",
    sequence=2,
    stamp=datetime(2026, 11, 20, 7, tzinfo=UTC),
    start=datetime(2026, 12, 1, 8, tzinfo=UTC),
    end=datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
    summary="Dowód osobisty; wniosek, odbiór",
    location="Ratusz\nul. Zmyślona 1\\2",
    description="x" * 200,
    url="https://okienko.example/wizyty/w/abc/",
)


def unfolded(file: bytes) -> list[str]:
    return file.decode().replace("\r\n ", "").split("\r\n")


@pytest.mark.req("BOOK-18")
def test_the_file_says_what_a_calendar_needs():
    lines = unfolded(ics.written(EVENT))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    for line in (
        "VERSION:2.0",
        "UID:visit-1@okienko.example",
        "SEQUENCE:2",
        "DTSTAMP:20261120T070000Z",
        "DTSTART:20261201T080000Z",
        "DTEND:20261201T083000Z",
        "SUMMARY:Dowód osobisty\\; wniosek\\, odbiór",
        "LOCATION:Ratusz\\nul. Zmyślona 1\\\\2",
        "STATUS:CONFIRMED",
    ):
        assert line in lines


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=70, max_size=250))
def test_whatever_is_written_no_line_is_too_long_and_nothing_is_lost(text):
    pieces = list(ics.folded(f"SUMMARY:{text}"))
    assert all(len(piece) <= ics.LONGEST_LINE for piece in pieces)
    assert all(piece.startswith(b" ") for piece in pieces[1:])
    assert pieces[0].decode() + "".join(piece[1:].decode() for piece in pieces[1:]) == f"SUMMARY:{text}"


@given(st.text())
def test_escaped_text_is_one_line_without_bare_separators(text):
    found = ics.escaped(text)
    assert "\n" not in found
    assert "\r" not in found
    bare = found.replace("\\\\", "").replace("\\,", "").replace("\\;", "")
    assert "," not in bare
    assert ";" not in bare
