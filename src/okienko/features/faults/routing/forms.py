from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models import Area, Category
from okienko.kernel.units.models import Group
from okienko.ui.forms import Form, WholeNumberField


class RuleForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    position = WholeNumberField(label=_("Place in the order"), min_value=1, max_value=1000)
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category, with all its kinds"), required=False, empty_label=_("any")
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Area"), required=False, empty_label=_("anywhere")
    )
    group = forms.ModelChoiceField(Group.objects.none(), label=_("Group that is proposed"))
    active = forms.BooleanField(label=_("The rule is in use"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = {
            "category": Category.objects.filter(active=True),
            "area": Area.objects.filter(active=True),
            "group": Group.objects.filter(active=True, unit__active=True, kind=Group.Kind.COORDINATORS),
        }
        for name, found in choices.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]
