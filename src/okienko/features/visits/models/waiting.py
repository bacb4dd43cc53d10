"""Who waits for an earlier time than those that are free."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okienko.features.visits import rules
from okienko.features.visits.models.booking import Booking, place_of
from okienko.features.visits.models.offering import Service
from okienko.kernel.slots.models import Resource
from okienko.kernel.units.models import Location


class Waiting(models.Model):
    """Word left for an earlier time. What is offered is held under `key`, and that hold ends by its time alone."""

    class State(models.TextChoices):
        WAITING = rules.Waits.WAITING.value, _("waits")
        OFFERED = rules.Waits.OFFERED.value, _("a time is offered")
        DONE = rules.Waits.DONE.value, _("has an earlier time")
        LEFT = rules.Waits.LEFT.value, _("left the list")

    service = models.ForeignKey(Service, models.PROTECT, related_name="waiting", verbose_name=_("matter"))
    places = models.ManyToManyField(Location, blank=True, related_name="+", verbose_name=_("places"))
    last_day = models.DateField(_("until when"))
    booking = models.ForeignKey(Booking, models.CASCADE, null=True, blank=True, related_name="waiting")
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(max_length=5)
    secret = models.CharField(max_length=64, unique=True)
    network = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("since"))
    turn_at = models.DateTimeField()
    """Since when one stands in the line: anew after an offer that was let pass."""
    key = models.CharField(max_length=64, blank=True)
    resource = models.ForeignKey(Resource, models.PROTECT, null=True, blank=True, related_name="+")
    start = models.DateTimeField(null=True, blank=True)
    offered_until = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["turn_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone="") | Q(forgotten_at__isnull=False),
                name="waiting_has_a_contact",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered")
                | ~Q(key="")
                & Q(resource__isnull=False, start__isnull=False, offered_until__isnull=False),
                name="waiting_offered_what",
            ),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="waiting_one_key_one_offer"),
            models.UniqueConstraint(
                fields=["service", "email"], condition=Q(state="waiting") & ~Q(email=""),
                name="waiting_once_by_e_mail",
            ),
            models.UniqueConstraint(
                fields=["service", "phone"], condition=Q(state="waiting") & ~Q(phone=""),
                name="waiting_once_by_phone",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["service", "turn_at", "id"], condition=Q(state="waiting"), name="waiting_in_line"
            ),
            models.Index(
                fields=["network", "created_at"], condition=~Q(network=""), name="waiting_by_network"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.last_day}"

    @property
    def place(self) -> str:
        """Where the time that is offered would be."""
        return place_of(self.resource) if self.resource else ""

    def state_at(self, at: datetime) -> rules.Waits:
        return rules.waits_at(self.state, self.last_day, self.offered_until, at)
