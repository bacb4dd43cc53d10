"""Many visits changed at once: what was ordered, and how far it is with each of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okienko.features.visits.models.booking import Booking
from okienko.kernel.people.models import Person
from okienko.kernel.slots.models import Resource


class MassChange(models.Model):
    class Way(models.TextChoices):
        CANCEL = "cancel", _("cancel")
        NEAREST = "nearest", _("move to the nearest free time, at any counter that handles it")
        COUNTER = "counter", _("move to another counter at the same hours")
        DAY = "day", _("move to another day, as near to the same hour as can be")

    way = models.CharField(_("what to do"), max_length=10, choices=Way)
    counter = models.ForeignKey(Resource, models.PROTECT, null=True, blank=True, related_name="+")
    day = models.DateField(null=True, blank=True)
    closing = models.BooleanField(default=False)
    why = models.CharField(_("why"), max_length=500)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=200)
    ordered_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-ordered_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(way="counter") | Q(counter__isnull=False), name="mass_change_to_which_counter"
            ),
            models.CheckConstraint(
                condition=~Q(way="day") | Q(day__isnull=False), name="mass_change_to_which_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.ordered_at:%Y-%m-%d}"


class MassStep(models.Model):
    """One of the visits. What is done with it and that it is done are written together or not at all."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        DONE = "done", _("done")
        LEFT = "left", _("left as it was")

    change = models.ForeignKey(MassChange, models.CASCADE, related_name="steps", db_index=False)
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="+")
    seen = models.PositiveIntegerField()
    """How often the visit had been changed when this was ordered: what somebody changed since is left alone."""
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "booking"], name="mass_change_has_a_visit_once")
        ]
        indexes = [
            models.Index(fields=["change", "id"], condition=Q(state="waiting"), name="mass_steps_that_wait")
        ]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.booking_id}"
