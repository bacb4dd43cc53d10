from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models import Area
from okienko.ui.forms import FilesField, Form

MOST_BYTES = 40_000_000
STREETS = "streets"


class LoadForm(Form):
    kind = forms.ChoiceField(
        label=_("What the file holds"), choices=[*Area.Kind.choices, (STREETS, _("streets"))]
    )
    file = FilesField(
        label=_("GeoJSON file"),
        accept=".geojson,.json,application/geo+json",
        limit=1,
        max_bytes=MOST_BYTES,
        help_text=_(
            "Longitude and latitude (WGS84). Each feature has a name; the territory of a unit also its symbol as “unit”."
        ),
    )


def coordinate(label: Any, limit: int) -> forms.FloatField:
    """Out of sight: a map, the device or an address fills it in, words do without."""
    return forms.FloatField(
        label=label, required=False, min_value=-limit, max_value=limit, widget=forms.HiddenInput
    )


class PlaceFields(Form):
    """Where it is: an address, a point, or words; any of them is enough."""

    street = forms.CharField(label=_("Street"), max_length=150, required=False)
    house_number = forms.CharField(label=_("House number"), max_length=20, required=False)
    place = forms.CharField(
        label=_("Where is it?"), max_length=300, required=False, help_text=_("What stands nearby.")
    )
    latitude = coordinate(_("Latitude"), 90)
    longitude = coordinate(_("Longitude"), 180)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if (given.get("latitude") is None) != (given.get("longitude") is None):
            given["latitude"] = given["longitude"] = None
        if not (given.get("place") or given.get("street") or given.get("latitude") is not None):
            field = "street" if "street" in self.fields else "place"
            self.add_error(
                field, ValidationError(_("Say where it is: a street, a point on the map or words."))
            )
        return given


class ChangePlaceForm(PlaceFields):
    cadastral_district = forms.CharField(label=_("Cadastral district"), max_length=60, required=False)
    parcel = forms.CharField(label=_("Parcel number"), max_length=40, required=False)
    latitude = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90,
                                localize=True, widget=forms.TextInput)  # fmt: skip
    longitude = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180,
                                 localize=True, widget=forms.TextInput)  # fmt: skip
