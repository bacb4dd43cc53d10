from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from okienko.kernel.calendars.models import Calendar
from okienko.kernel.units.models import Location, Unit

MOST_PLACES = 999


def _only(column: str) -> Func:
    """A range of one number: `&&` between two of them is equality, which GiST knows without any extension."""
    return Func(F(column), F(column), Value("[]"), function="int8range")


class Resource(models.Model):
    """A counter, a lecturer, a room: whose time is given."""

    kind = models.CharField(max_length=40)
    name = models.CharField(_("name or symbol"), max_length=100)
    sort_key = models.CharField(max_length=250, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="resources", verbose_name=_("unit"))
    location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="resources", verbose_name=_("place")
    )
    calendar = models.ForeignKey(
        Calendar, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("calendar")
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=100, help_text=_("The smallest is chosen first.")
    )
    active = models.BooleanField(_("in use"), default=True)
    hours_version = models.PositiveIntegerField(default=1, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["priority", "sort_key", "id"]

    def __str__(self) -> str:
        return self.name


class ReceptionHours(models.Model):
    """A template of hours laid over a range of dates of one resource; two never lie over the same day."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="hours")
    dates = DateRangeField(_("days"))
    week = models.JSONField(_("hours of each weekday"))
    step = models.PositiveSmallIntegerField(_("a visit begins every (minutes)"))
    pause = models.PositiveSmallIntegerField(_("pause between visits (minutes)"), default=0)
    places = models.PositiveSmallIntegerField(_("places at the same time"), default=1)
    kept_back = models.PositiveSmallIntegerField(
        _("share kept for walk-ins and the phone (%)"),
        default=0,
        help_text=_("These times are not offered on the web; staff can book them."),
    )

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="hours_once_per_day",
                expressions=[
                    (_only("resource_id"), RangeOperators.OVERLAPS),
                    ("dates", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(step__gte=1, step__lte=1440), name="hours_step_within_a_day"),
            models.CheckConstraint(
                condition=Q(places__gte=1, places__lte=MOST_PLACES), name="hours_places_in_range"
            ),
            models.CheckConstraint(condition=Q(pause__lte=480), name="hours_pause_in_range"),
            models.CheckConstraint(condition=Q(kept_back__lte=100), name="hours_share_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id}: {self.dates}"

    @property
    def last(self) -> date | None:
        """The last day, if there is one: the range in the database ends before its upper bound."""
        return self.dates.upper - timedelta(days=1) if self.dates.upper else None


class Claim(models.Model):
    """A piece of somebody's time given away: held for a while, or taken. The constraint below is the promise."""

    class Kind(models.TextChoices):
        HOLD = "hold", _("held")
        TAKEN = "taken", _("taken")
        CLOSED = "closed", _("closed")

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="claims")
    place = models.PositiveSmallIntegerField(default=1)
    cell = models.GeneratedField(
        expression=F("resource_id") * 1000 + F("place"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    during = DateTimeRangeField()
    kind = models.CharField(max_length=8, choices=Kind)
    expires_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    subject_id = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="time_given_once",
                expressions=[(_only("cell"), RangeOperators.OVERLAPS), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST_PLACES), name="claim_place_in_range"
            ),
            models.CheckConstraint(
                condition=Q(kind="hold", expires_at__isnull=False)
                | Q(~Q(kind="hold"), expires_at__isnull=True),
                name="only_holds_expire",
            ),
            models.CheckConstraint(
                condition=Q(
                    during__isempty=False, during__startswith__isnull=False, during__endswith__isnull=False
                ),
                name="claim_has_a_beginning_and_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["key"], name="claim_by_key"),
            models.Index(
                fields=["expires_at"], condition=Q(expires_at__isnull=False), name="claim_by_expiry"
            ),
            models.Index(
                fields=["subject_id"], condition=Q(subject_id__isnull=False), name="claim_by_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id}/{self.place} {self.during} {self.kind}"
