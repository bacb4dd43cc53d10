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
    """Made for one list: a field or two for each of its filters."""

    def __init__(self, filters: Iterable[Filter], *args: Any, **kwargs: Any) -> None:
        self.filters = tuple(filters)
        super().__init__(*args, **kwargs)
        self.touched = any(self.data.get(name) for one in self.filters for name in one.parameters)
        if self.touched:
            self._add_fields()

    def _add_fields(self) -> None:
        for filter_ in self.filters:
            for name, made in _fields(filter_):
                self.prepare(made)
                self.fields[name] = made

    @property
    def markup(self) -> SafeString:
        """The fields. Most lists are opened without a filter: then these are the same as the last time."""
        if not self.touched:
            return _untouched(get_language(), self.filters)
        return mark_safe("".join(field(bound, rank=False) for bound in self))

    def clean(self) -> dict[str, Any]:
        for filter_ in self.filters:
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
        for filter_ in self.filters:
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


@lru_cache(maxsize=200)
def _untouched(language: str, filters: tuple[Filter, ...]) -> SafeString:
    """All that is shown stands in the filters themselves, in the words of the language that is on."""
    form = FilterForm(filters)
    form._add_fields()
    return mark_safe("".join(field(bound, rank=False) for bound in form))


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
