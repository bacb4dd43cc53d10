from __future__ import annotations

import hashlib

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okienko.ui.office import DEFAULT_COLOUR


class OfficeProfile(models.Model):
    """How the office shows itself on every page, in letters and in mails: one row, or none as long as nothing was set."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=120, blank=True)
    subtitle = models.CharField(_("line below the name"), max_length=200, blank=True)
    contact = models.CharField(_("contact"), max_length=300, blank=True)
    accessibility_page = models.URLField(_("accessibility statement"), blank=True)
    privacy_page = models.URLField(_("how personal data are processed"), blank=True)
    bip_page = models.URLField(_("BIP page"), blank=True)
    colour = models.CharField(_("colour"), max_length=7, default=DEFAULT_COLOUR)
    coat_of_arms = models.BinaryField(_("coat of arms"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_office"),
            models.CheckConstraint(condition=Q(colour__regex="^#[0-9a-f]{6}$"), name="office_colour"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def mark(self) -> str:
        """Names the picture by its content: a new one has a new address, and browsers may keep each for good."""
        return hashlib.sha256(bytes(self.coat_of_arms)).hexdigest()[:20] if self.coat_of_arms else ""
