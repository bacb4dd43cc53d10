from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models import Firm
from okienko.kernel.cases.forms import refuse_wrong_days
from okienko.kernel.cases.models import Case
from okienko.kernel.cases.rules import Step
from okienko.ui.forms import DateField, Form, PhoneField, PhotosField


class FirmForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("The link of each order is sent there.")
    )
    phone = PhoneField(label=_("Phone"), required=False)
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class OrderForm(Form):
    """A firm of the register, or a new one with its name."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    firm = forms.ModelChoiceField(
        Firm.objects.none(), label=_("Firm"), required=False, empty_label=_("another one, named below")
    )
    name = forms.CharField(label=_("Name of a new firm"), required=False, max_length=200)
    email = forms.EmailField(
        label=_("E-mail of a new firm"), required=False, help_text=_("The link of each order is sent there.")
    )
    ordered = DateField(label=_("Ordered on"))
    until = DateField(label=_("Until when"))
    task = forms.CharField(
        label=_("What is to be done"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The firm reads this. Without names, phones and anything else about the reporter."),
    )
    photos = forms.MultipleChoiceField(
        label=_("Photos that the firm sees"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, step: Step, case: Case, photos: Sequence[tuple[int, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.step, self.case = step, case
        self.fields["firm"].queryset = Firm.objects.filter(active=True)  # type: ignore[attr-defined]
        self.fields["photos"].choices = [(str(pk), name) for pk, name in photos]  # type: ignore[attr-defined]
        if not photos:
            del self.fields["photos"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if bool(given.get("firm")) == bool(given.get("name")):
            self.add_error("firm", ValidationError(_("Choose a firm or name a new one.")))
        days = {name: given[name] for name in ("ordered", "until") if given.get(name)}
        refuse_wrong_days(self, self.step, self.case, days, on=self.today)
        return given


class RefuseForm(Form):
    reason = forms.CharField(label=_("Why not?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class WorkForm(Form):
    words = forms.CharField(
        label=_("What was done"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    attachments = PhotosField(label=_("Photos"), required=False)
