from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class Endpoint(models.Model):
    """Another program that wants to be told what happens here."""

    name = models.CharField(_("what it is for"), max_length=200)
    url = models.URLField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    salt = models.CharField(max_length=64)
    active = models.BooleanField(_("in use"), default=True)
    added_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> bytes:
        """What signs. Made of the office's own secret, so that a copy of the database alone signs nothing."""
        return salted_hmac("okienko.webhooks", self.salt, algorithm="sha256").digest()


class Delivery(models.Model):
    """One event for one address: a row of the transaction in which it happened."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=60, unique=True)
    event = models.CharField(max_length=80)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    told = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "-id"], condition=Q(state="failed"), name="delivery_failed"),
            models.Index(fields=["made_at"], name="delivery_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"
