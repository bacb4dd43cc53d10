from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.kernel.units.models import Group, Unit
from okienko.ui.forms import Form

SHAPES = {"Polygon", "MultiPolygon"}


class PlaceFields(Form):
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    fax = forms.CharField(label=gettext_lazy("Fax"), max_length=40, required=False)
    web_page = forms.URLField(label=gettext_lazy("Web page"), required=False, assume_scheme="https")
    bip_page = forms.URLField(label=gettext_lazy("BIP page"), required=False, assume_scheme="https")
    latitude = forms.FloatField(
        label=gettext_lazy("Latitude"),
        min_value=-90,
        max_value=90,
        required=False,
        localize=True,
        widget=forms.TextInput,
    )
    longitude = forms.FloatField(
        label=gettext_lazy("Longitude"),
        min_value=-180,
        max_value=180,
        required=False,
        localize=True,
        widget=forms.TextInput,
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for here, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if given.get(here) is None and given.get(other) is not None and here not in self.errors:
                self.add_error(here, _("A place on the map needs both numbers."))
        return given


class TerritoryField(forms.JSONField):
    def prepare_value(self, value: Any) -> Any:
        """Nothing is an empty field, not the word for nothing in JSON."""
        return "" if value is None else super().prepare_value(value)


class UnitForm(PlaceFields):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=250)
    symbol = forms.CharField(label=gettext_lazy("Symbol"), max_length=20)
    parent = forms.ModelChoiceField(
        Unit.objects.none(),
        label=gettext_lazy("Belongs to"),
        required=False,
        empty_label=gettext_lazy("– to none: it is the top –"),
    )
    own_entity = forms.BooleanField(
        label=gettext_lazy("An entity of its own, outside the office"), required=False
    )
    territory = TerritoryField(
        label=gettext_lazy("Territory (GeoJSON)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"invalid": gettext_lazy("This is not GeoJSON. Paste a Polygon or a MultiPolygon.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    field_order = ["name", "symbol", "parent", "address", "phone", "email", "fax", "web_page", "bip_page"]

    def __init__(
        self,
        parents: QuerySet[Unit],
        data: Mapping[str, Any] | None = None,
        *,
        may_be_top: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        parent = self.fields["parent"]
        assert isinstance(parent, forms.ModelChoiceField)  # noqa: S101
        parent.queryset = parents
        parent.required = not may_be_top

    def clean_territory(self) -> Any:
        territory = self.cleaned_data["territory"]
        if territory is not None and not (
            isinstance(territory, dict)
            and territory.get("type") in SHAPES
            and isinstance(territory.get("coordinates"), list)
        ):
            raise forms.ValidationError(_("This is not GeoJSON. Paste a Polygon or a MultiPolygon."))
        return territory


class GroupForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    symbol = forms.CharField(label=gettext_lazy("Symbol"), max_length=40)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Group.Kind.choices)
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class LocationForm(PlaceFields):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    directions = forms.CharField(
        label=gettext_lazy("How to get there"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    open_for_visits = forms.BooleanField(
        label=gettext_lazy("Visits can be booked here now"), required=False, initial=True
    )
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    field_order = [
        "name",
        "address",
        "phone",
        "email",
        "fax",
        "web_page",
        "bip_page",
        "latitude",
        "longitude",
    ]


class SwitchOffForm(Form):
    sure = forms.BooleanField(
        label=gettext_lazy("Nothing new goes there; what was there stays, with its history")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
