"""A visit that somebody has booked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from okienko.base.numbers import read_aloud
from okienko.features.visits import rules
from okienko.features.visits.models.offering import Service
from okienko.kernel.people.models import Person
from okienko.kernel.slots.models import Claim, Resource


def place_of(counter: Resource) -> str:
    """Where to come, in one line."""
    location = counter.location
    where = [location.name, location.address] if location else [counter.unit.name, counter.unit.address]
    return ", ".join([part for part in where if part] + [counter.name])


class Booking(models.Model):
    """A visit that somebody has booked. Its time is the claim: held until it is confirmed, then taken."""

    class State(models.TextChoices):
        UNCONFIRMED = rules.State.UNCONFIRMED.value, _("waits for confirming")
        CONFIRMED = rules.State.CONFIRMED.value, _("confirmed")
        CANCELLED = rules.State.CANCELLED.value, pgettext_lazy("a visit", "cancelled")
        LAPSED = rules.State.LAPSED.value, _("not confirmed in time")

    class Source(models.TextChoices):
        WEB = "web", _("page")
        STAFF = "staff", _("staff")
        PROGRAM = "program", _("other program")
        EMBEDDED = "embedded", _("page of another site")

    number = models.CharField(max_length=20, unique=True)
    service = models.ForeignKey(Service, models.PROTECT, related_name="bookings", verbose_name=_("matter"))
    resource = models.ForeignKey(
        Resource, models.PROTECT, related_name="+", verbose_name=_("counter"), db_index=False
    )
    claim = models.OneToOneField(Claim, models.SET_NULL, null=True, blank=True, related_name="booking")
    hold_key = models.CharField(max_length=64)
    secret = models.CharField(max_length=64)
    start = models.DateTimeField(_("beginning"))
    end = models.DateTimeField(_("end"))
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(max_length=5)
    state = models.CharField(_("state"), max_length=12, choices=State)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    site = models.CharField(_("site"), max_length=255, blank=True, default="", db_default="")
    """The origin of the site in whose frame it was booked."""
    created_at = models.DateTimeField(_("booked"))
    confirm_by = models.CharField(max_length=10, choices=Service.ConfirmBy, default=Service.ConfirmBy.NONE)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    reminded_due = models.DateTimeField(null=True, blank=True)
    """When the last reminder of this time was due; the next is one that is due later."""
    network = models.CharField(max_length=64, blank=True)
    confirm_until = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(_("why cancelled"), max_length=500, blank=True)
    changes = models.PositiveIntegerField(default=0)
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="visits", verbose_name=_("account")
    )
    answers = models.JSONField(default=list, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["start", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="visit_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone="") | Q(forgotten_at__isnull=False),
                name="visit_has_a_contact",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True) | Q(state="confirmed"), name="only_confirmed_visits_take_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="visit_confirmed_when"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False), name="visit_cancelled_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["unconfirmed", "lapsed"]) | Q(confirm_until__isnull=False),
                name="visit_to_confirm_until",
            ),
            models.CheckConstraint(
                condition=Q(source="embedded") & ~Q(site="") | ~Q(source="embedded") & Q(site=""),
                name="embedded_visit_has_a_site",
            ),
            models.UniqueConstraint(fields=["hold_key"], name="visit_of_one_hold"),
            models.UniqueConstraint(fields=["secret"], name="visit_secret_once"),
        ]
        indexes = [
            models.Index(fields=["start", "id"], name="visit_by_start"),
            models.Index(fields=["resource", "start"], name="visit_by_counter"),
            models.Index(fields=["confirm_until"], condition=Q(state="unconfirmed"), name="visit_to_confirm"),
            models.Index(fields=["network", "created_at"], condition=~Q(network=""), name="visit_by_network"),
            models.Index(Upper("email"), name="visit_by_email_in_any_case"),
            models.Index(fields=["phone"], name="visit_by_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.spoken_number} {self.service}"

    @property
    def spoken_number(self) -> str:
        return read_aloud(self.number)

    @property
    def answered(self) -> list[tuple[str, Any]]:
        """Each question with its answer, dates as dates."""
        return [
            (one["label"], date.fromisoformat(one["value"]) if one["kind"] == "date" else one["value"])
            for one in self.answers
        ]

    @property
    def place(self) -> str:
        return place_of(self.resource)

    def state_at(self, at: datetime) -> rules.State:
        return rules.state_at(self.state, self.confirm_until, at)
