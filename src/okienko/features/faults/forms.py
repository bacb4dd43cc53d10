from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.queries import categories
from okienko.ui.forms import Form, PhotosField


class ReportForm(Form):
    """A resident's report: what, where, and only if wanted, who."""

    about_the_reader = True

    category = forms.ModelChoiceField(categories().none(), label=_("What is it about?"))
    place = forms.CharField(
        label=_("Where is it?"), max_length=300, help_text=_("Street and number, or what stands nearby.")
    )
    description = forms.CharField(
        label=_("What is wrong?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )
    attachments = PhotosField(label=_("Photos"), required=False)
    contact_email = forms.EmailField(
        label=_("Your e-mail"),
        required=False,
        help_text=_("Only if we are to write to you. You need not give it."),
    )
    contact_phone = forms.CharField(label=_("Your phone"), required=False, max_length=20)
    wants_answer = forms.BooleanField(label=_("I want an answer"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("wants_answer") and not (given.get("contact_email") or given.get("contact_phone")):
            self.add_error(
                "contact_email", ValidationError(_("Give an e-mail or a phone, so that we can answer."))
            )
        return given


class PhoneReportForm(ReportForm):
    """The same on the operator's screen, with the caller's name."""

    about_the_reader = False

    contact_name = forms.CharField(label=_("Caller's name"), required=False, max_length=200)
