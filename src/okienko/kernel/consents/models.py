from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from okienko.kernel.people.models import Person


class ConsentGroup(models.Model):
    """A place where consents are asked for: making an account, booking a visit, writing to the office."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class ConsentText(models.Model):
    """One version of the words that people agree to. Once in force they never change."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    group = models.ForeignKey(ConsentGroup, models.PROTECT, related_name="texts", verbose_name=_("group"))
    code = models.SlugField(_("code"), max_length=40)
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    required = models.BooleanField(_("required"), default=False)
    text_pl = models.TextField(_("text in Polish"))
    text_en = models.TextField(_("text in English"), blank=True)
    text_uk = models.TextField(_("text in Ukrainian"), blank=True)
    valid_from = models.DateTimeField(_("from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["group_id", "code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["group", "code", "number"], name="consent_text_version_once"),
            models.UniqueConstraint(
                fields=["group", "code"],
                condition=Q(status="published", valid_until__isnull=True),
                name="consent_text_one_without_end",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(valid_from__isnull=False), name="consent_text_since_when"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="consent_text_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    @property
    def words(self) -> str:
        """In the reader's language, or in Polish where it was not translated."""
        return {"en": self.text_en, "uk": self.text_uk}.get(get_language() or "pl", "") or self.text_pl

    def in_force(self, at: datetime) -> bool:
        return (
            self.status == self.Status.PUBLISHED
            and self.valid_from is not None
            and self.valid_from <= at
            and (self.valid_until is None or at < self.valid_until)
        )


class ConsentGiven(models.Model):
    """Somebody agreed to one version of a text: with an account, or about the thing that they sent."""

    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="given")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="consents")
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    contact = models.CharField(max_length=254, blank=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=20)

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(subject_id__isnull=False), name="consent_of_somebody"
            ),
            models.UniqueConstraint(
                fields=["person", "text"],
                condition=Q(person__isnull=False, subject_id__isnull=True, withdrawn_at__isnull=True),
                name="consent_given_once",
            ),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="consent_by_subject")]

    def __str__(self) -> str:
        return f"{self.text_id} {self.given_at:%Y-%m-%d}"


class Look(models.Model):
    """A clerk looked at somebody's data."""

    clerk = models.ForeignKey(Person, models.PROTECT, related_name="looks")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    about = models.CharField(max_length=254, blank=True)
    at = models.DateTimeField()
    channel = models.CharField(max_length=20)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["clerk", "subject_type", "subject_id", "at"], name="look_by_clerk"),
            models.Index(fields=["about", "at"], name="look_by_whose_data"),
            models.Index(fields=["at"], name="look_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.clerk_id} {self.subject_type} {self.subject_id}"


class RetentionRun(models.Model):
    """One going over what is due for removal, by one rule."""

    rule = models.CharField(_("rule"), max_length=60)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    before = models.DateTimeField(_("what ended before"))
    removed = models.PositiveIntegerField(_("removed"), default=0)
    by = models.CharField(_("by"), max_length=200)

    class Meta:
        ordering = ["-started_at", "-id"]

    def __str__(self) -> str:
        return f"{self.rule} {self.started_at:%Y-%m-%d}"
