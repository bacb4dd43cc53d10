from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.letters.rules import Paper
from okienko.features.faults.models import Report
from okienko.kernel.documents.models import Document


class Letter(models.Model):
    """A paper that was printed. The database lets nobody change it (migration 0002); another print is a new version."""

    class Kind(models.TextChoices):
        COVERING = Paper.COVERING.value, _("covering letter")
        NOTE = Paper.NOTE.value, _("note")
        MESSAGE = Paper.MESSAGE.value, _("message as it came")

    report = models.ForeignKey(Report, models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=10, choices=Kind)
    version = models.PositiveSmallIntegerField()
    document = models.OneToOneField(Document, models.PROTECT, related_name="letter")
    addressee = models.CharField(_("addressee"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    signer = models.CharField(_("who signs"), max_length=200)
    printed_at = models.DateTimeField()
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["report_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "kind", "version"], name="letter_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"
