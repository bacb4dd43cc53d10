from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from okienko.kernel.units.models import Unit


class Joining(models.Model):
    """A unit joined the agreement of joint controllers and works here: who asked, since when, until when."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="joinings", verbose_name=_("unit"))
    asked_by = models.CharField(_("who asked"), max_length=200)
    agreed_on = models.DateField(_("date of the agreement"))
    starts_on = models.DateField(_("works here from"))
    ended_on = models.DateField(_("last day of the agreement"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["unit__sort_key", "-agreed_on"]
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(ended_on__isnull=True), name="joining_open_once"),
            models.CheckConstraint(condition=Q(starts_on__gte=F("agreed_on")), name="joining_starts_when_agreed"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("agreed_on")), name="joining_ends_after_agreed"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.unit.name

    def in_force(self, day: date) -> bool:
        return self.agreed_on <= day and (self.ended_on is None or day <= self.ended_on)


class Submission(models.Model):
    """A file of the fixed form as it came, and what the super-overseer decided about it."""

    joining = models.ForeignKey(Joining, models.PROTECT, related_name="submissions")
    name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    exception = models.CharField(_("why so late"), max_length=300, blank=True)
    brought_at = models.DateTimeField()
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    agreed = models.BooleanField(null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["-brought_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, agreed__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, agreed__isnull=False),
                name="joining_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(agreed=False) | ~Q(reason=""), name="joining_refused_for_a_reason"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
