from __future__ import annotations

from datetime import datetime

from django.db import models

from okienko.features.faults.letters.models import Letter
from okienko.kernel.cases.models import Case
from okienko.kernel.history.actors import Actor


def forget_letters(subject: models.Model, by: Actor, at: datetime) -> None:
    """They end with the personal data of their report; that they were printed stays in the record."""
    if isinstance(subject, Case):
        Letter.objects.filter(report=subject.pk).delete()
