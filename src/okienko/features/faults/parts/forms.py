from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from okienko.features.faults.actions import Event
from okienko.features.faults.intake.queries import offered
from okienko.features.faults.phone.forms import CategoryChoice
from okienko.ui.forms import Form


class EventsForm(Form):
    """As many times the same three questions as there are events."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, count: int, files: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = count
        for number in range(1, count + 1):
            asked = {
                f"covers_{number}": forms.CharField(label=_("Which part is it?"), max_length=300),
                f"category_{number}": CategoryChoice(offered(), label=_("Category")),
            }
            if files and number > 1:
                asked[f"files_{number}"] = forms.MultipleChoiceField(
                    label=_("Files that it needs"), required=False, widget=forms.CheckboxSelectMultiple,
                    choices=[(str(pk), name) for pk, name in files],
                )  # fmt: skip
            for field in asked.values():
                self.prepare(field)
            self.fields |= asked

    def groups(self) -> Iterator[tuple[int, list[forms.BoundField]]]:
        for number in range(1, self.count + 1):
            names = (f"{name}_{number}" for name in ("covers", "category", "files"))
            yield number, [self[name] for name in names if name in self.fields]

    def events(self) -> list[Event]:
        given = self.cleaned_data
        return [
            Event(
                covers=given[f"covers_{number}"],
                category=given[f"category_{number}"],
                files=frozenset(int(pk) for pk in given.get(f"files_{number}", ())),
            )
            for number in range(1, self.count + 1)
        ]
