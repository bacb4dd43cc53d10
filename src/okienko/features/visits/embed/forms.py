from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from okienko.base.decisions import Refused
from okienko.features.visits.embed import rules
from okienko.features.visits.embed.models import Site
from okienko.features.visits.models import Service
from okienko.kernel.units.models import Location, Unit
from okienko.ui.forms import Form, WholeNumberField


class SiteForm(Form):
    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("For yourselves: whose site it is."))
    origin = forms.CharField(
        label=_("Address of the site"),
        max_length=rules.LONGEST,
        help_text=_(
            "The beginning of its address, up to the first slash: https://bip.example.pl. With a star it stands for all "
            "that lies under a domain: https://*.example.pl."
        ),
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Unit"),
        required=False,
        empty_label=_("the whole office"),
        help_text=_("Who may change this: administrators of this unit, or only those of the whole office."),
    )
    active = forms.BooleanField(label=_("May show the form"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, units: QuerySet[Unit], whole_office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = units
        if not whole_office:
            field.required, field.empty_label = True, None
            self.prepare(field)

    def clean_origin(self) -> str:
        try:
            return rules.origin(self.cleaned_data["origin"])
        except Refused as refused:
            raise forms.ValidationError(refused.reason) from refused

    @staticmethod
    def values_of(site: Site) -> dict[str, Any]:
        return {
            "name": site.name,
            "origin": rules.shown(site.origin),
            "unit": site.unit_id,
            "active": site.active,
            "version": site.version,
        }


class SnippetForm(Form):
    """What the page of the other site shows: sent by GET, so that the result has an address."""

    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), empty_label=None)
    service = forms.ModelChoiceField(
        label=_("Matter"),
        queryset=Service.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("let residents choose"),
    )
    place = forms.ModelChoiceField(
        label=_("Place"),
        queryset=Location.objects.none(),
        required=False,
        empty_label=_("let residents choose"),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        help_text=_("Residents can change it in the frame."),
    )
    height = WholeNumberField(
        label=_("Height in pixels"),
        min_value=rules.LOWEST,
        max_value=rules.HIGHEST,
        help_text=_(
            "For browsers without scripts. Where the script runs, the frame is as high as what it shows."
        ),
    )
    script = forms.BooleanField(label=_("With the script that changes the height"), required=False)

    def __init__(
        self,
        *args: Any,
        sites: QuerySet[Site],
        services: QuerySet[Service],
        places: QuerySet[Location],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("site", sites), ("service", services), ("place", places)):
            self.fields[name].queryset = choices  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", _("as the browser says")), *settings.LANGUAGES]  # type: ignore[attr-defined]
