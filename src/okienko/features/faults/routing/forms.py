from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.models import Area, Category, RoutingRule
from okienko.features.faults.routing.queries import problems, proposable
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

    def __init__(self, changed: RoutingRule | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_use = Q(active=True)
        categories, areas, group = in_use, in_use, None
        if changed is not None:
            # What the rule names now is never dropped in silence: it is told why the rule cannot be followed.
            categories, areas = in_use | Q(pk=changed.category_id), in_use | Q(pk=changed.area_id)
            group = changed.group
        choices: dict[str, Any] = {
            "category": Category.objects.filter(categories),
            "area": Area.objects.filter(areas),
            "group": proposable(group),
        }
        for name, found in choices.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("active") and given.get("group"):
            for field, problem in list(problems(given.get("category"), given.get("area"), given["group"])):
                self.add_error(field, ValidationError(problem, code="cannot-be-followed"))
        return given
