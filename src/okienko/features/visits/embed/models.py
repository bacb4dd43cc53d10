from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okienko.features.visits.embed import rules
from okienko.kernel.units.models import Unit


class Site(models.Model):
    """A site whose pages may show the form in a frame: of a unit, or of the whole office."""

    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    name = models.CharField(_("name"), max_length=100)
    origin = models.CharField(_("address of the site"), max_length=rules.LONGEST)
    active = models.BooleanField(_("may show the form"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            # It goes into a header of every page in the frame.
            models.CheckConstraint(condition=Q(origin__regex=rules.SHAPE), name="site_is_an_origin"),
            models.UniqueConstraint(
                fields=["origin", "unit"], nulls_distinct=False, name="site_once_for_a_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.name
