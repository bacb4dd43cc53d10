from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One line of the record. Each carries the hash of the one before it about the same subject."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    number = models.PositiveIntegerField(help_text=_("Position in the chain of its subject, from 1."))
    kind = models.CharField(max_length=80)
    at = models.DateTimeField(help_text=_("When it was entered."))
    happened_at = models.DateTimeField(help_text=_("When it really happened."))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor = models.CharField(max_length=200)
    channel = models.CharField(max_length=20)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    note = models.TextField(blank=True)
    sealed = models.BinaryField(
        max_length=32, help_text=_("Hash of what may later be forgotten by retention.")
    )
    forgotten = models.BooleanField(default=False)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "number"], name="history_chain_position"
            ),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="history_number_from_one"),
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="history_by_person"),
            models.Index(fields=["at"], name="history_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} #{self.number} {self.kind}"
