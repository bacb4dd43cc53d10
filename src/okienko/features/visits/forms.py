from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.features.visits import rules
from okienko.features.visits.actions import Contact
from okienko.features.visits.models import Service
from okienko.kernel.consents.forms import ConsentFields
from okienko.kernel.consents.rules import BOOKING
from okienko.ui.forms import Form


class ContactForm(Form):
    """Who comes, and how to reach them."""

    name = forms.CharField(
        label=gettext_lazy("First and last name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("We will write to you about this visit. Give an e-mail, a phone or both."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not rules.is_phone(phone):
            raise ValidationError(_("This is not a phone number. Give nine digits, for example 600 000 000."))
        return "".join(letter for letter in phone if letter.isdigit() or letter == "+")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors and not given.get("email") and not given.get("phone"):
            self.add_error(
                "email", ValidationError(_("Give an e-mail or a phone, so that we can reach you."))
            )
        return given

    def contact(self, language: str) -> Contact:
        given = self.cleaned_data
        return Contact(given["name"], given["email"], given["phone"], language)


class BookingForm(ConsentFields, ContactForm):
    """A resident's own form, with the consents in force."""

    about_the_reader = True
    consent_group = BOOKING

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if service.confirm_by == Service.ConfirmBy.LINK:
            self.fields["email"].required = True
            self.fields["email"].help_text = gettext_lazy("We will send you a link to confirm the visit.")


class PhoneBookingForm(ContactForm):
    """The same on the clerk's screen, with the times that are free."""

    start = forms.TypedChoiceField(
        label=gettext_lazy("Free times"), coerce=datetime.fromisoformat, widget=forms.RadioSelect
    )
    field_order = ["start", "name", "phone", "email"]

    def __init__(self, *args: Any, times: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].choices = times  # type: ignore[attr-defined]
        self.fields["start"].error_messages["invalid_choice"] = _(
            "This time is not free any more. Choose another."
        )


class CancelForm(Form):
    why = forms.CharField(
        label=gettext_lazy("Why? The resident will be told."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
