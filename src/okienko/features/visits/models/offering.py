"""What visits are booked for: categories, services, the fields of their forms, templates of hours."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from okienko.kernel.slots.models import Resource


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
        LINK = "link", _("by a link in a message")
        PIN = "pin", _("by a PIN from a message, typed in on the page")

    class SentBy(models.TextChoices):
        EMAIL = "email", _("e-mail; SMS to those who gave only a phone")
        SMS = "sms", _("SMS; e-mail to those who gave only an e-mail")

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
    offer_minutes = models.PositiveSmallIntegerField(
        _("how long a freed time is kept for whoever waits (minutes)"), default=60
    )
    confirm_by = models.CharField(_("confirming"), max_length=10, choices=ConfirmBy, default=ConfirmBy.NONE)
    confirm_over = models.CharField(
        _("what the link or the PIN is sent by"),
        max_length=5,
        choices=SentBy,
        default=SentBy.EMAIL,
    )
    confirm_minutes = models.PositiveSmallIntegerField(_("time to confirm (minutes)"), default=60)
    remind_hours = models.JSONField(_("reminders, hours before the visit"), default=list, blank=True)
    remind_over = models.CharField(
        _("what reminders are sent by"), max_length=5, choices=SentBy, default=SentBy.EMAIL
    )
    thanks = models.JSONField(_("what the page says when the visit is booked"), default=dict, blank=True)
    most_per_person = models.PositiveSmallIntegerField(
        _("most visits ahead on one e-mail or phone"), default=3
    )
    most_holds = models.PositiveSmallIntegerField(
        _("most times held from one network address within an hour"), default=30, db_default=30
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
                condition=Q(offer_minutes__gte=5, offer_minutes__lte=1440), name="visit_offer_in_range"
            ),
            models.CheckConstraint(
                condition=Q(confirm_minutes__gte=5, confirm_minutes__lte=2880),
                name="visit_confirming_in_range",
            ),
            models.CheckConstraint(condition=Q(most_per_person__gte=1), name="visit_one_per_person_at_least"),
            models.CheckConstraint(condition=Q(most_holds__gte=1), name="visit_one_hold_at_least"),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def handled_at(self) -> dict[int, int | None]:
        """Its counters, each with how long a visit takes there where that is its own."""
        return dict(self.handling.values_list("resource_id", "minutes"))

    @cached_property
    def given_at(self) -> list[Resource]:
        """Its counters with their places, the first in the order of priority first, also those not in use."""
        return list(self.counters.select_related("location", "unit"))

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
    help_texts = models.JSONField(default=dict, db_default={}, blank=True)
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

    def help_in(self, language: str) -> str:
        return str(self.help_texts.get(language) or self.help_text)


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
