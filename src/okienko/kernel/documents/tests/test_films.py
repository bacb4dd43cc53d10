"""Films built box by box, as phones write them: a picture, sound, and second by second where they were taken."""

import struct
import time
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.decisions import Refused
from okienko.kernel.documents import actions, films, queries, rules
from okienko.kernel.documents.tests.test_documents import AT, BY
from okienko.kernel.units.actions import add_unit

TAKEN = (3_880_000_000, 3_880_000_001)
PICTURE, PLACE = b"<picture>", b"GPS (52.2297,21.0122)"


def box(kind: bytes, *parts: bytes) -> bytes:
    inside = b"".join(parts)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def full(kind: bytes, *parts: bytes) -> bytes:
    return box(kind, bytes(4), *parts)


def times(kind: bytes, *, wide: bool) -> bytes:
    return box(kind, bytes([wide, 0, 0, 0]), struct.pack(">QQ" if wide else ">II", *TAKEN), bytes(80))


def track(handler: bytes, samples: list[bytes], places: list[int], *, wide: bool) -> bytes:
    point = ">Q" if wide else ">I"
    table = box(
        b"stbl",
        full(b"stsz", struct.pack(">II", 0, len(samples)), *(struct.pack(">I", len(one)) for one in samples)),
        full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        full(
            b"co64" if wide else b"stco",
            struct.pack(">I", len(places)),
            *(struct.pack(point, one) for one in places),
        ),
    )
    media = box(
        b"mdia",
        times(b"mdhd", wide=wide),
        full(b"hdlr", bytes(4), handler, bytes(13)),
        box(b"minf", table),
    )
    return box(b"trak", times(b"tkhd", wide=wide), media, box(b"udta", box(b"\xa9mod", b"Aparat Testowy")))


def film(brand=b"isom", *, wide=False, samples=((b"vide", [PICTURE] * 3), (b"meta", [PLACE] * 3))) -> bytes:
    begin = box(b"ftyp", brand, bytes(4), b"mp42")
    every = [one for _handler, all_ in samples for one in all_]
    starts = [0, *accumulate(map(len, every))]
    at = len(begin) + 8
    tracks, first = [], 0
    for handler, all_ in samples:
        places = [at + starts[first + number] for number in range(len(all_))]
        tracks.append(track(handler, all_, places, wide=wide))
        first += len(all_)
    told = box(b"udta", box(b"\xa9xyz", b"+52.2297+021.0122/"), box(b"\xa9mak", b"Aparat Testowy"))
    known = full(b"meta", b"com.apple.quicktime.location.ISO6709+52.2297+021.0122/")
    return (
        begin
        + box(b"mdat", *every)
        + box(b"moov", times(b"mvhd", wide=wide), *tracks, told, known)
        + box(b"uuid", bytes(16), b"<x:xmpmeta>Aparat Testowy")
    )


@pytest.mark.req("CORE-23")
@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize(
    ("brand", "kind"), [(b"isom", "video/mp4"), (b"qt  ", "video/quicktime"), (b"M4A ", "audio/mp4")]
)
def test_a_film_forgets_where_when_and_by_what_it_was_taken(brand, kind, wide):
    taken = film(brand, wide=wide)
    assert rules.type_of(taken) == kind
    known = (b"52.2297", b"Aparat", *(struct.pack(">I", one) for one in TAKEN))
    assert all(told in taken for told in known)
    made = films.cleaned(taken)
    assert not any(told in made for told in known)
    assert len(made) == len(taken), "the tables inside point at places in the file"
    assert made.count(PICTURE) == 3
    assert made.index(PICTURE) == taken.index(PICTURE)
    assert films.cleaned(made) == made


@pytest.mark.req("CORE-23")
@pytest.mark.parametrize(
    "spoilt",
    [
        lambda whole: whole[:-20],
        lambda whole: whole[: whole.index(b"moov") - 4],
        lambda whole: whole.replace(b"mdat", b"nope"),
        lambda whole: whole.replace(
            b"stco" + bytes(4) + struct.pack(">I", 3), b"stco" + bytes(4) + b"\xff" * 4
        ),
        lambda whole: whole.replace(
            b"stsz" + bytes(4) + struct.pack(">II", 0, 3), b"stsz" + bytes(4) + struct.pack(">II", 10**9, 3)
        ),
        lambda whole: whole.replace(
            b"stsz" + bytes(4) + struct.pack(">II", 0, 3),
            b"stsz" + bytes(4) + struct.pack(">II", 0, 2**32 - 1),
        ).replace(struct.pack(">IIII", 1, 1, 1, 1), struct.pack(">IIII", 1, 1, 2**32 - 1, 1)),
        lambda whole: whole.replace(
            b"stsz" + bytes(4) + struct.pack(">II", 0, 3),
            b"stsz" + bytes(4) + struct.pack(">II", len(whole) // 2, 3),
        ),
        lambda _whole: box(b"ftyp", b"isom") + box(b"mdat") + nested(12),
        lambda whole: whole + box(b"moof", full(b"mfhd", bytes(4))),
    ],
)
def test_a_film_that_is_not_whole_is_not_read(spoilt):
    whole = film()
    cut = spoilt(whole)
    assert cut != whole
    with pytest.raises(films.Unreadable):
        films.cleaned(cut)


@pytest.mark.req("CORE-23")
def test_of_a_box_that_nobody_knows_nothing_is_kept():
    told = box(b"prft", bytes(4), struct.pack(">I", TAKEN[0])) + box(b"gps ", PLACE)
    made = films.cleaned(film() + told)
    assert made[-len(told) :] == (box(b"free", bytes(8)) + box(b"free", bytes(len(PLACE))))
    pieces = box(b"moof", full(b"mfhd", bytes(4)), box(b"traf", full(b"tfhd", bytes(4))))
    seen = film(samples=((b"vide", [PICTURE]),)) + pieces
    assert films.cleaned(seen)[-len(pieces) :] == pieces


def hidden_track(places: bytes, sizes: bytes, runs: bytes) -> bytes:
    table = box(b"stbl", full(b"stco", places), full(b"stsz", sizes), full(b"stsc", runs))
    return box(b"trak", box(b"mdia", full(b"hdlr", bytes(4), b"meta"), box(b"minf", table)))


@pytest.mark.req("CORE-23", "CORE-66")
@pytest.mark.parametrize(
    "inside",
    [
        box(b"free") * 500_000,
        hidden_track(struct.pack(">I", 10**6) + bytes(4 * 10**6), bytes(8), bytes(4)),
        hidden_track(struct.pack(">II", 1, 0), struct.pack(">II", 10**7, 1), struct.pack(">IIII", 1, 1, 1, 1))
        * 1000,
    ],
    ids=["boxes", "places", "tracks"],
)
def test_a_film_made_to_be_long_to_read_is_refused_soon(inside):
    whole = film() + box(b"mdat", bytes(10**7)) + box(b"moov", inside)
    began = time.process_time()
    with pytest.raises(films.Unreadable):
        films.cleaned(whole)
    assert time.process_time() - began < 5


def nested(depth: int) -> bytes:
    return box(b"moov", nested(depth - 1)) if depth else b""


@given(st.binary(max_size=60), st.integers(0, 700))
def test_no_content_breaks_the_reading_of_a_film(noise, at):
    whole = film()
    try:
        made = films.cleaned(whole[:at] + noise + whole[at + len(noise) :])
    except films.Unreadable:
        return
    assert len(made) >= len(whole)


@pytest.mark.django_db
@pytest.mark.req("CORE-23")
class TestAttaching:
    @pytest.fixture(autouse=True)
    def place(self, folder):
        self.folder = folder
        self.unit = add_unit(by=BY, at=AT, symbol="UM", name="Urząd Miasta Przykładowego")

    def test_what_is_kept_of_a_film_tells_nothing_of_its_maker(self):
        document = actions.attach(self.unit, film(b"qt  "), by=BY, at=AT, name="IMG_0001.MP4")
        assert document.name == "IMG_0001.mov"
        assert not document.is_picture
        (stored,) = (path for path in self.folder.rglob("*") if path.is_file())
        assert PICTURE in stored.read_bytes()
        assert b"52.2297" not in stored.read_bytes()

    def test_a_film_cut_short_is_refused_by_its_name(self):
        with pytest.raises(Refused) as refused:
            actions.attach(self.unit, film()[:-20], by=BY, at=AT, name="dziura.mp4")
        assert refused.value.code == "film-unreadable"
        assert "dziura.mp4" in str(refused.value)
        assert not queries.of(self.unit).exists()
