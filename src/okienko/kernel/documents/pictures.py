"""Pictures made anew: without place, device and whatever else a camera writes into them."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageOps

THUMBNAIL = (320, 320)
MOST_PAGES = 100
READ_HERE = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF")
# What phones write and few programs of an office open; the last is a JPEG with a second picture behind the first.
SHOWN_BY_ALL = {"HEIF": "JPEG", "AVIF": "JPEG", "MPO": "JPEG"}


class Unreadable(Exception):
    pass


class Cleaned(NamedTuple):
    content: bytes
    thumbnail: bytes
    media_type: str


def made_anew(content: bytes, forms: tuple[str, ...], *, most_pixels: int) -> Cleaned:
    """The picture turned the right way up without metadata, and its thumbnail."""
    try:
        with Image.open(BytesIO(content), formats=forms) as picture:
            form = SHOWN_BY_ALL.get(picture.format or "", picture.format or "PNG")
            icc = picture.info.get("icc_profile")
            first, *others = _pages(picture, most_pixels)
            if form == "JPEG" and first.mode not in ("RGB", "L", "CMYK"):
                first = _on_white(first)
            whole = _saved(first, form, others, icc=icc)
            first.thumbnail(THUMBNAIL)
            return Cleaned(whole, _saved(first.convert("RGB"), "JPEG"), Image.MIME[form])
    except Exception as error:  # what a decoder raises over a spoilt picture is anything at all
        raise Unreadable from error


def emblem(content: bytes, size: tuple[int, int], *, most_pixels: int) -> bytes:
    """A small PNG that fits the size, its ground as transparent as it was."""
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
            if picture.width * picture.height > most_pixels:
                raise Unreadable
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
            upright.thumbnail(size, Image.Resampling.LANCZOS)
            return _saved(upright, "PNG")
    except Exception as error:  # what a decoder raises over a spoilt picture is anything at all
        raise Unreadable from error


def _pages(picture: Image.Image, most_pixels: int) -> list[Image.Image]:
    """Something scanned has many; of what moves, the first picture is enough."""
    pages: list[Image.Image] = []
    pixels = 0
    for number in range(MOST_PAGES + 1 if picture.format == "TIFF" else 1):
        try:
            picture.seek(number)
        except EOFError:
            break
        pixels += picture.width * picture.height
        if pixels > most_pixels or number == MOST_PAGES:
            raise Unreadable
        upright = ImageOps.exif_transpose(picture)
        upright.load()
        pages.append(upright)
    return pages


def _saved(
    picture: Image.Image, form: str, others: Sequence[Image.Image] = (), *, icc: bytes | None = None
) -> bytes:
    out = BytesIO()
    options: dict[str, object] = {"quality": 88} if form in ("JPEG", "WEBP") else {}
    if form == "TIFF":
        options |= {"compression": "tiff_deflate", "save_all": True, "append_images": [*map(_bare, others)]}
    if icc:
        options["icc_profile"] = icc
    _bare(picture).save(out, form, **options)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    seen = picture.convert("RGBA")
    ground = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(ground, seen).convert("RGB")


def _bare(picture: Image.Image) -> Image.Image:
    bare = Image.new(picture.mode, picture.size)
    if picture.mode == "P" and picture.palette is not None:
        bare.putpalette(picture.palette)
        if "transparency" in picture.info:
            bare.info["transparency"] = picture.info["transparency"]
    bare.paste(picture)
    return bare
