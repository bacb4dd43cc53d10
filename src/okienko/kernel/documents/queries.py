from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import models
from django.db.models import QuerySet

from okienko.base.decisions import Missing
from okienko.kernel.documents import rules
from okienko.kernel.documents.models import Document, Settings
from okienko.kernel.history.actions import subject_key
from okienko.kernel.people.access import Someone

SeesSubject = Callable[[Someone, int], bool]

_who_sees: dict[str, SeesSubject] = {}


def seen_through(subject_type: str, sees: SeesSubject) -> None:
    """Whoever keeps things with files says once who may see such a thing: the file follows."""
    _who_sees[subject_type] = sees


def of(subject: models.Model, kind: str = Document.Kind.ATTACHMENT) -> QuerySet[Document]:
    """For pages that already show the thing."""
    type_, id_ = subject_key(subject)
    return Document.objects.filter(subject_type=type_, subject_id=id_, kind=kind, forgotten_at__isnull=True)


def of_many(subjects: Sequence[models.Model], kind: str = Document.Kind.ATTACHMENT) -> QuerySet[Document]:
    """Of several things of one type, for lists that already show them."""
    keys = [subject_key(subject) for subject in subjects]
    found = Document.objects.filter(kind=kind, forgotten_at__isnull=True).order_by("pk")
    return (
        found.filter(subject_type=keys[0][0], subject_id__in=[id_ for _, id_ in keys])
        if keys
        else found.none()
    )


def visible(document_id: int, person: Someone) -> Document:
    document = Document.objects.filter(pk=document_id, forgotten_at__isnull=True).first()
    if document is None:
        raise Missing
    sees = _who_sees.get(document.subject_type)
    if sees is None or not sees(person, document.subject_id):
        raise Missing
    return document


def limits() -> rules.Limits:
    settings = Settings.objects.first() or Settings()
    return rules.Limits(most_bytes=settings.most_megabytes * 1_000_000, most_files=settings.most_files)
