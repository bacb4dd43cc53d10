"""The whole report on one page: what a phone can keep and fill in where there is no network."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.intake import queries
from okienko.features.faults.intake.forms import ContactForm, PlaceForm
from okienko.features.faults.models import Category
from okienko.features.faults.queries import questions_of
from okienko.ui.forms import PhotosField

LONGEST_ANSWER = 500


def _named(kind: Category) -> str:
    return f"{kind.parent}: {kind.name}" if kind.parent else kind.name


class WholeReportForm(PlaceForm, ContactForm):
    category = forms.ModelChoiceField(Category.objects.none(), label=_("What is it about?"))
    description = forms.CharField(
        label=_("What is wrong?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )
    attachments = PhotosField(label=_("Photos"), required=False)
    token = forms.CharField(min_length=20, max_length=64, widget=forms.HiddenInput)

    field_order = (
        "category", "description", "attachments", "street", "house_number", "place", "contact_email", "contact_phone",
        "wants_answer",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["category"]
        kinds.queryset, kinds.label_from_instance = queries.offered(), _named

    def clean(self) -> dict[str, Any]:
        PlaceForm.clean(self)
        return ContactForm.clean(self)

    def answers(self) -> list[tuple[str, str]]:
        asked = questions_of(self.cleaned_data["category"])
        return [(one.text, self.data.get(f"question_{one.pk}", "")[:LONGEST_ANSWER]) for one in asked]
