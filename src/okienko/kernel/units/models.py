from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Unit(models.Model):
    """A ministry, a city hall, a department, a municipal entity, an office, a branch: one node of the tree."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    path = models.CharField(max_length=255, editable=False, unique=True)
    symbol = models.CharField(_("symbol"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=250)
    sort_key = models.CharField(max_length=500, editable=False)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    fax = models.CharField(_("fax"), max_length=40, blank=True)
    web_page = models.URLField(_("web page"), blank=True)
    bip_page = models.URLField(_("BIP page"), blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    territory = models.JSONField(_("territory (GeoJSON)"), null=True, blank=True)
    own_entity = models.BooleanField(_("an entity of its own, outside the office"), default=False)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="unit_position_on_the_map",
            ),
        ]
        indexes = [models.Index(fields=["path"], name="unit_path_prefix", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        return self.path.count("/") - 1


class Group(models.Model):
    """People of one unit who work on the same things: coordinators, executors, consultants."""

    class Kind(models.TextChoices):
        COORDINATORS = "coordinators", _("coordinators")
        EXECUTORS = "executors", _("executors")
        OTHER = "other", _("other")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="groups", verbose_name=_("unit"))
    symbol = models.CharField(_("symbol"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    sort_key = models.CharField(max_length=400, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["sort_key", "id"]

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place where people come: a building or a part of it, run by a unit."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="locations", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=200)
    sort_key = models.CharField(max_length=400, editable=False)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    fax = models.CharField(_("fax"), max_length=40, blank=True)
    web_page = models.URLField(_("web page"), blank=True)
    bip_page = models.URLField(_("BIP page"), blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    directions = models.TextField(_("how to get there"), blank=True)
    open_for_visits = models.BooleanField(_("visits can be booked here now"), default=True)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["sort_key", "id"]

    def __str__(self) -> str:
        return self.name
