from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.kernel.documents import apart, films, pictures, queries, rules, scanning
from okienko.kernel.documents.models import Document, Settings
from okienko.kernel.history.actions import record, subject_key
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic


@atomic
def attach(
    subject: models.Model,
    content: bytes,
    *,
    by: Actor,
    at: datetime,
    name: str,
    kind: str = Document.Kind.ATTACHMENT,
) -> Document:
    """Take a file, or say why not. The bytes are on the disk before the row that names them is."""
    limits = queries.limits()
    if not content:
        raise Refused(
            _("The file “%(name)s” is empty.") % {"name": name}, code="file-empty", field="attachments"
        )
    if len(content) > limits.most_bytes:
        words = _("The file “%(name)s” is too large. The largest that can be sent has %(limit)s MB.")
        raise Refused(
            words % {"name": name, "limit": limits.most_bytes // 1_000_000},
            code="file-too-large",
            field="attachments",
        )
    media_type = "message/rfc822" if kind == Document.Kind.SOURCE else rules.type_of(content)
    if media_type is None:
        words = _("Files like “%(name)s” are not taken. Send a picture, a PDF, a text or an office document.")
        raise Refused(words % {"name": name}, code="file-type", field="attachments")
    scanned = _scan(content, name)
    thumbnail = b""
    if media_type in rules.PICTURES:
        try:
            made = apart.cleaned(content, media_type, most_pixels=limits.most_pixels)
        except pictures.Unreadable:
            words = _("The picture “%(name)s” is damaged or too big to be shown.")
            raise Refused(words % {"name": name}, code="picture-unreadable", field="attachments") from None
        content, thumbnail, media_type = made
    elif media_type in rules.FILMS:
        try:
            content = films.cleaned(content)
        except films.Unreadable:
            words = _("The film or recording “%(name)s” is damaged.")
            raise Refused(words % {"name": name}, code="film-unreadable", field="attachments") from None
    stored_as = _store(content)
    type_, id_ = subject_key(subject)
    document = Document.objects.create(
        subject_type=type_,
        subject_id=id_,
        kind=kind,
        name=rules.safe_name(name, media_type),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).digest(),
        stored_as=stored_as,
        thumbnail_as=_store(thumbnail) if thumbnail else "",
        scanned=scanned,
        added_at=at,
        added_by_id=by.person_id,
    )
    record(subject, "document.added", by=by, at=at, after={"name": document.name, "size": document.size})
    return document


@atomic
def attach_all(
    subject: models.Model, files: Iterable[UploadedFile[Any]], *, by: Actor, at: datetime, beside: int = 0
) -> list[Document]:
    """All of the files or none of them; `beside`: how many there are already of what is sent on together."""
    sent = list(files)
    most = queries.limits().most_files
    if len(sent) + beside > most:
        raise Refused(
            _("At most %(most)d files can be sent at once.") % {"most": most},
            code="too-many-files",
            field="attachments",
        )
    return [attach(subject, file.read(), by=by, at=at, name=file.name or "plik") for file in sent]


def _scan(content: bytes, name: str) -> bool:
    if not settings.CLAMD_ADDRESS:
        return False
    try:
        verdict = scanning.scan(content, settings.CLAMD_ADDRESS)
    except scanning.NoAnswer:
        words = _(
            "The file “%(name)s” could not be checked for viruses just now. Please try again in a few minutes."
        )
        raise Refused(words % {"name": name}, code="scan-unavailable", field="attachments") from None
    if not verdict.clean:
        words = _("The file “%(name)s” contains a virus (%(found)s) and was not taken.")
        raise Refused(
            words % {"name": name, "found": verdict.found}, code="file-infected", field="attachments"
        )
    return True


def _store(content: bytes) -> str:
    token = secrets.token_hex(16)
    return default_storage.save(f"{token[:2]}/{token}", ContentFile(content))


@atomic
def publish_document(
    document: Document, *, public: bool, subject: models.Model, by: Actor, at: datetime
) -> Document:
    document.public = public
    document.save(update_fields=["public"])
    record(
        subject,
        "document.published" if public else "document.withdrawn",
        by=by,
        at=at,
        after={"name": document.name},
    )
    return document


@atomic
def forget_all(subject: models.Model, *, by: Actor, at: datetime) -> int:
    """Retention: the files of a thing go, from the disk as well once the transaction is sure."""
    type_, id_ = subject_key(subject)
    documents = list(
        Document.objects.select_for_update().filter(
            subject_type=type_, subject_id=id_, forgotten_at__isnull=True
        )
    )
    for document in documents:
        for stored in filter(None, (document.stored_as, document.thumbnail_as)):
            transaction.on_commit(partial(default_storage.delete, stored))
        document.name, document.thumbnail_as, document.forgotten_at = "", "", at
        document.save(update_fields=["name", "thumbnail_as", "forgotten_at"])
    if documents:
        record(subject, "document.forgotten", by=by, at=at, after={"files": len(documents)})
    return len(documents)


@atomic
def change_limits(*, by: Actor, at: datetime, most_megabytes: int, most_files: int) -> Settings:
    row, _new = Settings.objects.select_for_update().get_or_create(one=True)
    before = {"most_megabytes": row.most_megabytes, "most_files": row.most_files}
    row.most_megabytes, row.most_files = most_megabytes, most_files
    row.save()
    record(
        row,
        "files.limits_changed",
        by=by,
        at=at,
        before=before,
        after={"most_megabytes": most_megabytes, "most_files": most_files},
    )
    return row
