from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okienko.features.faults.models import Category
from okienko.features.faults.queries import categories
from okienko.features.faults.routing.queries import proposable
from okienko.kernel.units.models import Group
from okienko.ui.forms import Form, WholeNumberField

NEW_LINES = 3


class CategoryForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("For addresses and other programs.")
    )
    shortcut = forms.CharField(
        label=gettext_lazy("Two letters"),
        min_length=2,
        max_length=2,
        help_text=gettext_lazy("Operators choose the category by typing them."),
    )
    parent = forms.ModelChoiceField(
        Category.objects.none(),
        label=gettext_lazy("Kind of"),
        required=False,
        empty_label=gettext_lazy("none: it is at the top"),
    )
    group = forms.ModelChoiceField(
        Group.objects.none(),
        label=gettext_lazy("Group responsible"),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    handled_elsewhere = forms.CharField(
        label=gettext_lazy("Where to turn instead"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only if it is not handled here: then nothing is registered."),
    )
    elsewhere_phone = forms.CharField(
        label=gettext_lazy("Phone to call instead"), required=False, max_length=40
    )
    release_text = forms.BooleanField(
        label=gettext_lazy("Show the text to everybody without a clerk"), required=False
    )
    release_photos = forms.BooleanField(
        label=gettext_lazy("Show photos to everybody without a clerk"), required=False
    )
    release_place = forms.BooleanField(
        label=gettext_lazy("Show the exact place to everybody without a clerk"), required=False
    )
    takes_mail = forms.BooleanField(
        label=gettext_lazy("E-mails wait here until an operator takes them up"),
        required=False,
        help_text=gettext_lazy("One category at most. Without one, e-mails do not become reports."),
    )
    near_metres = WholeNumberField(
        label=gettext_lazy("Neighbours: within so many metres"), min_value=0, max_value=2000
    )
    near_weeks = WholeNumberField(
        label=gettext_lazy("Neighbours: not older than so many weeks"), min_value=0, max_value=520
    )
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, changed: Category | None, *args: Any, **kwargs: Any) -> None:
        asked = list(changed.questions.all()) if changed else []
        self.lines = len(asked) + NEW_LINES
        super().__init__(*args, **kwargs)
        tops = categories().filter(parent__isnull=True)
        self.fields["parent"].queryset = tops.exclude(pk=changed.pk) if changed else tops  # type: ignore[attr-defined]
        self.fields["group"].queryset = proposable(changed.group if changed else None)  # type: ignore[attr-defined]
        for line in range(self.lines):
            one = asked[line] if line < len(asked) else None
            self.fields[f"question_{line}"] = forms.CharField(
                label=_("Question %(number)d") % {"number": line + 1}, required=False, max_length=200,
                initial=one.text if one else "",
            )  # fmt: skip
            self.fields[f"required_{line}"] = forms.BooleanField(
                label=_("Question %(number)d must be answered") % {"number": line + 1}, required=False,
                initial=one.required if one else False,
            )  # fmt: skip
            for name in ("question", "required"):
                self.prepare(self.fields[f"{name}_{line}"])

    def clean_shortcut(self) -> str:
        shortcut: str = self.cleaned_data["shortcut"].upper()
        if not (shortcut.isalpha() and shortcut.isupper() and len(shortcut) == 2):
            raise ValidationError(_("Give two letters."))
        return shortcut

    def values(self) -> dict[str, Any]:
        """What an action takes: the lines of questions as pairs, in their order."""
        given = dict(self.cleaned_data)
        lines = [(given.pop(f"question_{line}"), given.pop(f"required_{line}")) for line in range(self.lines)]
        return {**given, "questions": [(text, required) for text, required in lines if text]}
