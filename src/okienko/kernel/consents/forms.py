from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.base.time import now
from okienko.kernel.consents import queries, rules
from okienko.kernel.consents.actions import record_given
from okienko.kernel.consents.models import ConsentText
from okienko.kernel.history.actors import Actor
from okienko.kernel.people.forms.sign_in import SignUpForm
from okienko.kernel.people.models import Person
from okienko.ui.forms import DateField, DateTimeField, Form
from okienko.ui.forms.words import plain_messages


class ConsentFields:
    """Adds to any form the consents that its place asks for now; put it before the form among the bases.

    After the action, hand `consents()` to `actions.record_given`. When the text changed while somebody was
    filling in, the new one is shown and must be ticked.
    """

    consent_group: ClassVar[str]
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, at: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consents_at = at or now()
        self.consent_texts = list(queries.in_force(self.consent_group, self.consents_at))
        for text in self.consent_texts:
            field = forms.BooleanField(label=text.words, required=text.required)
            plain_messages(field)
            self.fields[_name(text)] = field

    @property
    def consent_names(self) -> set[str]:
        return {_name(text) for text in self.consent_texts}

    def consents(self) -> list[ConsentText]:
        return [text for text in self.consent_texts if self.cleaned_data.get(_name(text))]


def _name(text: ConsentText) -> str:
    return f"consent_{text.pk}"


class SignUpWithConsentsForm(ConsentFields, SignUpForm):
    """For ACCOUNT_FORMS: what an account asks for is ticked when it is made."""

    consent_group = rules.ACCOUNT

    def save(self, request: HttpRequest) -> Person:
        person: Person = super().save(request)
        by = Actor(person.pk, person.name)
        record_given(self.consents(), by=by, at=self.consents_at, person=person, contact=person.email)
        return person


class AcceptForm(Form):
    """New or changed required texts, all to be ticked."""

    def __init__(
        self, texts: list[ConsentText], data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        for text in texts:
            field = forms.BooleanField(label=text.words)
            self.prepare(field)
            self.fields[_name(text)] = field


class WithdrawForm(Form):
    sure = forms.BooleanField(label=gettext_lazy("Close my account and remove my data"))


class GroupForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        error_messages={"invalid": gettext_lazy("Only letters without marks, digits, - and _.")},
    )


class TextForm(Form):
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("The same in all versions of one text."),
        error_messages={"invalid": gettext_lazy("Only letters without marks, digits, - and _.")},
    )
    required = forms.BooleanField(label=gettext_lazy("Required"), required=False)
    text_pl = forms.CharField(
        label=gettext_lazy("Text in Polish"), max_length=20000, widget=forms.Textarea(attrs={"rows": 6})
    )
    text_en = forms.CharField(
        label=gettext_lazy("Text in English"),
        max_length=20000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    text_uk = forms.CharField(
        label=gettext_lazy("Text in Ukrainian"),
        max_length=20000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PublishForm(Form):
    valid_from = DateTimeField(
        label=gettext_lazy("In force from"), required=False, help_text=gettext_lazy("Empty: from now.")
    )


class LooksForm(Form):
    about = forms.CharField(
        label=gettext_lazy("Whose data"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("The e-mail or phone of the person."),
    )
    clerk = forms.CharField(label=gettext_lazy("E-mail of the clerk"), max_length=254, required=False)
    first = DateField(label=gettext_lazy("Since"), required=False)
    last = DateField(label=gettext_lazy("To"), required=False)

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.cleaned_data.get("about") and not self.cleaned_data.get("clerk"):
            self.add_error("about", _("Say whose data or which clerk."))
        return self.cleaned_data
