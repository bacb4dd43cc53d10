import contextlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from okienko.kernel.documents import apart, pictures, rules

DATA = Path(__file__).with_name("data")


def photo(size=(640, 480), **options) -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Aparat Testowy"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", size, "teal").save(out, "JPEG", exif=exif, **options)
    return out.getvalue()


@pytest.mark.req("CORE-23")
def test_a_photo_loses_place_and_device_and_gets_a_thumbnail():
    whole, small, _kind = apart.cleaned(photo(), "image/jpeg", most_pixels=10**6)
    with Image.open(BytesIO(whole)) as picture:
        assert dict(picture.getexif()) == {}
        assert picture.size == (640, 480)
    with Image.open(BytesIO(small)) as picture:
        assert max(picture.size) == 320


def scan(form, pages=1, size=(60, 40)):
    """With what cameras and programs write into each kind of picture."""
    exif, text = Image.Exif(), PngInfo()
    exif[0x010F] = "Aparat Testowy"
    exif.get_ifd(0x8825)[1] = "N"
    text.add_text("Comment", "ul. Tajna 1")
    more = {"PNG": {"pnginfo": text}, "JPEG": {"comment": b"ul. Tajna 1"}, "TIFF": {"save_all": True}}
    first, *others = (Image.new("RGB", size, (number, 90, 90)) for number in range(pages))
    out = BytesIO()
    first.save(out, form, exif=exif, **more.get(form, {}), **({"append_images": others} if others else {}))
    return out.getvalue()


@pytest.mark.req("CORE-23")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_no_kind_of_picture_keeps_what_was_written_into_it(form):
    taken = scan(form)
    assert b"Aparat Testowy" in taken
    assert (b"Tajna" in taken) is (form in ("JPEG", "PNG"))
    whole, small, kind = apart.cleaned(taken, rules.type_of(taken), most_pixels=10**6)
    assert kind == rules.type_of(taken) == rules.type_of(whole)
    for made in (whole, small):
        assert b"Aparat" not in made
        assert b"Tajna" not in made


def avif(mode, colour):
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Aparat Testowy"
    Image.new(mode, (96, 64), colour).save(out, "AVIF", exif=exif)
    return out.getvalue()


@pytest.mark.req("CORE-23")
@pytest.mark.parametrize(
    ("taken", "kind", "left", "right"),
    [
        ((DATA / "photo.heic").read_bytes(), "image/heic", (200, 30, 30), (20, 120, 60)),
        (avif("RGB", (20, 120, 60)), "image/avif", (20, 120, 60), (20, 120, 60)),
        (avif("RGBA", (0, 0, 0, 0)), "image/avif", (255, 255, 255), (255, 255, 255)),
    ],
)
def test_what_phones_write_and_offices_cannot_open_becomes_a_photo_for_all(taken, kind, left, right):
    assert rules.type_of(taken) == kind
    assert b"Aparat Testowy" in taken
    whole, small, made_as = apart.cleaned(taken, kind, most_pixels=10**4)
    assert made_as == "image/jpeg"
    for made in (whole, small):
        assert rules.type_of(made) == "image/jpeg"
        assert b"Aparat" not in made
        with Image.open(BytesIO(made)) as picture:
            assert picture.size == (96, 64)
            for place, colour in (((10, 30), left), ((85, 30), right)):
                seen = picture.getpixel(place)
                assert all(abs(one - other) < 12 for one, other in zip(seen, colour, strict=True))
    with pytest.raises(pictures.Unreadable):
        apart.cleaned(taken, kind, most_pixels=1000)
    with pytest.raises(pictures.Unreadable):
        apart.cleaned(taken[: len(taken) // 2], kind, most_pixels=10**4)


@pytest.mark.req("CORE-23")
def test_a_photo_with_a_second_picture_behind_it_is_kept_as_one():
    out = BytesIO()
    first, second = (Image.new("RGB", (64, 48), colour) for colour in ("teal", "red"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    whole, _small, kind = apart.cleaned(out.getvalue(), "image/jpeg", most_pixels=10**4)
    assert kind == "image/jpeg"
    with Image.open(BytesIO(whole)) as picture:
        assert picture.format == "JPEG"


@pytest.mark.req("CORE-23")
def test_of_something_scanned_every_page_is_kept():
    whole, _small, _kind = apart.cleaned(scan("TIFF", pages=3), "image/tiff", most_pixels=10**4)
    assert b"Aparat" not in whole
    with Image.open(BytesIO(whole)) as picture:
        assert picture.n_frames == 3
        for number in range(3):
            picture.seek(number)
            assert picture.getpixel((0, 0)) == (number, 90, 90)
    for too_much in ({"pages": 3, "most_pixels": 5000}, {"pages": 101, "most_pixels": 10**6}):
        with pytest.raises(pictures.Unreadable):
            apart.cleaned(scan("TIFF", too_much["pages"]), "image/tiff", most_pixels=too_much["most_pixels"])


@pytest.mark.req("CORE-23")
def test_a_picture_too_big_or_cut_short_is_not_read():
    with pytest.raises(pictures.Unreadable):
        apart.cleaned(photo(), "image/jpeg", most_pixels=1000)
    with pytest.raises(pictures.Unreadable):
        apart.cleaned(photo()[:400], "image/jpeg", most_pixels=10**6)


def spoilt(taken: bytes, *, places: dict[int, int]) -> bytes:
    return bytes(places.get(number, octet) for number, octet in enumerate(taken))


@pytest.mark.req("CORE-23", "CORE-66")
def test_a_picture_that_makes_its_decoder_fall_takes_nobody_with_it():
    taken = spoilt((DATA / "photo.heic").read_bytes(), places={179: 0o261, 588: 0o61, 626: 1})
    assert rules.type_of(taken) == "image/heic"
    with pytest.raises(pictures.Unreadable):
        apart.cleaned(taken, "image/heic", most_pixels=10**6)


@pytest.mark.req("CORE-23", "CORE-66")
@given(st.sampled_from(["JPEG", "WEBP", "AVIF", "TIFF"]), st.data())
def test_a_spoilt_picture_is_read_or_refused(form, data):
    taken = scan(form)
    places = st.dictionaries(st.integers(4, len(taken) - 1), st.integers(0, 255), min_size=1, max_size=8)
    changed = spoilt(taken, places=data.draw(places))
    kind = rules.type_of(changed)
    if kind in rules.PICTURES - {"image/heic"}:
        with contextlib.suppress(pictures.Unreadable):
            assert apart.cleaned(changed, kind, most_pixels=10**6).media_type in rules.ENDINGS
