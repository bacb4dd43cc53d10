from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.intake.forms import ContactForm, Questions
from okienko.features.faults.models import Category, Question
from okienko.features.faults.places.forms import PlaceFields
from okienko.features.faults.queries import categories
from okienko.features.faults.rules import RPW_PATTERN
from okienko.kernel.cases.models import Channel
from okienko.ui.forms import FilesField, Form, PhoneField

BY_HAND = (Channel.PHONE, Channel.LETTER, Channel.MAIL, Channel.DESK)


class CategoryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in stubs alone
    """Its two letters come first: typing them chooses it in every browser."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.shortcut} {obj.name}"


class IntakeForm(Questions, PlaceFields, ContactForm):
    """All of a call on one page, in the order in which it is told."""

    about_the_reader = False

    category = CategoryChoice(Category.objects.none(), label=_("What is it about?"), empty_label="")
    description = forms.CharField(
        label=_("What is wrong?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    wants_answer = forms.BooleanField(label=_("Wants an answer"), required=False)
    contact_name = forms.CharField(label=_("Caller's name"), required=False, max_length=200)
    contact_phone = PhoneField(label=_("Caller's phone"), required=False, max_length=20)
    contact_email = forms.EmailField(label=_("Caller's e-mail"), required=False)
    rpw = forms.RegexField(RPW_PATTERN, label=_("RPW number"), required=False, max_length=20)
    channel = forms.ChoiceField(
        label=_("How it came"), choices=[(one.value, one.label) for one in BY_HAND], required=False
    )
    attachments = FilesField(label=_("Files"), required=False)

    ORDER = ("category", "street", "house_number", "place", "description", "wants_answer", "contact_name", "contact_phone",
             "contact_email", "rpw", "channel", "attachments", "latitude", "longitude")  # fmt: skip

    def __init__(self, questions: Sequence[Question], *args: Any, **kwargs: Any) -> None:
        super().__init__(questions, *args, **kwargs)
        self.fields["category"].queryset = categories().filter(takes_mail=False).order_by("shortcut")  # type: ignore[attr-defined]
        self.order_fields(["category", *self.questions, *self.ORDER[1:]])

    def clean(self) -> dict[str, Any]:
        PlaceFields.clean(self)
        return ContactForm.clean(self)


def call_whoever_reported(form: IntakeForm) -> None:
    """Not all who report are callers."""
    for name, label in (
        ("contact_name", _("Name of the reporter")),
        ("contact_phone", _("Phone of the reporter")),
        ("contact_email", _("E-mail of the reporter")),
    ):
        form.fields[name].label = label


class SearchForm(Form):
    q = forms.CharField(label=_("Number, phone, name, street or words"), required=False, max_length=200)


class EnquiryForm(Form):
    words = forms.CharField(
        label=_("What was asked"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    done = forms.CharField(
        label=_("What was done"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    expected = forms.CharField(
        label=_("What is expected"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
