from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from okienko.ui.forms import Form, PhotosField

LARGEST = 5 * 1024 * 1024


class OfficeForm(Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy(
            "Stands at the top of every page, in the title of the window and before the address of your mails."
        ),
    )
    subtitle = forms.CharField(
        label=gettext_lazy("Line below the name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example the department, or a sentence about what can be done here."),
    )
    contact = forms.CharField(
        label=gettext_lazy("Contact"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Address and phone, at the foot of the pages for residents."),
    )
    accessibility_page = forms.URLField(
        label=gettext_lazy("Accessibility statement"),
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy(
            "Address of the page. The law asks every public office for one; it is linked at the foot of the pages."
        ),
    )
    privacy_page = forms.URLField(
        label=gettext_lazy("How personal data are processed"), required=False, assume_scheme="https"
    )
    bip_page = forms.URLField(label=gettext_lazy("BIP page"), required=False, assume_scheme="https")
    colour = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=gettext_lazy("Colour"),
        help_text=gettext_lazy("Its lightness is adapted, so that words on it and in it can always be read."),
        widget=forms.ColorInput,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).lower()


class CoatOfArmsForm(Form):
    picture = PhotosField(
        label=gettext_lazy("Picture"),
        required=False,
        limit=1,
        max_bytes=LARGEST,
        accept="image/png,image/jpeg,image/webp",
        help_text=gettext_lazy("PNG, JPEG or WebP of at most 5 MB, best with a transparent ground."),
    )
    without = forms.BooleanField(
        label=gettext_lazy("Have no coat of arms: a plain sign is drawn"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("picture") == [] and not self.cleaned_data.get("without"):
            self.add_error("picture", self.fields["picture"].error_messages["required"])
        return self.cleaned_data
