from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from okienko.features.visits.forms.booking import Trapped, WhoForm
from okienko.features.visits.models import Service
from okienko.kernel.consents.forms import ConsentFields
from okienko.kernel.consents.rules import BOOKING
from okienko.kernel.units.models import Location
from okienko.ui.forms import DateField


class WaitingForm(ConsentFields, Trapped, WhoForm):
    about_the_reader = True
    consent_group = BOOKING

    last_day = DateField(
        label=gettext_lazy("Until what day would it suit you?"),
        help_text=gettext_lazy("The last day on which you could come."),
    )
    places = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Where would it suit you?"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: anywhere."),
    )
    field_order = ["last_day", "places", "name", "email", "phone"]

    def __init__(self, *args: Any, service: Service, places: Sequence[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service, self.known = service, {place.pk: place for place in places}
        self.fields["email"].help_text = gettext_lazy(
            "We will write to you when a time is free. Give an e-mail, a phone or both."
        )
        field = self.fields["places"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [(place.pk, place.name) for place in places]
        if len(places) < 2:
            del self.fields["places"]

    def chosen_places(self) -> list[Location]:
        return [self.known[pk] for pk in self.cleaned_data.get("places", ())]
