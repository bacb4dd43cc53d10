"""The whole report on one page: what a phone can keep and fill in where there is no network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.intake import queries
from okienko.features.faults.intake.forms import ContactForm, PlaceForm, Questions
from okienko.features.faults.models import Category, Question
from okienko.ui.forms import PhotosField


def _named(kind: Category) -> str:
    return f"{kind.parent}: {kind.name}" if kind.parent else kind.name


class QuestionsWithoutNetwork(Questions):
    """Where nobody can be asked whether it is right, the browser itself is told what must be said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = True


class WholeReportForm(QuestionsWithoutNetwork, PlaceForm, ContactForm):
    category = forms.ModelChoiceField(Category.objects.none(), label=_("What is it about?"))
    description = forms.CharField(
        label=_("What is wrong?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )
    attachments = PhotosField(label=_("Photos"), required=False)
    token = forms.CharField(min_length=20, max_length=64, widget=forms.HiddenInput)

    ORDER = (
        "description", "attachments", "street", "house_number", "place", "contact_email", "contact_phone",
        "wants_answer",
    )  # fmt: skip

    def __init__(self, questions: Sequence[Question], *args: Any, **kwargs: Any) -> None:
        super().__init__(questions, *args, **kwargs)
        self.order_fields(["category", *self.questions, *self.ORDER])
        kinds: Any = self.fields["category"]
        kinds.queryset, kinds.label_from_instance = queries.offered(), _named

    def clean(self) -> dict[str, Any]:
        PlaceForm.clean(self)
        return ContactForm.clean(self)

    def beside_questions(self) -> list[forms.BoundField]:
        """What is seen of the rest."""
        return [self[name] for name in self.ORDER]
