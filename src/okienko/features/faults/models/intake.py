from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models.reports import Report
from okienko.kernel.units.models import Group


class Draft(models.Model):
    """A report that is being written, without contact data: those are asked last and go with the sending.

    Its key is the secret of its pages, and afterwards what keeps the same report from coming in twice.
    """

    key = models.CharField(max_length=40)
    told = models.JSONField(default=dict)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="fault_draft_key_once")]

    def __str__(self) -> str:
        return self.key


class Joined(models.Model):
    """Somebody who said of a report “me too”, and perhaps wants to be told of changes."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="joined")
    key = models.CharField(max_length=40)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5, default="pl")
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "key"], name="fault_joined_once"),
            models.UniqueConstraint(
                fields=["report", "person"],
                condition=Q(person__isnull=False),
                name="fault_joined_once_by_person",
            ),
            models.UniqueConstraint(
                fields=["report", "email"], condition=~Q(email=""), name="fault_joined_once_by_email"
            ),
            models.UniqueConstraint(
                fields=["report", "phone"], condition=~Q(phone=""), name="fault_joined_once_by_phone"
            ),
        ]
        # Who takes an address back has nothing but the key.
        indexes = [models.Index(fields=["key"], name="fault_joined_by_key")]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.joined_at}"


class Enquiry(models.Model):
    """Somebody asked how a report stands; `group`: whom the question was passed to, if anybody."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="enquiries")
    asked_at = models.DateTimeField()
    words = models.TextField(_("what was asked"))
    done = models.TextField(_("what was done"), blank=True)
    expected = models.TextField(_("what is expected"), blank=True)
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return self.words


class MapCell(models.Model):
    """How many reports lie in a square of the map, and the sum of their coordinates: kept by a trigger.

    A square has several rows (`shard`), so that those who report at once do not queue for one.
    """

    zoom = models.PositiveSmallIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    open = models.BooleanField()
    shard = models.PositiveSmallIntegerField()
    reports = models.BigIntegerField()
    latitudes = models.FloatField()
    longitudes = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zoom", "x", "y", "open", "shard"], name="fault_cell_once")
        ]

    def __str__(self) -> str:
        return f"{self.zoom}/{self.x}/{self.y}: {self.reports}"
