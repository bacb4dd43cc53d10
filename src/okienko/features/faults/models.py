from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from okienko.kernel.cases.models import Case
from okienko.kernel.units.models import Group


class Category(models.Model):
    """What a report is about: roads, greenery, waste; below each, its kinds."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="kinds")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    shortcut = models.CharField(_("two letters"), max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=100)
    sort_key = models.CharField(max_length=250, editable=False)
    checklist = models.TextField(_("what to ask about"), blank=True)
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("group")
    )
    handled_elsewhere = models.TextField(_("where to turn instead, if it is not handled here"), blank=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="fault_category_not_its_own_parent")
        ]

    def __str__(self) -> str:
        return self.name


class Report(models.Model):
    """What a fault report has beside what every case has: a category and a place."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="report")
    category = models.ForeignKey(Category, models.PROTECT, related_name="reports")
    place = models.CharField(_("place in words"), max_length=300)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    language = models.CharField(_("language of the reporter"), max_length=5, default="pl")
    forgotten_at = models.DateTimeField(null=True, editable=False)
    rpw = models.CharField(_("RPW number"), max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="fault_position_on_the_map",
            ),
        ]

    def __str__(self) -> str:
        return self.place
