"""Films and recordings of phones without where, when and by what they were taken. No Django.

A film is a tree of boxes, each with its length and a name of four letters; tables in it point at places in the file.
So nothing is cut out: what tells too much is made empty where it stands, and every place stays what it was.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf"})
WITH_TIMES = frozenset({b"mvhd", b"tkhd", b"mdhd"})
# What a film needs to be played. Of any other box nobody knows what its maker wrote into it.
KEPT = frozenset({
    b"ftyp", b"styp", b"mdat", b"wide", b"sidx", b"ssix", b"mfra", b"mvex", b"iods", b"edts", b"tref", b"tapt", b"load",
    b"hdlr", b"elng", b"vmhd", b"smhd", b"gmhd", b"nmhd", b"dinf", b"stbl", b"mfhd", b"tfhd", b"tfdt", b"trun",
    b"sdtp", b"sbgp", b"sgpd", b"subs",
})  # fmt: skip
SEEN_OR_HEARD = frozenset({b"vide", b"soun", b"tmcd"})
DEEPEST = 8
# Boxes and places of samples: somebody waits while one is looked at after another.
MOST_STEPS = 200_000


class Unreadable(Exception):
    pass


class Film(bytearray):
    """With what may still be done to it, however its boxes point at one another."""

    steps_left = MOST_STEPS
    to_empty = 0
    in_pieces = False

    def step(self) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise Unreadable


@dataclass(frozen=True, slots=True)
class Box:
    kind: bytes
    start: int
    inside: int
    end: int


def cleaned(content: bytes) -> bytes:
    film = Film(content)
    film.to_empty = len(film)
    try:
        kinds = {box.kind for box in _boxes(film, 0, len(film))}
        if not {b"moov", b"mdat"} <= kinds:
            raise Unreadable
        film.in_pieces = b"moof" in kinds
        _clean(film, 0, len(film), 0)
    except (struct.error, IndexError) as error:
        raise Unreadable from error
    return bytes(film)


def _boxes(film: Film, start: int, end: int) -> Iterator[Box]:
    while start < end:
        film.step()
        length, kind = struct.unpack_from(">I4s", film, start)
        inside = start + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", film, inside)
            inside += 8
        stop = start + length if length else end
        if not inside <= stop <= end:
            raise Unreadable
        yield Box(kind, start, inside, stop)
        start = stop


def _clean(film: Film, start: int, end: int, depth: int) -> None:
    if depth > DEEPEST:
        raise Unreadable
    for box in _boxes(film, start, end):
        if box.kind == b"trak" and _handler(film, box) not in SEEN_OR_HEARD:
            if film.in_pieces:
                raise Unreadable  # where the pieces keep this track's content is said by each of them
            for place, length in _samples(film, box):
                film[place : place + length] = bytes(length)
            _empty(film, box)
        elif box.kind in WITH_TIMES:
            wide = 8 if film[box.inside] else 4
            film[box.inside + 4 : box.inside + 4 + 2 * wide] = bytes(2 * wide)
        elif box.kind in CONTAINERS:
            _clean(film, box.inside, box.end, depth + 1)
        elif box.kind not in KEPT:
            _empty(film, box)


def _empty(film: Film, box: Box) -> None:
    film[box.start + 4 : box.start + 8] = b"free"
    film[box.inside : box.end] = bytes(box.end - box.inside)


def _within(film: Film, box: Box, *path: bytes) -> Box | None:
    found: Box | None = box
    for kind in path:
        if found is not None:
            found = next((one for one in _boxes(film, found.inside, found.end) if one.kind == kind), None)
    return found


def _handler(film: Film, track: Box) -> bytes:
    named = _within(film, track, b"mdia", b"hdlr")
    return bytes(film[named.inside + 8 : named.inside + 12]) if named else b""


def _samples(film: Film, track: Box) -> Iterator[tuple[int, int]]:
    """Where in the file the track's content lies: a phone writes the place second by second as a track of its own."""
    table = _within(film, track, b"mdia", b"minf", b"stbl")
    if table is None:
        return
    parts = {box.kind: box for box in _boxes(film, table.inside, table.end)}
    places, width = (parts.get(b"co64"), 8) if b"co64" in parts else (parts.get(b"stco"), 4)
    if places is None or b"stsz" not in parts or b"stsc" not in parts:
        return
    (chunks,) = struct.unpack_from(">I", film, places.inside + 4)
    if places.inside + 8 + width * chunks > places.end:
        raise Unreadable
    every, count = struct.unpack_from(">II", film, parts[b"stsz"].inside + 4)
    (runs,) = struct.unpack_from(">I", film, parts[b"stsc"].inside + 4)
    runs_at = parts[b"stsc"].inside + 8
    sample = run = in_each = 0
    for chunk in range(chunks):
        film.step()
        if run < runs and struct.unpack_from(">I", film, runs_at + 12 * run)[0] == chunk + 1:
            (in_each,) = struct.unpack_from(">I", film, runs_at + 12 * run + 4)
            run += 1
        place = int.from_bytes(
            film[places.inside + 8 + width * chunk : places.inside + 8 + width * (chunk + 1)]
        )
        upto = min(sample + in_each, count)
        sizes_at = parts[b"stsz"].inside + 12
        length = every * (upto - sample) or sum(
            struct.unpack_from(f">{upto - sample}I", film, sizes_at + 4 * sample)
        )
        film.to_empty -= length
        if place + length > len(film) or film.to_empty < 0:
            raise Unreadable
        yield place, length
        sample = upto
