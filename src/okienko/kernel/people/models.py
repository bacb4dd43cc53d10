from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from okienko.base.text import sort_key
from okienko.kernel.units.models import Group, Unit


class People(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """One account per person, resident or staff."""

    class Kind(models.TextChoices):
        RESIDENT = "resident", _("resident")
        STAFF = "staff", _("staff member")

    email = models.EmailField(_("e-mail"), unique=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    sort_key = models.CharField(max_length=500, editable=False)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=5, default="pl")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.RESIDENT)
    must_use_second_factor = models.BooleanField(_("must use a second factor"), default=False)
    away_from = models.DateField(_("on leave from"), null=True, blank=True)
    away_until = models.DateField(_("on leave until"), null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("account since"))
    left_at = models.DateTimeField(_("gone since"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[People] = People()

    token_scopes: frozenset[str] | None = None
    holdings: Any = None
    """What they were given, once `access` has read it: for one request."""

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_once_in_any_case"),
            models.CheckConstraint(
                condition=Q(away_from__isnull=True)
                | Q(away_until__isnull=True)
                | Q(away_until__gte=F("away_from")),
                name="person_leave_ends_after_it_begins",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(f"{self.last_name} {self.first_name} {self.email}")
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_staff_member(self) -> bool:
        return self.kind == self.Kind.STAFF

    def away_on(self, day: date) -> bool:
        if self.away_from is None:
            return False
        return self.away_from <= day and (self.away_until is None or day <= self.away_until)


class Grant(models.Model):
    """A role given to a person: everywhere, in a unit or in a group, for a time."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="grants", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=60)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("unit")
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("group")
    )
    valid_from = models.DateTimeField(_("from"))
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("given by")
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True) | Q(group__isnull=True), name="grant_in_one_place"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="grant_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "unit", "group"],
                condition=Q(valid_until__isnull=True),
                nulls_distinct=False,
                name="grant_open_once",
            ),
        ]
        indexes = [models.Index(fields=["role", "unit"], name="grant_by_role")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"

    def in_force(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


class SecondFactorRule(models.Model):
    """Whoever holds this role must use a second factor."""

    role = models.CharField(_("role"), max_length=60, unique=True)

    class Meta:
        ordering = ["role"]

    def __str__(self) -> str:
        return self.role


class ApiToken(models.Model):
    """A key for a program. Only its hash is kept; what it may do is the person's roles cut down to its scopes."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens", verbose_name=_("person"))
    name = models.CharField(_("what it is for"), max_length=200)
    scopes = models.JSONField(_("scopes"), default=list)
    digest = models.BinaryField(max_length=32, unique=True)
    hint = models.CharField(max_length=12)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class OrganisationImport(models.Model):
    """A spreadsheet with the whole organisation, as it came: first shown, then perhaps applied."""

    name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    uploaded_at = models.DateTimeField(_("read"))
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    class Meta:
        ordering = ["-uploaded_at", "-id"]

    def __str__(self) -> str:
        return self.name
