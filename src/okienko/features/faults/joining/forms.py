from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from okienko.kernel.people.views.organisation import FileForm
from okienko.kernel.units.models import Unit
from okienko.ui.forms import DateField, FilesField, Form


class JoinForm(Form):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"))
    asked_by = forms.CharField(
        label=_("Who asked to join"), max_length=200, help_text=_("For example: Jan Próbny, director, letter of 3 November.")
    )  # fmt: skip
    agreed_on = DateField(label=_("Date of the agreement"))
    starts_on = DateField(
        label=_("Works here from"), help_text=_("The data of its people come at least 5 days before.")
    )
    agreement = FilesField(label=_("The agreement as a file"), required=False, limit=3)

    def __init__(self, units: QuerySet[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class ChangeForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    asked_by = forms.CharField(label=_("Who asked to join"), max_length=200)
    agreed_on = DateField(label=_("Date of the agreement"))
    starts_on = DateField(label=_("Works here from"))
    ended_on = DateField(
        label=_("Last day of the agreement"), required=False, help_text=_("Leave empty as long as it lasts.")
    )
    agreement = FilesField(label=_("The agreement as a file"), required=False, limit=3)


class BringForm(FileForm):
    exception = forms.CharField(
        label=_("Why so late"), required=False, max_length=300,
        help_text=_("Only when the file comes less than 5 days before the start."),
    )  # fmt: skip

    def __init__(self, *args: Any, may_agree: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_agree:
            del self.fields["exception"]


class RefuseForm(Form):
    reason = forms.CharField(
        label=_("What is to be changed"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
