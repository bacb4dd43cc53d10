from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from okienko.kernel.units.models import Unit


class Boxed(models.Model):
    """Something drawn on the map, with the box around it: the database looks for boxes, Python for what is inside."""

    name = models.CharField(_("name"), max_length=150)
    sort_key = models.CharField(max_length=300, editable=False)
    shape = models.JSONField()
    south = models.FloatField()
    west = models.FloatField()
    north = models.FloatField()
    east = models.FloatField()
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        abstract = True
        ordering = ["sort_key", "id"]

    def __str__(self) -> str:
        return self.name


def _box(name: str) -> list[Any]:
    return [models.CheckConstraint(condition=Q(south__lte=F("north"), west__lte=F("east")), name=name)]


class Area(Boxed):
    """A district of the city, or the part of it that a unit looks after. `shape`: polygons of rings of points."""

    class Kind(models.TextChoices):
        DISTRICT = "district", _("district")
        TERRITORY = "territory", _("territory of a unit")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DISTRICT)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )

    class Meta(Boxed.Meta):
        constraints = [
            *_box("fault_area_box"),
            models.UniqueConstraint(fields=["kind", "name"], name="fault_area_name_once"),
        ]
        indexes = [models.Index(fields=["south", "north", "west", "east"], name="fault_area_by_box")]


class Street(Boxed):
    """`shape`: lines of points. `folded` is the name as somebody in a hurry types it."""

    folded = models.CharField(max_length=150, editable=False)

    class Meta(Boxed.Meta):
        constraints = [
            *_box("fault_street_box"),
            models.UniqueConstraint(fields=["name"], name="fault_street_name_once"),
        ]


class RegisterAnswer(models.Model):
    """What a national register said of a square metre: it is not asked twice."""

    request = models.CharField(max_length=30)
    east = models.IntegerField()
    north = models.IntegerField()
    fields = models.JSONField(null=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "east", "north"], name="fault_register_asked_once")
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.east},{self.north}"
