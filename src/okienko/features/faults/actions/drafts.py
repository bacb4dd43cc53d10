"""A resident writes a report page by page: what was told so far waits here, and goes when it is sent or forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from okienko.features.faults.actions.reports import report_fault
from okienko.features.faults.models import Category, Draft
from okienko.kernel.cases.models import Case, Channel
from okienko.kernel.documents import actions as documents
from okienko.kernel.documents.models import Document
from okienko.kernel.documents.queries import of as documents_of
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.models import Person

KEPT = timedelta(days=1)


@atomic
def begin_draft(category: Category, *, by: Actor, at: datetime) -> Draft:
    draft = Draft.objects.create(key=secrets.token_urlsafe(24), told={"category": category.pk}, made_at=at)
    record(draft, "draft.begun", by=by, at=at)
    return draft


@atomic
def keep_photos(draft: Draft, photos: Sequence[UploadedFile[Any]], *, by: Actor, at: datetime) -> None:
    documents.attach_all(draft, photos, by=by, at=at, beside=documents_of(draft).count())


@atomic
def send_draft(
    draft: Draft, category: Category, *, by: Actor, at: datetime, requester: Person | None, **contact: Any
) -> Case:
    """The draft becomes a report, once, however often it is sent."""
    photos = [as_sent(photo) for photo in documents_of(draft)]
    told = {name: value for name, value in draft.told.items() if name != "category"}
    case = report_fault(
        by=by, at=at, channel=Channel.PAGE, category=category, attachments=photos, requester=requester, token=draft.key,
        **told, **contact,
    )  # fmt: skip
    _forget(draft, by=by, at=at)
    return case


def as_sent(photo: Document) -> SimpleUploadedFile:
    with default_storage.open(photo.stored_as) as kept:
        return SimpleUploadedFile(photo.name, kept.read(), photo.media_type)


@atomic
def sweep_drafts(*, by: Actor, at: datetime) -> int:
    old = list(Draft.objects.select_for_update(skip_locked=True).filter(made_at__lt=at - KEPT))
    for draft in old:
        _forget(draft, by=by, at=at)
    return len(old)


def _forget(draft: Draft, *, by: Actor, at: datetime) -> None:
    documents.forget_all(draft, by=by, at=at)
    record(draft, "draft.ended", by=by, at=at)
    draft.delete()
