from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from okienko.kernel.cases.models import Case
from okienko.kernel.units.models import Unit


class Outage(models.Model):
    """A time in which the office worked on paper."""

    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    reason = models.CharField(_("reason"), max_length=500)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entry_closed_at = models.DateTimeField(null=True)
    entry_closed_reason = models.CharField(
        _("why nothing more is entered afterwards"), max_length=500, blank=True
    )

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gt=F("began_at")), name="outage_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(entry_closed_at__isnull=True, entry_closed_reason="")
                | Q(Q(entry_closed_at__isnull=False), ~Q(entry_closed_reason="")),
                name="outage_closed_for_a_reason",
            ),
            ExclusionConstraint(
                name="outage_one_at_a_time",
                expressions=[
                    (
                        Func("began_at", "ended_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return formats.date_format(timezone.localtime(self.began_at), "DATETIME_FORMAT")

    def covers(self, moment: datetime) -> bool:
        return self.began_at <= moment and (self.ended_at is None or moment <= self.ended_at)


class Told(models.Model):
    """Who was told that the system is down, when and how."""

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="told")
    who = models.CharField(_("who was told"), max_length=200)
    told_at = models.DateTimeField(_("told at"))
    how = models.CharField(_("how"), max_length=200)

    class Meta:
        ordering = ["told_at", "pk"]

    def __str__(self) -> str:
        return self.who


class Entered(models.Model):
    """A report that was taken on paper while the system was down."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="entered")
    outage = models.ForeignKey(Outage, models.PROTECT, related_name="entered")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.outage_id}"


class Pack(models.Model):
    """The open work of a unit as of the last night: a document at hand for a day without the system."""

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.unit.name
