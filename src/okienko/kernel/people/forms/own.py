from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from okienko.kernel.people import queries
from okienko.kernel.people.models import Person
from okienko.ui.forms import DateTimeField, Form


class OwnDataForm(Form):
    about_the_reader = True

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=100, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=20, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the pages"), choices=settings.LANGUAGES)
    version = forms.IntegerField(widget=forms.HiddenInput)


class TokenForm(Form):
    name = forms.CharField(label=gettext_lazy("What the key is for"), max_length=200)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What the program may do"), widget=forms.CheckboxSelectMultiple
    )
    expires_at = DateTimeField(
        label=gettext_lazy("Valid until"),
        required=False,
        help_text=gettext_lazy("Empty: until it is withdrawn."),
    )

    def __init__(self, person: Person, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)  # noqa: S101
        scopes.choices = [
            (permission.code, f"{permission.says} ({permission.code})")
            for permission in queries.scopes_to_give(person)
        ]
