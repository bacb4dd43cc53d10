from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from okienko.features.visits.desk import rules
from okienko.features.visits.models import Booking, Service
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.models import Location


class WaitingRoom(models.Model):
    """A place where people wait to be called. Whoever has the key may show its kiosk and its display."""

    location = models.OneToOneField(Location, models.PROTECT, related_name="waiting_room")
    key = models.CharField(max_length=40, unique=True)
    walk_in_minutes = models.PositiveSmallIntegerField(
        _("turn of those without booking, minutes after coming"), default=15
    )
    late_minutes = models.PositiveSmallIntegerField(
        _("minutes of being late that a booking allows"), default=10
    )
    day = models.DateField(null=True, editable=False)
    last_number = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(walk_in_minutes__lte=240, late_minutes__lte=240), name="waiting_in_range"
            )
        ]

    def __str__(self) -> str:
        return self.location.name


class Ticket(models.Model):
    """Somebody who came today, with the number by which they are called. No name stands here."""

    class State(models.TextChoices):
        WAITING = rules.State.WAITING.value, _("waits")
        CALLED = rules.State.CALLED.value, _("called")
        DONE = rules.State.DONE.value, _("served")
        GONE = rules.State.GONE.value, _("did not come when called")

    room = models.ForeignKey(WaitingRoom, models.PROTECT, related_name="tickets")
    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    service = models.ForeignKey(Service, models.PROTECT, related_name="+", verbose_name=_("matter"))
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, related_name="ticket")
    key = models.CharField(max_length=64, blank=True, default="", db_default="")
    """Of the page of the kiosk on which the number was taken."""
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    came_at = models.DateTimeField()
    turn_at = models.DateTimeField()
    resource = models.ForeignKey(Resource, models.PROTECT, null=True, related_name="+")
    called_at = models.DateTimeField(null=True)
    calls = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["turn_at", "came_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["room", "day", "number"], name="number_once_a_day"),
            models.UniqueConstraint(
                fields=["room", "day", "service", "key"], condition=~Q(key=""), name="number_once_for_a_key"
            ),
            models.UniqueConstraint(
                fields=["resource"], condition=Q(state="called"), name="one_visitor_at_a_counter"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", resource__isnull=True, called_at__isnull=True)
                | Q(~Q(state="waiting"), resource__isnull=False, called_at__isnull=False),
                name="called_by_a_counter",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "called"], ended_at__isnull=True)
                | Q(state__in=["done", "gone"], ended_at__gte=F("called_at")),
                name="ended_after_called",
            ),
        ]
        indexes = [
            models.Index(
                fields=["room", "day", "turn_at", "came_at"],
                condition=Q(state="waiting"),
                name="ticket_in_turn",
            ),
            models.Index(fields=["room", "day", "called_at"], name="ticket_by_call"),
        ]

    def __str__(self) -> str:
        return str(self.number)
