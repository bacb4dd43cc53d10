"""Filters as a form, so that they are typed, refused and explained like everything else that is filled in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from okienko.ui.forms import DateField, Form
from okienko.ui.forms.markup import Choice
from okienko.ui.forms.rendering import field
from okienko.ui.lists.columns import Dates, Filter

NO_CHOICE = gettext_lazy("– any –")


class FilterForm(Form):
    """Made for one list: a field or two for each of its filters, as far as the address says something of it."""

    def __init__(self, filters: Iterable[Filter], *args: Any, **kwargs: Any) -> None:
        self.filters = tuple(filters)
        super().__init__(*args, **kwargs)
        self.touched = [one for one in self.filters if any(map(self.data.get, one.parameters))]
        for filter_ in self.touched:
            self.add_fields(filter_)

    def add_fields(self, filter_: Filter) -> None:
        for name, made in _fields(filter_):
            self.prepare(made)
            self.fields[name] = made

    @property
    def markup(self) -> SafeString:
        """The fields. Those of filters that are not set are the same as the last time."""
        language, touched = get_language(), set(map(id, self.touched))
        return mark_safe(
            "".join(
                _written(self, one) if id(one) in touched else _untouched(language, one)
                for one in self.filters
            )
        )

    def clean(self) -> dict[str, Any]:
        for filter_ in self.touched:
            if filter_.kind == "dates":
                first, last = (self.cleaned_data.get(name) for name in filter_.parameters)
                if first and last and first > last:
                    self.add_error(
                        filter_.parameters[1], ValidationError(_("The last day is before the first one."))
                    )
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """What the query side is given: only filters that are set and make sense."""
        self.full_clean()
        found: dict[str, Any] = {}
        for filter_ in self.touched:
            if any(name in self.errors for name in filter_.parameters):
                continue
            given = [self.cleaned_data.get(name) for name in filter_.parameters]
            if filter_.kind == "dates":
                if any(given):
                    found[filter_.name] = Dates(*given)
            elif filter_.kind == "yes-no":
                if given[0]:
                    found[filter_.name] = given[0] == "yes"
            elif given[0]:
                found[filter_.name] = tuple(given[0]) if filter_.multiple else given[0]
        return found


def _written(form: FilterForm, filter_: Filter) -> str:
    return "".join(field(form[name], rank=False) for name in filter_.parameters)


@lru_cache(maxsize=2000)
def _untouched(language: str, filter_: Filter) -> str:
    """All that is shown stands in the filter itself, in the words of the language that is on."""
    form = FilterForm(())
    form.add_fields(filter_)
    return _written(form, filter_)


def _fields(filter_: Filter) -> list[tuple[str, forms.Field]]:
    match filter_.kind:
        case "choice" if filter_.multiple:
            return [
                (
                    filter_.name,
                    forms.MultipleChoiceField(
                        label=filter_.title,
                        choices=filter_.choices,
                        required=False,
                        widget=forms.CheckboxSelectMultiple,
                        help_text=filter_.help,
                    ),
                )
            ]
        case "choice":
            choices = (("", NO_CHOICE), *filter_.choices)
        case "yes-no":
            choices = (("", NO_CHOICE), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))
        case "dates":
            first, last = filter_.parameters
            return [
                (first, DateField(label=_("%(what)s from") % {"what": filter_.title}, required=False)),
                (last, DateField(label=_("%(what)s to") % {"what": filter_.title}, required=False)),
            ]
        case "text":
            text = forms.CharField(
                label=filter_.title, required=False, max_length=200, help_text=filter_.help
            )
            return [(filter_.name, text)]
    choice = forms.ChoiceField(
        label=filter_.title, choices=choices, required=False, help_text=filter_.help, widget=Choice
    )
    return [(filter_.name, choice)]
