from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from okienko.features.visits.models import Service
from okienko.features.visits.rush import rules


def _every_day() -> list[int]:
    return list(rules.WEEK)


class Release(models.Model):
    """At what hour the newest days of a service open, and how those who come for them are let in."""

    service = models.OneToOneField(Service, models.PROTECT, related_name="release")
    active = models.BooleanField(_("new times open at a set hour"), default=False)
    hour = models.TimeField(_("hour at which new times open"))
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("days"), default=_every_day)
    early_minutes = models.PositiveSmallIntegerField(
        _("waiting room opens, minutes before the hour"), default=30
    )
    at_once = models.PositiveSmallIntegerField(_("people who choose at once"), default=20)
    choose_minutes = models.PositiveSmallIntegerField(_("time to choose (minutes)"), default=5)
    most_per_network = models.PositiveSmallIntegerField(_("most places from one network address"), default=50)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__len__gt=0, weekdays__contained_by=list(rules.WEEK)),
                name="release_on_days_of_the_week",
            ),
            models.CheckConstraint(condition=Q(early_minutes__lte=240), name="release_early_in_range"),
            models.CheckConstraint(
                condition=Q(at_once__gte=1, at_once__lte=1000), name="release_at_once_in_range"
            ),
            models.CheckConstraint(
                condition=Q(choose_minutes__gte=2, choose_minutes__lte=60), name="release_choosing_in_range"
            ),
            models.CheckConstraint(condition=Q(most_per_network__gte=1), name="release_one_place_at_least"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.hour:%H:%M}"

    def last(self, at: datetime) -> rules.Opening:
        """The newest days that can be booked."""
        return self._opening(rules.last_release(at, self.hour, self.weekdays))

    def next(self, at: datetime) -> rules.Opening:
        return self._opening(rules.next_release(at, self.hour, self.weekdays))

    def joined(self, at: datetime) -> rules.Opening:
        """The one whose line somebody who comes now would stand in."""
        coming = self.next(at)
        return coming if coming.hour_at - self.early <= at else self.last(at)

    @property
    def early(self) -> timedelta:
        return timedelta(minutes=self.early_minutes)

    @property
    def choosing(self) -> timedelta:
        return timedelta(minutes=self.choose_minutes)

    def _opening(self, day: date) -> rules.Opening:
        return rules.opening(day, self.hour, self.weekdays, self.service.farthest_days)


class Line(models.Model):
    """Those who came for the days of one release. The seed is drawn at the hour, with it the order of the early."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="lines")
    hour_at = models.DateTimeField(_("new times opened"))
    first_day = models.DateField()
    last_day = models.DateField()
    seed = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True)
    drawn = models.PositiveIntegerField(default=0)
    last_number = models.PositiveIntegerField(default=0)
    called = models.PositiveIntegerField(default=0)
    """The highest number that has been called."""
    called_at = models.DateTimeField(null=True)
    """When somebody was last called: calls follow one another, also where clocks of processes differ."""
    free = models.PositiveIntegerField(null=True)
    looked_at = models.DateTimeField(null=True)
    """When it was last counted how many of the new times are free."""
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-hour_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["release", "hour_at"], name="one_line_for_a_release"),
            models.CheckConstraint(
                condition=Q(seed="", drawn_at__isnull=True) | (~Q(seed="") & Q(drawn_at__gte=F("hour_at"))),
                name="line_drawn_at_the_hour",
            ),
            models.CheckConstraint(
                condition=Q(called__lte=F("last_number"), drawn__lte=F("last_number")),
                name="line_numbers_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.hour_at:%Y-%m-%d %H:%M}"


class Place(models.Model):
    """One visitor's place. Who holds the token has it; only what the token hashes to is kept."""

    class End(models.TextChoices):
        BOOKED = rules.State.BOOKED.value, _("booked")
        LEFT = rules.State.LEFT.value, _("left the line")

    line = models.ForeignKey(Line, models.PROTECT, related_name="places", db_index=False)
    token_hash = models.CharField(max_length=64)
    came_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    number = models.PositiveIntegerField(null=True)
    called_at = models.DateTimeField(null=True)
    """When they were first called; a call that they miss is repeated when they are back."""
    passed_at = models.DateTimeField(null=True)
    """When they were first passed by, being away."""
    arrived_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    key = models.CharField(max_length=64, blank=True)
    """What their time is held under."""
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=8, choices=End, blank=True)

    class Meta:
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="number_once_in_a_line"),
            models.UniqueConstraint(fields=["token_hash"], name="place_in_line_of_one_token"),
            models.CheckConstraint(
                condition=Q(called_at__isnull=True, until__isnull=True, arrived_at__isnull=True)
                | Q(called_at__isnull=False, until__isnull=False, number__isnull=False),
                name="turn_of_a_number",
            ),
            models.CheckConstraint(
                condition=Q(end="", ended_at__isnull=True) | (~Q(end="") & Q(ended_at__isnull=False)),
                name="place_ended_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["line", "number"],
                condition=Q(ended_at__isnull=True, arrived_at__isnull=True),
                name="place_to_call",
            ),
            models.Index(
                fields=["line", "until"],
                condition=Q(ended_at__isnull=True, called_at__isnull=False),
                name="place_inside",
            ),
            models.Index(
                fields=["line", "number"],
                condition=Q(ended_at__isnull=False, called_at__isnull=True),
                name="place_given_up",
            ),
            models.Index(fields=["key"], condition=~Q(key=""), name="place_by_hold"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.number or '–'}"


class Network(models.Model):
    """How many places one address of the network has in a line: counted in one row, so that the limit holds exactly."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="networks")
    mark = models.CharField(max_length=64)
    places = models.PositiveIntegerField()
    without_work = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "mark"], name="network_once_in_a_line")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.places}"
