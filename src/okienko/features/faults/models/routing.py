from __future__ import annotations

from django.db import models
from django.db.models import Deferrable
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models.categories import Category
from okienko.features.faults.models.places import Area
from okienko.kernel.units.models import Group


class RoutingRule(models.Model):
    """Of this category (with its kinds) and in this area: this group. Rules are asked in order, the first one wins."""

    position = models.PositiveSmallIntegerField(_("place in the order"))
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name=_("group"))
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["position"], name="fault_rule_place_once", deferrable=Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.category or '*'} / {self.area or '*'}: {self.group}"
