from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from okienko.ui.forms import Form


class LetterForm(Form):
    """The whole letter as it will be printed; the texts come from the templates and may be changed for this one."""

    addressee = forms.CharField(label=_("Addressee"), max_length=200)
    address = forms.CharField(
        label=_("Address of the addressee"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )  # fmt: skip
    title = forms.CharField(label=_("Heading of the letter"), max_length=250)
    text = forms.CharField(
        label=_("Text of the letter"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Without the name, phone and e-mail of the reporter: they agreed to be answered by the office alone."),
    )  # fmt: skip
    enclosed = forms.MultipleChoiceField(
        label=_("Attachments"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose only pictures on which nobody can be recognised."),
    )  # fmt: skip
    signer = forms.CharField(label=_("Who signs"), max_length=200, help_text=_("First name and last name."))
    role = forms.CharField(label=_("Position of who signs"), required=False, max_length=200)
    email = forms.EmailField(
        label=_("Send it by e-mail to"), required=False, help_text=_("Leave empty to print it only.")
    )

    def __init__(self, files: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enclosed"].choices = [(str(pk), name) for pk, name in files]  # type: ignore[attr-defined]
        if not files:
            del self.fields["enclosed"]

    def told(self) -> dict[str, Any]:
        return self.cleaned_data | {"enclosed": [int(pk) for pk in self.cleaned_data.get("enclosed", ())]}
