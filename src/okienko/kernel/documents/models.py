from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Document(models.Model):
    """A file that belongs to a thing: whoever may see the thing may see the file."""

    class Kind(models.TextChoices):
        ATTACHMENT = "attachment", _("attachment")
        PRINTOUT = "printout", _("printout")
        SOURCE = "source", _("message as it came")

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ATTACHMENT)
    name = models.CharField(_("name"), max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    stored_as = models.CharField(max_length=100, unique=True)
    thumbnail_as = models.CharField(max_length=100, blank=True)
    public = models.BooleanField(_("may be shown to everybody"), default=False)
    scanned = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="document_by_subject")]
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="document_not_empty")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return bool(self.thumbnail_as)


class Settings(models.Model):
    """One row: what an administrator has set for files."""

    one = models.BooleanField(primary_key=True, default=True)
    most_megabytes = models.PositiveSmallIntegerField(_("largest file (MB)"), default=15)
    most_files = models.PositiveSmallIntegerField(_("most files at once"), default=10)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(one=True), name="document_settings_once"),
            models.CheckConstraint(
                condition=Q(most_megabytes__gte=1, most_megabytes__lte=500), name="document_limit_sane"
            ),
        ]

    def __str__(self) -> str:
        return "files"
