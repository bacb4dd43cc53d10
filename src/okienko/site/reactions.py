"""What joins modules that do not know one another: one line each."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from okienko.kernel.consents.retention import traces
from okienko.kernel.documents.actions import forget_all as forget_documents
from okienko.kernel.history.actors import Actor
from okienko.kernel.messages.actions import forget as forget_messages


def _forget_files(subject: models.Model, by: Actor, at: datetime) -> None:
    forget_documents(subject, by=by, at=at)


def _forget_letters(subject: models.Model, by: Actor, at: datetime) -> None:
    forget_messages(subject, by=by, at=at)


def connect() -> None:
    traces(_forget_files)
    traces(_forget_letters)
