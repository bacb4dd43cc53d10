from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from okienko.kernel.messages.declaring import Original
from okienko.kernel.messages.models import Settings
from okienko.ui.forms import Form, PhoneField


class TextForm(Form):
    subject = forms.CharField(label=_("Subject of the e-mail"), max_length=200, required=False)
    body = forms.CharField(
        label=_("Text of the e-mail"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Leave empty to write no e-mail."),
    )
    sms = forms.CharField(
        label=_("Text message"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Leave empty to send no text message."),
    )
    example = forms.CharField(
        label=_("Show with the data of the case number"),
        max_length=30,
        required=False,
        help_text=_("When it is empty, made-up data are shown."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, printed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if printed:
            del self.fields["sms"]
            self.fields["subject"].required = self.fields["body"].required = True
            self.fields["subject"].label = _("Heading of the letter")
            self.fields["body"].label, self.fields["body"].help_text = _("Text of the letter"), ""

    def text(self) -> Original:
        """What was typed, whether it is right or not: for the preview."""
        given = {
            name: str(self[name].value() or "").replace("\r\n", "\n")
            for name in ("subject", "body", "sms")
            if name in self.fields
        }
        return Original(**given)


class TrialForm(Form):
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = PhoneField(label=_("Mobile phone"), required=False)

    def clean(self) -> dict[str, Any]:
        if not self.errors and not any(self.cleaned_data.values()):
            self.add_error(
                "email", gettext("Say where to send it: an e-mail address, a phone number, or both.")
            )
        return self.cleaned_data


class SettingsForm(Form):
    fold_letters = forms.BooleanField(
        label=Settings._meta.get_field("fold_letters").verbose_name,
        required=False,
        help_text=_("“Zażółć” goes out as “Zazolc”: one part then holds 160 letters instead of 70."),
    )
    reply_to = forms.EmailField(
        label=Settings._meta.get_field("reply_to").verbose_name,
        required=False,
        help_text=_("When it is empty, replies come to the address that messages are sent from."),
    )
