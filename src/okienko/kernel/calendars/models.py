from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from okienko.kernel.calendars import rules
from okienko.kernel.units.models import Unit


class Calendar(models.Model):
    """When an office works. What stands here is in force now; `Edition` keeps what was in force before."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="calendars", verbose_name=_("unit")
    )
    timezone = models.CharField(_("time zone"), max_length=60, default="Europe/Warsaw")
    week = models.JSONField(_("weekly hours"), default=dict)
    statutory = models.BooleanField(_("closed on days off by statute"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="calendar_version_from_one"),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarException(models.Model):
    """A date on which the office is closed or has hours of its own."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="exceptions")
    date = models.DateField(_("date"))
    hours = models.JSONField(_("hours"), default=list)
    note = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "date"], name="calendar_exception_once_a_date")
        ]

    def __str__(self) -> str:
        return f"{self.date}"


class Edition(models.Model):
    """A calendar as it stood in one version: deadlines that keep running by it stay explainable."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="editions")
    version = models.PositiveIntegerField()
    since = models.DateTimeField()
    timezone = models.CharField(max_length=60)
    week = models.JSONField()
    statutory = models.BooleanField()
    exceptions = models.JSONField()
    notes = models.JSONField(default=dict)

    class Meta:
        ordering = ["calendar", "version"]
        constraints = [models.UniqueConstraint(fields=["calendar", "version"], name="calendar_edition_once")]

    def __str__(self) -> str:
        return f"{self.calendar_id} #{self.version}"


class Clock(models.Model):
    """A deadline that runs for something. Its due time always follows from its start, rule and stops."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        MET = "met", _("met")
        CANCELLED = "cancelled", _("cancelled")

    class CountsFrom(models.TextChoices):
        AS_IT_CAME = rules.CountsFrom.AS_IT_CAME.value, _("when it came")
        LATE_IS_NEXT_DAY = rules.CountsFrom.LATE_IS_NEXT_DAY.value, _("after closing: the next working day")
        OUTSIDE_IS_NEXT_DAY = (
            rules.CountsFrom.OUTSIDE_IS_NEXT_DAY.value,
            _("outside hours: the next working day"),
        )

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    code = models.CharField(max_length=40)
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="clocks", db_index=False)
    calendar_version = models.PositiveIntegerField()
    rule = models.JSONField()
    counts_from = models.CharField(max_length=30, choices=CountsFrom, default=CountsFrom.AS_IT_CAME)
    started_at = models.DateTimeField()
    stops = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "stopped", "met", "cancelled"]), name="clock_state_known"
            ),
            models.CheckConstraint(
                condition=Q(counts_from__in=[choice.value for choice in rules.CountsFrom]),
                name="clock_counts_from_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(due_at__isnull=False), name="clock_running_is_due_some_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "stopped"], ended_at__isnull=True)
                | Q(state__in=["met", "cancelled"], ended_at__isnull=False),
                name="clock_ended_when_it_ended",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="clock_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "code"],
                condition=Q(ended_at__isnull=True),
                name="clock_open_once_for_a_purpose",
            ),
        ]
        indexes = [
            models.Index(
                fields=["calendar"], name="clock_open_by_calendar", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["due_at"], name="clock_open_by_due", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["subject_type", "subject_id"], name="clock_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.code}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def is_late(self, at: datetime) -> bool:
        """Whether its time is over without it being met, or was over when it was."""
        if self.due_at is None or self.state == self.State.CANCELLED:
            return False
        return (self.ended_at or at) > self.due_at
