from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from okienko.base.numbers import read_aloud
from okienko.features.visits import rules
from okienko.kernel.people.models import Person
from okienko.kernel.slots.models import Claim, Resource


class Category(models.Model):
    """What services are about, as the office orders them for residents."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    sort_key = models.CharField(max_length=250, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

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
    counters = models.ManyToManyField(
        Resource, through="Handling", related_name="+", verbose_name=_("counters")
    )
    hold_minutes = models.PositiveSmallIntegerField(_("time to fill in the form (minutes)"), default=5)
    confirm_by = models.CharField(_("confirming"), max_length=10, choices=ConfirmBy, default=ConfirmBy.NONE)
    confirm_minutes = models.PositiveSmallIntegerField(_("time to confirm (minutes)"), default=60)
    most_per_person = models.PositiveSmallIntegerField(
        _("most visits ahead on one e-mail or phone"), default=3
    )
    version = models.PositiveIntegerField(default=1, editable=False)

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

    @cached_property
    def handled_at(self) -> dict[int, int | None]:
        """Its counters, each with how long a visit takes there where that is its own."""
        return dict(self.handling.values_list("resource_id", "minutes"))

    def minutes_at(self, resource_id: int) -> int:
        return self.handled_at.get(resource_id) or self.minutes

    def lengths_at(self, counters: Iterable[Resource]) -> dict[int, int]:
        return {counter.pk: self.minutes_at(counter.pk) for counter in counters}


class Handling(models.Model):
    """A service at one of its counters, where a visit may take longer or shorter than elsewhere."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="handling")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "resource"], name="visit_handled_once_at_a_counter"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1, minutes__lte=480),
                name="visit_own_length_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} at {self.resource_id}"


class ExtraField(models.Model):
    """What a service asks beside the name and the contact."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        LONG_TEXT = "long_text", _("long text")
        YES_NO = "yes_no", _("yes or no")
        CHOICE = "choice", _("list to choose from")
        NUMBER = "number", _("whole number")
        DATE = "date", _("date")
        PESEL = "pesel", _("PESEL")
        IDENTITY_CARD = "identity_card", _("number of the identity card")
        PASSPORT = "passport", _("number of the passport")
        NIP = "nip", _("NIP")
        REGON = "regon", _("REGON")
        VIN = "vin", _("VIN")
        PLATE = "plate", _("registration plate")
        LAND_REGISTER = "land_register", _("number in the land register")
        IBAN_PL = "iban_pl", _("Polish bank account")
        IBAN = "iban", _("bank account of any country (IBAN)")
        POSTAL_CODE = "postal_code", _("postal code")
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")
        PATTERN = "pattern", _("number of a given shape")

    service = models.ForeignKey(Service, models.CASCADE, related_name="extra_fields")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    label = models.CharField(_("label"), max_length=200)
    labels = models.JSONField(default=dict, blank=True)
    help_text = models.CharField(_("help"), max_length=300, blank=True)
    required = models.BooleanField(_("must be filled in"), default=False)
    options = models.JSONField(default=list, blank=True)
    pattern = models.CharField(max_length=60, blank=True)
    least = models.IntegerField(null=True, blank=True)
    most = models.IntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=10)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label

    def label_in(self, language: str) -> str:
        return str(self.labels.get(language) or self.label)


class HoursTemplate(models.Model):
    """Hours of reception under a name, to be laid over the days of any counter."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    sort_key = models.CharField(max_length=250, editable=False)
    week = models.JSONField(_("hours of each weekday"))
    step = models.PositiveSmallIntegerField(_("a visit begins every (minutes)"))
    pause = models.PositiveSmallIntegerField(_("pause between visits (minutes)"), default=0)
    places = models.PositiveSmallIntegerField(_("places at the same time"), default=1)
    kept_back = models.PositiveSmallIntegerField(_("share kept for walk-ins and the phone (%)"), default=0)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["sort_key", "id"]

    def __str__(self) -> str:
        return self.name

    def hours(self) -> dict[str, Any]:
        """As `slots` takes them."""
        return {name: getattr(self, name) for name in ("week", "step", "pause", "places", "kept_back")}


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
    def answered(self) -> list[tuple[str, Any]]:
        """Each question with its answer, dates as dates."""
        return [
            (one["label"], date.fromisoformat(one["value"]) if one["kind"] == "date" else one["value"])
            for one in self.answers
        ]

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
