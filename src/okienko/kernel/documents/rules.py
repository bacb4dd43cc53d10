"""Which files are taken: their type is read from their content, never from their name. No Django."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO

_SIGNATURES: tuple[tuple[bytes, int, str], ...] = (
    (b"%PDF-", 0, "application/pdf"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"II*\x00", 0, "image/tiff"),
    (b"MM\x00*", 0, "image/tiff"),
    (b"{\\rtf", 0, "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "application/msword"),
    (b"ftyp", 4, "video/mp4"),
)

_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
}

ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/tiff": ".tif",
    "image/avif": ".avif",
    "image/heic": ".heic",
    "application/rtf": ".rtf",
    "application/msword": ".doc",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "audio/mp4": ".m4a",
    "text/plain": ".txt",
    "message/rfc822": ".eml",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}

_OFFICE_PARTS = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

PICTURES = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/avif", "image/heic"}
)
FILMS = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})
SHOWN_IN_BROWSER = frozenset({"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp"})
_RUNS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_MARKUP = re.compile(rb"^\s*(<\?xml|<!doctype|<html|<svg|<script)", re.IGNORECASE)


def type_of(content: bytes) -> str | None:
    """The type that the content has; none for what an office does not take."""
    if content.startswith(_RUNS):
        return None
    for signature, offset, kind in _SIGNATURES:
        if content[offset : offset + len(signature)] == signature:
            if kind == "image/webp" and not content.startswith(b"RIFF"):
                continue
            return _type_of_boxes(content) if kind == "video/mp4" else kind
    if content.startswith(b"PK\x03\x04"):
        return _type_of_archive(content)
    return _type_of_text(content)


def _type_of_boxes(content: bytes) -> str:
    """Pictures, sound and films of phones begin alike: the first brand says which, or the next where it says little."""
    main, others = content[8:12], content[16 : min(int.from_bytes(content[:4]), 200)]
    if main == b"mif1" and b"avif" in others:
        return "image/avif"
    return _BRANDS.get(main, "video/mp4")


def _type_of_archive(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                said = archive.read("mimetype").decode("ascii", "replace").strip()
                return said if said in ENDINGS else None
            if any(name.endswith("vbaProject.bin") for name in names):
                return None
            for part, kind in _OFFICE_PARTS.items():
                if any(name.startswith(part) for name in names):
                    return kind
    except Exception:  # what the reading of a spoilt archive raises is anything at all
        return None
    return "application/zip"


def _type_of_text(content: bytes) -> str | None:
    if not content or b"\x00" in content or _MARKUP.match(content):
        return None
    for encoding in ("utf-8", "cp1250"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else "text/plain"
    return None


_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]')


def safe_name(given: str, media_type: str) -> str:
    """The name as given, without what could mislead a computer or an eye, with the ending of the true type."""
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    name = _FORBIDDEN.sub("", name).strip(" .") or "plik"
    ending = ENDINGS[media_type]
    stem = name.rsplit(".", 1)[0] if "." in name else name
    if media_type == "text/plain" and name.lower().endswith((".csv", ".txt", ".json", ".log", ".md")):
        ending = "." + name.rsplit(".", 1)[1].lower()
    if media_type == "image/jpeg" and name.lower().endswith(".jpeg"):
        ending = ".jpeg"
    if media_type == "application/msword" and name.lower().endswith((".xls", ".ppt", ".msg")):
        ending = "." + name.rsplit(".", 1)[1].lower()
    return f"{stem[:120]}{ending}"


@dataclass(frozen=True, slots=True)
class Limits:
    most_bytes: int = 15_000_000
    most_pixels: int = 60_000_000
    most_files: int = 10
