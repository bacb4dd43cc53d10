from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models.reports import Report


class Firm(models.Model):
    """A contractor: a firm outside the office that is given work."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    sort_key = models.CharField(max_length=400, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["sort_key", "id"]

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """Work given to a firm, with a link of its own. It is told only what stands here: nothing of the reporter.

    `files`: documents of the case that the firm sees. `closed_at`: from then on the link does nothing more.
    """

    class State(models.TextChoices):
        SENT = "sent", _("not answered yet")
        ACCEPTED = "accepted", _("taken on")
        REFUSED = "refused", _("refused")
        DONE = "done", _("said to be done")
        APPROVED = "approved", _("work accepted")
        REJECTED = "rejected", _("work rejected")
        REVOKED = "revoked", _("link withdrawn")

    report = models.ForeignKey(Report, models.CASCADE, related_name="orders")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="orders")
    key = models.CharField(max_length=64, unique=True)
    task = models.TextField(_("what is to be done"))
    files = models.JSONField(default=list)
    ordered_on = models.DateField(_("ordered on"))
    until = models.DateField(_("until when"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SENT)
    reason = models.TextField(_("reason"), blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("the link works until"))
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(closed_at__isnull=True), name="fault_order_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected", "revoked"]) | Q(closed_at__isnull=False),
                name="fault_order_ended_is_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.firm}"

    def works(self, at: datetime) -> bool:
        """Whether the link still does something."""
        return self.closed_at is None and at < self.expires_at


class OrderNote(models.Model):
    """What the firm wrote about its work."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="notes")
    words = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "id"]

    def __str__(self) -> str:
        return self.words
