from __future__ import annotations

from django.db import models
from django.db.models import BigIntegerField, Func, TextField
from django.db.models.functions import Cast, Now


class Change(models.Model):
    """Something changed that somebody may be looking at. Written by the database itself, with the record of the
    change; the number of the transaction tells a reader where it has read to, in whatever order they end."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()  # 0: so many at once that they are not named
    transaction = models.BigIntegerField(
        db_default=Cast(Cast(Func(function="pg_current_xact_id"), TextField()), BigIntegerField())
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["transaction"], name="change_by_transaction"),
            models.Index(fields=["at"], name="change_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}"
