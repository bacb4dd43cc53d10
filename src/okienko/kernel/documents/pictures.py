"""Pictures made anew: without place, device and whatever else a camera writes into them."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

THUMBNAIL = (320, 320)


class Unreadable(Exception):
    pass


def cleaned(content: bytes, media_type: str, *, most_pixels: int) -> tuple[bytes, bytes]:
    """The picture turned the right way up without metadata, and its thumbnail."""
    try:
        with Image.open(BytesIO(content)) as picture:
            if picture.width * picture.height > most_pixels:
                raise Unreadable
            upright = ImageOps.exif_transpose(picture)
            upright.load()
            whole = _saved(upright, picture.format or "PNG", icc=picture.info.get("icc_profile"))
            upright.thumbnail(THUMBNAIL)
            return whole, _saved(upright.convert("RGB"), "JPEG")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
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
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unreadable from error


def _saved(picture: Image.Image, form: str, icc: bytes | None = None) -> bytes:
    bare = Image.new(picture.mode, picture.size)
    if picture.mode == "P" and picture.palette is not None:
        bare.putpalette(picture.palette)
        if "transparency" in picture.info:
            bare.info["transparency"] = picture.info["transparency"]
    bare.paste(picture)
    out = BytesIO()
    options: dict[str, object] = {"quality": 88} if form in ("JPEG", "WEBP") else {}
    if icc:
        options["icc_profile"] = icc
    bare.save(out, form, **options)
    return out.getvalue()
