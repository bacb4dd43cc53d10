"""A resident's report, one decision per page; each page is one of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models import Question
from okienko.features.faults.places.forms import PlaceFields
from okienko.features.faults.queries import categories
from okienko.ui.forms import Form, PhoneField, PhotosField

LONGEST_ANSWER = 500


class Questions(Form):
    """What this category needs to know: a field per question, by whose name the answer finds it in another category too."""

    def __init__(self, questions: Sequence[Question], *args: Any, **kwargs: Any) -> None:
        self.questions = {f"answer_{one.pk}": one for one in questions}
        super().__init__(*args, **kwargs)
        asked = {
            name: forms.CharField(label=one.text, required=one.required, max_length=LONGEST_ANSWER)
            for name, one in self.questions.items()
        }
        for field in asked.values():
            self.prepare(field)
        self.fields = asked | self.fields

    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in self.questions]

    def answers(self) -> list[tuple[str, str]]:
        return [(one.text, self.cleaned_data[name]) for name, one in self.questions.items()]

    def told(self) -> dict[str, Any]:
        """Everything else."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.questions}


def answered(questions: Sequence[Question], said: Mapping[str, str]) -> dict[str, str]:
    """What was said to questions in these words, as the fields have it."""
    return {f"answer_{one.pk}": said.get(one.text, "") for one in questions}


class CategoryForm(Form):
    category = forms.ModelChoiceField(categories().none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories().filter(handled_elsewhere="", takes_mail=False)  # type: ignore[attr-defined]


class PlaceForm(PlaceFields):
    """Where it is, for residents."""


class WhatForm(Questions):
    description = forms.CharField(
        label=_("What is wrong?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )
    attachments = PhotosField(label=_("Photos"), required=False)


class ToldOfChanges(Form):
    about_the_reader = True

    contact_email = forms.EmailField(
        label=_("Your e-mail"),
        required=False,
        help_text=_("Only if we are to write to you. You need not give it."),
    )
    contact_phone = PhoneField(label=_("Your phone"), required=False, max_length=20)


class ContactForm(ToldOfChanges):
    wants_answer = forms.BooleanField(label=_("I want an answer"), required=False)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("wants_answer") and not (given.get("contact_email") or given.get("contact_phone")):
            self.add_error(
                "contact_email", ValidationError(_("Give an e-mail or a phone, so that we can answer."))
            )
        return given


class PhotosForm(Form):
    attachments = PhotosField(label=_("Photos"))


class AskForm(Form):
    words = forms.CharField(
        label=_("What do you want to know?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class NumberForm(Form):
    numer = forms.CharField(
        label=_("Number of the report"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )


class ReleaseForm(Form):
    text = forms.CharField(
        label=_("Text that everybody sees"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Without names, phones and anything else about people. Empty: nothing is shown."),
    )
    place = forms.BooleanField(label=_("Everybody sees the exact place"), required=False)
    photos = forms.MultipleChoiceField(
        label=_("Photos that everybody sees"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, photos: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].choices = [(str(pk), name) for pk, name in photos]  # type: ignore[attr-defined]
        if not photos:
            del self.fields["photos"]
