from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from okienko.features.visits.rush import rules
from okienko.features.visits.rush.models import Release
from okienko.kernel.calendars.words import WEEKDAYS
from okienko.ui.forms import Form, TimeField, WholeNumberField

_FIELDS = (
    "active", "hour", "weekdays", "early_minutes", "at_once", "choose_minutes", "most_per_network", "version",
)  # fmt: skip


class ReleaseForm(Form):
    active = forms.BooleanField(
        label=_("New times open at a set hour"),
        required=False,
        help_text=_("Before that hour nobody can book them, neither residents nor staff."),
    )
    hour = TimeField(label=_("Hour"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=list(zip(rules.WEEK, WEEKDAYS, strict=True)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What lies between two of these days opens at once: with Monday alone, a whole week."),
    )
    early_minutes = WholeNumberField(
        label=_("The waiting room opens so many minutes before"),
        min_value=0,
        max_value=240,
        help_text=_("Those who are there at the hour get their places by lot."),
    )
    at_once = WholeNumberField(
        label=_("How many people choose at once"),
        min_value=1,
        max_value=1000,
        help_text=_("The more at once, the sooner all is given out. A small server can serve about 100."),
    )
    choose_minutes = WholeNumberField(
        label=_("How long each may choose (minutes)"), min_value=2, max_value=60
    )
    most_per_network = WholeNumberField(
        label=_("Most places from one network address"),
        min_value=1,
        max_value=10000,
        help_text=_("A school or an office has one address for all. Too low a number shuts people out."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def values_of(release: Release) -> dict[str, Any]:
        return {name: getattr(release, name) for name in _FIELDS}

    @staticmethod
    def usual() -> dict[str, Any]:
        return {
            "hour": "8:00", "weekdays": rules.WEEK, "early_minutes": 30, "at_once": 20, "choose_minutes": 5,
            "most_per_network": 50, "version": 1,
        }  # fmt: skip
