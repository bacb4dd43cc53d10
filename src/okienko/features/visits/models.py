from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from okienko.base.numbers import read_aloud
from okienko.features.visits import rules
from okienko.kernel.slots.models import Claim, Resource


class Category(models.Model):
    """What services are about, as the office orders them for residents."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    sort_key = models.CharField(max_length=250, editable=False)

    class Meta:
        ordering = ["sort_key", "id"]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """What one comes to the office for: how long it takes, at which counters, how far ahead it can be booked."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")

    class ConfirmBy(models.TextChoices):
        NONE = "none", _("needs no confirming")
        LINK = "link", _("by a link in an e-mail")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    sort_key = models.CharField(max_length=500, editable=False)
    description = models.TextField(_("description"), blank=True)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="matters", verbose_name=_("category")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    minutes = models.PositiveSmallIntegerField(_("length of a visit (minutes)"))
    nearest_days = models.PositiveSmallIntegerField(_("nearest day, counted from today"), default=0)
    farthest_days = models.PositiveSmallIntegerField(_("farthest day, counted from today"), default=30)
    counters = models.ManyToManyField(Resource, related_name="+", verbose_name=_("counters"))
    hold_minutes = models.PositiveSmallIntegerField(_("time to fill in the form (minutes)"), default=5)
    confirm_by = models.CharField(_("confirming"), max_length=10, choices=ConfirmBy, default=ConfirmBy.NONE)
    confirm_minutes = models.PositiveSmallIntegerField(_("time to confirm (minutes)"), default=60)
    most_per_person = models.PositiveSmallIntegerField(
        _("most visits ahead on one e-mail or phone"), default=3
    )

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=480), name="visit_length_in_range"
            ),
            models.CheckConstraint(
                condition=Q(farthest_days__gte=F("nearest_days"), farthest_days__lte=366),
                name="visit_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=1, hold_minutes__lte=60), name="visit_hold_in_range"
            ),
            models.CheckConstraint(
                condition=Q(confirm_minutes__gte=5, confirm_minutes__lte=2880),
                name="visit_confirming_in_range",
            ),
            models.CheckConstraint(condition=Q(most_per_person__gte=1), name="visit_one_per_person_at_least"),
        ]

    def __str__(self) -> str:
        return self.title


class Booking(models.Model):
    """A visit that somebody has booked. Its time is the claim: held until it is confirmed, then taken."""

    class State(models.TextChoices):
        UNCONFIRMED = rules.State.UNCONFIRMED.value, _("waits for confirming")
        CONFIRMED = rules.State.CONFIRMED.value, _("confirmed")
        CANCELLED = rules.State.CANCELLED.value, _("cancelled")
        LAPSED = rules.State.LAPSED.value, _("not confirmed in time")

    class Source(models.TextChoices):
        WEB = "web", _("page")
        STAFF = "staff", _("staff")

    number = models.CharField(max_length=20, unique=True)
    service = models.ForeignKey(Service, models.PROTECT, related_name="bookings", verbose_name=_("matter"))
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="+", verbose_name=_("counter"))
    claim = models.OneToOneField(Claim, models.SET_NULL, null=True, blank=True, related_name="booking")
    hold_key = models.CharField(max_length=64, unique=True)
    secret = models.CharField(max_length=64, unique=True)
    start = models.DateTimeField(_("beginning"))
    end = models.DateTimeField(_("end"))
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(max_length=5)
    state = models.CharField(_("state"), max_length=12, choices=State)
    source = models.CharField(_("source"), max_length=5, choices=Source)
    created_at = models.DateTimeField(_("booked"))
    confirm_until = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(_("why cancelled"), max_length=500, blank=True)
    changes = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["start", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="visit_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(email="") | ~Q(phone=""), name="visit_has_a_contact"),
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
        ]
        indexes = [
            models.Index(fields=["start", "id"], name="visit_by_start"),
            models.Index(fields=["resource", "start"], name="visit_by_counter"),
            models.Index(fields=["confirm_until"], condition=Q(state="unconfirmed"), name="visit_to_confirm"),
            models.Index(fields=["email"], name="visit_by_email"),
            models.Index(fields=["phone"], name="visit_by_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.spoken_number} {self.service}"

    @property
    def spoken_number(self) -> str:
        return read_aloud(self.number)

    @property
    def place(self) -> str:
        """Where to come, in one line."""
        location = self.resource.location
        where = (
            [location.name, location.address]
            if location
            else [self.resource.unit.name, self.resource.unit.address]
        )
        return ", ".join([part for part in where if part] + [self.resource.name])

    def state_at(self, at: datetime) -> rules.State:
        return rules.state_at(self.state, self.confirm_until, at)
